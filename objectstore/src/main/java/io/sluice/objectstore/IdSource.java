package io.sluice.objectstore;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * Ids of blobs and objects, never used twice in the life of a store.
 *
 * <p>Ids below a durable ceiling may be in use; a batch that takes the first id at or above it
 * raises it by {@value #STEP} in the same batch, and a mount goes on from it. One value, key {@code
 * S ids}: {@code le64 ceiling}.
 *
 * <p><b>Threads:</b> the committer.
 */
final class IdSource {
  /** One more put in 65,536 transactions, and 2^48 mounts before ids run out. */
  private static final int STEP = 1 << 16;

  private long next;
  private long ceiling;

  /**
   * @param state the stored value, or null in a new store
   */
  IdSource(byte[] state) {
    ceiling = state == null ? 1 : new Decoder(state).le64();
    next = ceiling;
  }

  long next(MetadataBatch batch) {
    if (next == ceiling) {
      ceiling += STEP;
      store(batch);
    }
    return next++;
  }

  /** Makes the ceiling durable with another batch, which comes before that of {@link #next}. */
  void store(MetadataBatch batch) {
    batch.put(MetadataKeys.state("ids"), new Encoder(8).le64(ceiling).toByteArray());
  }
}
