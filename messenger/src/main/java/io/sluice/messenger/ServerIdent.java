package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;

/**
 * Who accepts. (ceph: ServerIdentFrame)
 *
 * <pre>
 * addrvec | le64 number | le64 global_seq | le64 supported | le64 required | le64 flags (1: lossy)
 * | le64 server_cookie (0: lossy)
 * </pre>
 */
record ServerIdent(
    AddrVec addrs, long number, long globalSeq, ClientIdent.Features features, long cookie) {
  Encoder encode() {
    Encoder to = new Encoder();
    addrs.encode(to);
    to.le64(number).le64(globalSeq);
    features.encode(to);
    return to.le64(cookie);
  }

  static ServerIdent decode(Decoder from) {
    return new ServerIdent(
        AddrVec.decode(from),
        from.le64(),
        from.le64(),
        ClientIdent.Features.decode(from),
        from.le64());
  }
}
