package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks that small reads asked for more than once lately, checked; the least recently used give
 * way.
 *
 * <p>A block is taken when it is missed for the second time while its name is still remembered, so
 * that a scan of a whole disk changes nothing. Nothing is ever invalidated: the bytes of a blob do
 * not change and its id is not used again.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> its copies, at most {@code bytesMax} of them; names cost
 * about 80 bytes each.
 */
final class DataCache {
  private static final int BLOCK = DiskExtent.BLOCK;

  private record Key(long blob, long block) {}

  private final int blocksMax;
  private final Map<Key, byte[]> blocks = new LinkedHashMap<>(256, 0.75f, true);

  /** Missed once. */
  private final Map<Key, Boolean> names = new LinkedHashMap<>(256, 0.75f, false);

  private long hits;
  private long misses;

  DataCache(long bytesMax) {
    this.blocksMax = (int) (bytesMax / BLOCK);
  }

  /** Appends the range when all of its blocks are here. */
  boolean appendTo(BufferList to, long blob, long offset, long length) {
    List<byte[]> found = new ArrayList<>();
    synchronized (this) {
      long end = offset + length;
      for (long block = offset / BLOCK; block * BLOCK < end; block++) {
        byte[] bytes = blocks.get(new Key(blob, block));
        if (bytes == null) {
          misses++;
          return false;
        }
        found.add(bytes);
      }
      hits++;
    }
    long at = offset;
    for (byte[] bytes : found) {
      int first = (int) (at % BLOCK);
      int count = (int) Math.min(BLOCK - first, offset + length - at);
      to.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(bytes, first, count)));
      at += count;
    }
    return true;
  }

  /**
   * Blocks that a read had to fetch.
   *
   * @param from blob offset of the first, a multiple of the block size
   */
  synchronized void offer(long blob, long from, ByteBuffer memory) {
    for (int at = 0; at < memory.capacity() && blocksMax > 0; at += BLOCK) {
      Key key = new Key(blob, (from + at) / BLOCK);
      if (names.remove(key) == null) {
        names.put(key, true);
        dropEldest(names, 2 * blocksMax);
      } else {
        byte[] copy = new byte[BLOCK];
        memory.get(at, copy, 0, Math.min(BLOCK, memory.capacity() - at));
        blocks.put(key, copy);
        dropEldest(blocks, blocksMax);
      }
    }
  }

  private static <V> void dropEldest(Map<Key, V> map, int max) {
    if (map.size() > max) {
      Iterator<V> eldest = map.values().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  synchronized void clear() {
    blocks.clear();
    names.clear();
  }

  synchronized long bytes() {
    return (long) blocks.size() * BLOCK;
  }

  synchronized long hits() {
    return hits;
  }

  synchronized long misses() {
    return misses;
  }
}
