package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.UUID;

/**
 * How full the cluster is. (ceph: MStatfsReply v1, ceph_mon_statfs_reply)
 *
 * <pre>
 * 16 bytes fsid | le64 version | le64 KiB | le64 KiB used | le64 KiB free | le64 objects
 * </pre>
 */
public record MStatfsReply(
    long tid, UUID fsid, long mapVersion, long totalKib, long usedKib, long freeKib, long objects)
    implements Message {
  @Override
  public int type() {
    return MessageType.STATFS_REPLY;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = Fsid.encode(new Encoder(), fsid).le64(mapVersion);
    to.le64(totalKib).le64(usedKib).le64(freeKib).le64(objects);
    return Envelope.of(type(), 1, 1, tid, to.toByteArray());
  }

  public static MStatfsReply decode(int version, long tid, byte[] front) {
    Decoder from = new Decoder(front);
    UUID fsid = Fsid.decode(from);
    return new MStatfsReply(
        tid, fsid, from.le64(), from.le64(), from.le64(), from.le64(), from.le64());
  }
}
