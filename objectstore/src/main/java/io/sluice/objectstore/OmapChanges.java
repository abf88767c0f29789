package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
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
 * <p>The keys of a small omap are copied in the group's batch; what is too much for that goes to
 * the database ahead of it ({@link OmapAhead}), page by page: memory is bounded.
 *
 * <p><b>Threads:</b> the committer.
 */
final class OmapChanges {
  /** More keys than this in a range make one range tombstone. */
  private static final int POINT_DELETES_MAX = 1024;

  /** Keys and values that one group copies in its batch. */
  private static final int COPIED_BYTES_MAX = 1 << 20;

  /** Of what is copied, so much at a time. */
  private static final int PAGE_BYTES = 512 << 10;

  private record Range(byte[] first, byte[] end) {
    boolean contains(byte[] key) {
      return Arrays.compareUnsigned(first, key) <= 0 && Arrays.compareUnsigned(key, end) < 0;
    }
  }

  private final MetadataDb db;
  private final MetadataBatch batch;
  private final OmapAhead ahead;

  /** By whole key; null = removed. */
  private final TreeMap<byte[], byte[]> changed = new TreeMap<>(Arrays::compareUnsigned);

  /** Keys of the database in these are removed, unless they are in {@link #changed}. */
  private final List<Range> dropped = new ArrayList<>();

  /** Stored keys, whole, with their values; where to go on, or null at the end. */
  private record Page(Map<byte[], byte[]> entries, int bytes, byte[] next) {}

  private int copiedBytes;

  OmapChanges(MetadataDb db, IdSource ids, MetadataBatch batch) {
    this.db = db;
    this.batch = batch;
    this.ahead = new OmapAhead(db, ids, batch);
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
    copyStored(first, end, to);
    ours.forEach(entry -> set(to, MetadataKeys.omapKeyOf(entry.getKey()), entry.getValue()));
  }

  private void copyStored(byte[] first, byte[] end, long to) {
    Page page = page(first, end);
    if (page.next() == null && copiedBytes + page.bytes() <= COPIED_BYTES_MAX) {
      copiedBytes += page.bytes();
      page.entries().forEach((key, value) -> set(to, MetadataKeys.omapKeyOf(key), value));
      return;
    }
    ahead.begin(to);
    ahead.write(to, page.entries());
    while (page.next() != null) {
      page = page(page.next(), end);
      ahead.write(to, page.entries());
    }
  }

  /** Of the database, without what the group changes. */
  private Page page(byte[] first, byte[] end) {
    Map<byte[], byte[]> entries = new LinkedHashMap<>();
    int[] bytes = new int[1];
    byte[][] next = new byte[1][];
    db.scan(
        first,
        end,
        (key, value) -> {
          if (!changed.containsKey(key) && dropped.stream().noneMatch(r -> r.contains(key))) {
            entries.put(key, value);
            bytes[0] += key.length + value.length;
          }
          if (bytes[0] >= PAGE_BYTES) {
            next[0] = Arrays.copyOf(key, key.length + 1);
          }
          return next[0] == null;
        });
    return new Page(entries, bytes[0], next[0]);
  }
}
