package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumVector;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where recently read blobs lie, and their checksums; the least recently used give way. Saves a
 * read two look-ups in RocksDB for each extent.
 *
 * <p>Nothing is ever invalidated: what is kept of a blob never changes, and its id is not used
 * again. A blob that is gone may still be found: whoever asks knows its id from an onode found in
 * an epoch of the {@link ReadGuard}, which keeps its blocks.
 *
 * <p><b>Threads:</b> any.
 */
final class BlobCache {
  /** References of {@code blob} are those of some moment. */
  record Known(Blob blob, ChecksumVector checksums) {
    int weight() {
      return 200 + 40 * blob.disk().size() + 4 * checksums.crcs().length;
    }
  }

  private final long weightMax;
  private final Map<Long, Known> blobs = new LinkedHashMap<>(256, 0.75f, true);
  private long weight;

  /**
   * @param weightMax in bytes, roughly
   */
  BlobCache(long weightMax) {
    this.weightMax = weightMax;
  }

  synchronized Known get(long id) {
    return blobs.get(id);
  }

  synchronized void put(long id, Known known) {
    Known before = blobs.put(id, known);
    weight += known.weight() - (before == null ? 0 : before.weight());
    Iterator<Known> eldest = blobs.values().iterator();
    while (weight > weightMax) {
      weight -= eldest.next().weight();
      eldest.remove();
    }
  }

  synchronized void clear() {
    blobs.clear();
    weight = 0;
  }

  synchronized long weight() {
    return weight;
  }
}
