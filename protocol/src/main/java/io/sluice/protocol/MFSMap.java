package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * The file systems of the cluster and their metadata servers: none, ever. Whoever wants to talk to
 * one ({@code ceph tell mds.a ...}) waits for this map first, and then knows that there is nobody.
 *
 * <pre>
 * le32 epoch | v7, compat 6 { le32 epoch | le64 next file system | le32 default file system, -1 none | CompatSet
 *   | u8 several allowed | list file systems | map roles | map standbys | map standby epochs | u8 several ever allowed }
 * </pre>
 *
 * (ceph: MFSMap v1, FSMap)
 */
public record MFSMap(int epoch) implements Message {
  private static final int NO_FILE_SYSTEM = -1;
  private static final int COLLECTIONS = 4;

  /** Compatible, read-only compatible and incompatible features: {@code le64 mask | map names}. */
  private static final int FEATURE_SETS = 3;

  @Override
  public int type() {
    return MessageType.FS_MAP;
  }

  @Override
  public Envelope toEnvelope() {
    byte[] front = new Encoder(128).le32(epoch).raw(map()).toByteArray();
    return Envelope.of(type(), 1, 1, 0, front);
  }

  /** The map itself. */
  byte[] map() {
    Encoder to = new Encoder(128);
    int mark = to.begin(7, 6);
    to.le32(epoch).le64(1).le32(NO_FILE_SYSTEM);
    for (int i = 0; i < FEATURE_SETS; i++) {
      to.le64(0).le32(0);
    }
    to.bool(false);
    for (int i = 0; i < COLLECTIONS; i++) {
      to.le32(0);
    }
    to.bool(false);
    to.end(mark);
    return to.toByteArray();
  }
}
