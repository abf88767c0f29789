package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;

/**
 * Who connects, and for which session. (ceph: ClientIdentFrame)
 *
 * <pre>
 * addrvec | addr of the target | le64 number | le64 global_seq | le64 supported | le64 required
 * | le64 flags (1: lossy) | le64 client_cookie (0: lossy)
 * </pre>
 */
record ClientIdent(
    AddrVec addrs, EntityAddr target, long number, long globalSeq, Features features, long cookie) {

  /** The three words in the middle. */
  record Features(long supported, long required, long flags) {
    static Features ours(long flags) {
      return new Features(MessengerFeatures.SUPPORTED, MessengerFeatures.REQUIRED, flags);
    }

    void encode(Encoder to) {
      to.le64(supported).le64(required).le64(flags);
    }

    static Features decode(Decoder from) {
      return new Features(from.le64(), from.le64(), from.le64());
    }
  }

  Encoder encode() {
    Encoder to = new Encoder();
    addrs.encode(to);
    target.encode(to);
    to.le64(number).le64(globalSeq);
    features.encode(to);
    return to.le64(cookie);
  }

  static ClientIdent decode(Decoder from) {
    return new ClientIdent(
        AddrVec.decode(from),
        EntityAddr.decode(from),
        from.le64(),
        from.le64(),
        Features.decode(from),
        from.le64());
  }
}
