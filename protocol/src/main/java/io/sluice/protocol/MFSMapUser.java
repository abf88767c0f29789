package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * The names of the cluster's file systems, for clients that mount one by its name: none, ever.
 *
 * <pre>
 * le32 epoch | v1, compat 1 { le32 epoch | le32 default file system, -1 none | list file systems }
 * </pre>
 *
 * (ceph: MFSMapUser v1, FSMapUser)
 */
public record MFSMapUser(int epoch) implements Message {
  @Override
  public int type() {
    return MessageType.FS_MAP_USER;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(64).le32(epoch);
    int mark = to.begin(1, 1);
    to.le32(epoch).le32(-1).le32(0);
    to.end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }
}
