package io.sluice.protocol;

import io.sluice.types.AddrVec;

/** Where an OSD listens: for clients, for its peers, and for heartbeats on both networks. */
public record OsdAddrs(
    AddrVec client, AddrVec cluster, AddrVec heartbeatBack, AddrVec heartbeatFront) {
  public static final OsdAddrs NONE = all(AddrVec.EMPTY);

  /** One listener for everything, as our OSDs have. */
  public static OsdAddrs all(AddrVec addrs) {
    return new OsdAddrs(addrs, addrs, addrs, addrs);
  }
}
