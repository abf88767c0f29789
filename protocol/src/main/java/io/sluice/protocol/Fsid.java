package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.UUID;

/** A cluster's id on the wire: 16 bytes in the order in which they are written. (ceph: uuid_d) */
final class Fsid {
  private Fsid() {}

  static Encoder encode(Encoder to, UUID fsid) {
    return be64(be64(to, fsid.getMostSignificantBits()), fsid.getLeastSignificantBits());
  }

  static UUID decode(Decoder from) {
    return new UUID(Long.reverseBytes(from.le64()), Long.reverseBytes(from.le64()));
  }

  private static Encoder be64(Encoder to, long value) {
    return to.le64(Long.reverseBytes(value));
  }
}
