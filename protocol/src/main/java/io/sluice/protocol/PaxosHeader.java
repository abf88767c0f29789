package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * What messages about the monitor's maps start with. (ceph: PaxosServiceMessage)
 *
 * <pre>
 * le64 version | le16 -1 | le64 0
 * </pre>
 */
final class PaxosHeader {
  private PaxosHeader() {}

  static Encoder encode(Encoder to, long version) {
    return to.le64(version).le16(-1).le64(0);
  }

  /** The version; the rest is not used by anybody any more. */
  static long decode(Decoder from) {
    long version = from.le64();
    from.skip(10);
    return version;
  }
}
