package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * The omap changes of one commit group, in the order of its operations.
 *
 * <p>A range is removed key by key where it is short: RocksDB's range tombstones slow down every
 * later scan across them, and a log that is trimmed often would collect thousands. Keys set earlier
 * in the group are not in the database yet, so they are remembered.
 *
 * <p><b>Threads:</b> the committer.
 */
final class OmapChanges {
  /** More keys than this in a range make one range tombstone. */
  private static final int POINT_DELETES_MAX = 1024;

  private final MetadataDb db;
  private final MetadataBatch batch;
  private final TreeSet<byte[]> set = new TreeSet<>(Arrays::compareUnsigned);

  OmapChanges(MetadataDb db, MetadataBatch batch) {
    this.db = db;
    this.batch = batch;
  }

  void set(long node, byte[] key, byte[] value) {
    byte[] full = MetadataKeys.omap(node, key);
    batch.put(full, value);
    set.add(full);
  }

  void remove(long node, byte[] key) {
    batch.delete(MetadataKeys.omap(node, key));
  }

  void clear(long node) {
    byte[] prefix = MetadataKeys.omap(node, new byte[0]);
    removeBetween(prefix, MetadataKeys.after(prefix));
  }

  void removeRange(long node, byte[] first, byte[] end) {
    removeBetween(MetadataKeys.omap(node, first), MetadataKeys.omap(node, end));
  }

  private void removeBetween(byte[] first, byte[] end) {
    if (Arrays.compareUnsigned(first, end) >= 0) {
      return;
    }
    List<byte[]> found = new ArrayList<>(set.subSet(first, end));
    db.scan(
        first,
        end,
        (key, value) -> {
          found.add(key);
          return found.size() <= POINT_DELETES_MAX;
        });
    if (found.size() > POINT_DELETES_MAX) {
      batch.deleteRange(first, end);
    } else {
      found.forEach(batch::delete);
    }
  }
}
