package io.sluice.osd;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.util.List;
import java.util.UUID;

/**
 * Who an OSD is to the cluster.
 *
 * @param published where others reach it, with the nonce of this life
 * @param host name of the machine, CRUSH's bucket
 * @param monitors addresses, tried in turn
 */
record OsdIdentity(int osd, UUID fsid, EntityAddr published, String host, List<AddrVec> monitors) {
  OsdIdentity {
    monitors = List.copyOf(monitors);
  }
}
