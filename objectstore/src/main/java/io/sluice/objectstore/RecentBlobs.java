package io.sluice.objectstore;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the blobs lie that the committer made or changed lately, and how many extents refer to
 * each: who overwrites an object finds what it replaces without a look into the database.
 *
 * <p><b>Invariants:</b> what is found here is what the database holds, or will hold when the batch
 * being written is durable; only the {@link BlobLedger} changes either.
 *
 * <p><b>Threads:</b> the committer.
 */
final class RecentBlobs {
  /** About 2 MiB. */
  private static final int BLOBS_MAX = 1 << 14;

  /** Of scattered blobs there are few, and each is large. */
  private static final int EXTENTS_MAX = 4;

  private final Map<Long, Blob> blobs =
      new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Blob> eldest) {
          return size() > BLOBS_MAX;
        }
      };

  /** The blob, or null: ask the database. */
  Blob get(long id) {
    return blobs.get(id);
  }

  void put(long id, Blob blob) {
    if (blob.disk().size() <= EXTENTS_MAX) {
      blobs.put(id, blob);
    } else {
      blobs.remove(id);
    }
  }

  void remove(long id) {
    blobs.remove(id);
  }
}
