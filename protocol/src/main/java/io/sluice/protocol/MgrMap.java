package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import io.sluice.types.UTime;

/**
 * The manager map that clients wait for before they send commands: ours never names an active
 * manager.
 *
 * <pre>
 * v12, compat 6 { le32 epoch | addrvec active | le64 gid | u8 available | string name | map standbys | set modules
 *   | map services | list available_modules | utime active_change | map release to modules | le64 features
 *   | le32 last_failure_osd_epoch | list of addrvec clients | list of strings client_names }
 * </pre>
 *
 * (ceph: MgrMap, recorded from the map that a 16.2.15 monitor starts with)
 */
public record MgrMap(int epoch) {
  public byte[] encode() {
    Encoder to = new Encoder(128);
    encode(to);
    return to.toByteArray();
  }

  public void encode(Encoder to) {
    int mark = to.begin(12, 6);
    to.le32(epoch);
    AddrVec.EMPTY.encode(to);
    to.le64(0).bool(false).string("");
    emptyCollections(to, 4);
    UTime.ZERO.encode(to);
    emptyCollections(to, 1);
    to.le64(0).le32(0);
    emptyCollections(to, 2);
    to.end(mark);
  }

  private static void emptyCollections(Encoder to, int count) {
    for (int i = 0; i < count; i++) {
      to.le32(0);
    }
  }
}
