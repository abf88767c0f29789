package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * The first segment of a message frame. (ceph: ceph_msg_header2)
 *
 * <pre>
 * le64 seq | le64 tid | le16 type | le16 priority | le16 version | le32 data_pre_padding_len (0)
 * | le16 data_off | le64 ack_seq | u8 flags | le16 compat_version | le16 reserved
 * </pre>
 *
 * @param seq counts the messages of one direction of a session, from 1
 * @param ackSeq the last seq received in the other direction
 */
record MessageHeader(
    long seq, long tid, int type, int priority, int version, long ackSeq, int compatVersion) {
  static final int BYTES = 41;

  void encode(Encoder to) {
    to.le64(seq).le64(tid).le16(type).le16(priority).le16(version);
    to.le32(0).le16(0).le64(ackSeq).u8(0).le16(compatVersion).le16(0);
  }

  static MessageHeader decode(Decoder from) {
    long seq = from.le64();
    long tid = from.le64();
    int type = from.le16();
    int priority = from.le16();
    int version = from.le16();
    from.skip(6);
    long ackSeq = from.le64();
    from.skip(1);
    return new MessageHeader(seq, tid, type, priority, version, ackSeq, from.le16());
  }
}
