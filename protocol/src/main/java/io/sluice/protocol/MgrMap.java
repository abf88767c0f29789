package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import io.sluice.types.UTime;
import java.util.List;

/**
 * The manager map that clients wait for before they send commands: ours never names an active manager.
 *
 * <pre>
 * v11, compat 6 { le32 epoch | addrvec active | le64 gid | u8 available | string name | map standbys | set modules
 *   | map services | list available_modules | utime active_change | map always_on_modules | le64 features
 *   | le32 last_failure_osd_epoch | list of addrvec clients }
 * </pre>
 *
 * (ceph: MgrMap)
 */
public record MgrMap(int epoch) {
  public void encode(Encoder to) {
    int mark = to.begin(11, 6);
    to.le32(epoch);
    AddrVec.EMPTY.encode(to);
    to.le64(0).bool(false).string("");
    to.le32(0).list(List.<String>of(), Encoder::string).le32(0).le32(0);
    UTime.ZERO.encode(to);
    to.le32(0).le64(0).le32(0).le32(0);
    to.end(mark);
  }

  public byte[] encode() {
    Encoder to = new Encoder(128);
    encode(to);
    return to.toByteArray();
  }
}
