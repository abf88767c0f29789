package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import io.sluice.types.UTime;

/**
 * The manager map that clients wait for before they send commands. Ours names the monitor that
 * sends it, which answers what Ceph's manager does.
 *
 * <pre>
 * v12, compat 6 { le32 epoch | addrvec active | le64 gid | u8 available | string name | map standbys | set modules
 *   | map services | list available_modules | utime active_change | map release to modules | le64 features
 *   | le32 last_failure_osd_epoch | list of addrvec clients | list of strings client_names }
 * </pre>
 *
 * (ceph: MgrMap, recorded from the map that a 16.2.15 monitor starts with). Without features, so
 * clients send it commands as {@link MCommand}.
 *
 * @param active where the manager listens; empty when there is none
 * @param gid its number
 * @param since when it took up its work
 */
public record MgrMap(int epoch, AddrVec active, long gid, String name, UTime since) {
  /** As it is before there is a manager. */
  public static MgrMap none(int epoch) {
    return new MgrMap(epoch, AddrVec.EMPTY, 0, "", UTime.ZERO);
  }

  public byte[] encode() {
    Encoder to = new Encoder(128);
    encode(to);
    return to.toByteArray();
  }

  public void encode(Encoder to) {
    int mark = to.begin(12, 6);
    to.le32(epoch);
    active.encode(to);
    to.le64(gid).bool(!active.addrs().isEmpty()).string(name);
    emptyCollections(to, 4);
    since.encode(to);
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
