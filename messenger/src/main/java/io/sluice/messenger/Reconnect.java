package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;

/**
 * The wish to go on with a session. (ceph: ReconnectFrame)
 *
 * <pre>
 * addrvec | le64 client_cookie | le64 server_cookie | le64 global_seq | le64 connect_seq | le64 msg_seq
 * </pre>
 *
 * @param globalSeq counts the attempts of the connecting daemon, whomever they went to
 * @param connectSeq counts the attempts to go on with this session
 * @param msgSeq of the last message that the connecting side has
 */
record Reconnect(
    AddrVec addrs,
    long clientCookie,
    long serverCookie,
    long globalSeq,
    long connectSeq,
    long msgSeq) {
  Encoder encode() {
    Encoder to = new Encoder();
    addrs.encode(to);
    to.le64(clientCookie).le64(serverCookie).le64(globalSeq);
    return to.le64(connectSeq).le64(msgSeq);
  }

  static Reconnect decode(Decoder from) {
    return new Reconnect(
        AddrVec.decode(from), from.le64(), from.le64(), from.le64(), from.le64(), from.le64());
  }
}
