package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

  private record Range(byte[] first, byte[] end) {
    boolean contains(byte[] key) {
      return Arrays.compareUnsigned(first, key) <= 0 && Arrays.compareUnsigned(key, end) < 0;
    }
  }

  private final MetadataDb db;
  private final MetadataBatch batch;

  /** By whole key; null = removed. */
  private final TreeMap<byte[], byte[]> changed = new TreeMap<>(Arrays::compareUnsigned);

  /** Keys of the database in these are removed, unless they are in {@link #changed}. */
  private final List<Range> dropped = new ArrayList<>();

  OmapChanges(MetadataDb db, MetadataBatch batch) {
    this.db = db;
    this.batch = batch;
  }

  void set(long node, byte[] key, byte[] value) {
    byte[] full = MetadataKeys.omap(node, key);
    batch.put(full, value);
    changed.put(full, value);
  }

  void remove(long node, byte[] key) {
    remove(MetadataKeys.omap(node, key));
  }

  private void remove(byte[] full) {
    batch.delete(full);
    changed.put(full, null);
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
    List<byte[]> found = new ArrayList<>();
    changed
        .subMap(first, end)
        .forEach(
            (key, value) -> {
              if (value != null) {
                found.add(key);
              }
            });
    db.scan(
        first,
        end,
        (key, value) -> {
          found.add(key);
          return found.size() <= POINT_DELETES_MAX;
        });
    if (found.size() > POINT_DELETES_MAX) {
      batch.deleteRange(first, end);
      changed.subMap(first, end).clear();
      dropped.add(new Range(first, end));
    } else {
      found.forEach(this::remove);
    }
  }

  /** Gives node {@code to} the keys of node {@code from}, of which it has none. */
  void copy(long from, long to) {
    byte[] first = MetadataKeys.omap(from, new byte[0]);
    byte[] end = MetadataKeys.after(first);
    List<Map.Entry<byte[], byte[]>> ours = new ArrayList<>();
    changed
        .subMap(first, end)
        .forEach(
            (key, value) -> {
              if (value != null) {
                ours.add(Map.entry(key, value));
              }
            });
    db.scan(
        first,
        end,
        (key, value) -> {
          if (!changed.containsKey(key) && dropped.stream().noneMatch(r -> r.contains(key))) {
            set(to, MetadataKeys.omapKeyOf(key), value);
          }
          return true;
        });
    ours.forEach(entry -> set(to, MetadataKeys.omapKeyOf(entry.getKey()), entry.getValue()));
  }
}
