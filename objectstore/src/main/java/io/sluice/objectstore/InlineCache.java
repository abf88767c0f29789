package io.sluice.objectstore;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bytes of inline blobs that were written or read lately; the least recently used give way. A small
 * read that finds its bytes here needs neither RocksDB nor another thread.
 *
 * <p>When the cache is full, of bytes that were read and missed only some come in ({@link #offer}):
 * who reads more than fits, in the order of writing, would else find nothing at all, since each
 * miss pushed out what he asks for next.
 *
 * <p>They lie outside the heap, as the collector would have to move them about, in slots of {@value
 * #SLOT_BYTES} bytes. Whoever asks gets a copy: a slot may be somebody else's before the answer has
 * left.
 *
 * <p>Nothing is ever invalidated: the bytes of a blob do not change and its id is not used again.
 * {@link #remove} only makes room.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> its memory, at most {@code bytesMax}, taken as it is needed
 * and kept; names cost about 150 bytes each, in the heap.
 */
final class InlineCache {
  private static final int SLOT_BYTES = 2 << 10;

  /** Less lies in RocksDB's tables, whose blocks have a cache, and would waste most of a slot. */
  private static final int BYTES_MIN = SLOT_BYTES / 2;

  /** Nobody keeps more in the metadata often enough to matter. */
  private static final int BYTES_MAX = 16 << 10;

  /** Of so many missed blobs one comes in. */
  private static final int OFFERS = 8;

  /** Of memory that is taken at a time. */
  private static final int SLAB_SLOTS = 256;

  private record Kept(int[] slots, int length) {}

  /** Fewer when the process has no more memory. */
  private int slotsMax;

  private final Map<Long, Kept> blobs = new LinkedHashMap<>(256, 0.75f, true);
  private final ByteBuffer[] slabs;

  /** The first {@link #freeCount} are nobody's. */
  private final int[] free;

  private int freeCount;
  private int taken;
  private int offers;
  private long hits;
  private long misses;

  InlineCache(long bytesMax) {
    slotsMax = (int) (bytesMax / SLOT_BYTES / SLAB_SLOTS) * SLAB_SLOTS;
    slabs = new ByteBuffer[slotsMax / SLAB_SLOTS];
    free = new int[slotsMax];
  }

  /** The part of the blob, or null. */
  synchronized byte[] get(long blob, long offset, long length) {
    Kept kept = blobs.get(blob);
    if (kept == null) {
      misses++;
      return null;
    }
    if (offset + length > kept.length) {
      throw new IllegalArgumentException(
          offset + "+" + length + " of the " + kept.length + " bytes of blob " + blob);
    }
    hits++;
    byte[] copy = new byte[(int) length];
    for (int done = 0; done < length; ) {
      int at = (int) offset + done;
      int count = Math.min(SLOT_BYTES - at % SLOT_BYTES, (int) length - done);
      int slot = kept.slots[at / SLOT_BYTES];
      slabs[slot / SLAB_SLOTS].get(placeOf(slot) + at % SLOT_BYTES, copy, done, count);
      done += count;
    }
    return copy;
  }

  /** All bytes of a blob that was missed; copied when there is room, or if its turn has come. */
  synchronized void offer(long blob, byte[] bytes) {
    int count = (bytes.length + SLOT_BYTES - 1) / SLOT_BYTES;
    if (freeCount >= count || taken < slotsMax || ++offers % OFFERS == 0) {
      put(blob, bytes);
    }
  }

  /** All bytes of a blob; copied if they are worth keeping. */
  synchronized void put(long blob, byte[] bytes) {
    int count = (bytes.length + SLOT_BYTES - 1) / SLOT_BYTES;
    if (bytes.length < BYTES_MIN
        || bytes.length > BYTES_MAX
        || blobs.containsKey(blob)
        || !makeRoom(count)) {
      return;
    }
    int[] slots = new int[count];
    for (int i = 0; i < count; i++) {
      int slot = free[--freeCount];
      int from = i * SLOT_BYTES;
      slabs[slot / SLAB_SLOTS].put(
          placeOf(slot), bytes, from, Math.min(SLOT_BYTES, bytes.length - from));
      slots[i] = slot;
    }
    blobs.put(blob, new Kept(slots, bytes.length));
  }

  private static int placeOf(int slot) {
    return slot % SLAB_SLOTS * SLOT_BYTES;
  }

  /** False when so many slots cannot be had. */
  private boolean makeRoom(int count) {
    while (freeCount < count && taken < slotsMax) {
      takeSlab();
    }
    Iterator<Kept> eldest = blobs.values().iterator();
    while (freeCount < count && eldest.hasNext()) {
      release(eldest.next());
      eldest.remove();
    }
    return freeCount >= count;
  }

  private void takeSlab() {
    try {
      slabs[taken / SLAB_SLOTS] = ByteBuffer.allocateDirect(SLAB_SLOTS * SLOT_BYTES);
    } catch (OutOfMemoryError e) { // a cache goes without
      slotsMax = taken;
      return;
    }
    for (int i = 0; i < SLAB_SLOTS; i++) {
      free[freeCount++] = taken++;
    }
  }

  private void release(Kept kept) {
    for (int slot : kept.slots) {
      free[freeCount++] = slot;
    }
  }

  /** Nobody will ask for it again. */
  synchronized void remove(long blob) {
    Kept kept = blobs.remove(blob);
    if (kept != null) {
      release(kept);
    }
  }

  /** Of the memory that was taken. */
  synchronized long bytes() {
    return (long) taken * SLOT_BYTES;
  }

  synchronized long hits() {
    return hits;
  }

  synchronized long misses() {
    return misses;
  }
}
