package io.sluice.objectstore;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

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
 * <p><b>Threads:</b> any. <b>Owns</b> its memory, taken as it is needed and used again: the JVM
 * gives back what is let go of only when it has collected its old generation. Names lie in {@link
 * InlineSlots}.
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

  private final IntFunction<ByteBuffer> memory;

  /** As was asked for last. */
  private long bytesWished;

  /** Fewer when the process has no more memory. */
  private int slotsMax;

  private final InlineSlots slots = new InlineSlots(SLAB_SLOTS);
  private final List<ByteBuffer> slabs = new ArrayList<>();
  private int offers;
  private long hits;
  private long misses;

  InlineCache(long bytesMax) {
    this(bytesMax, ByteBuffer::allocateDirect);
  }

  /**
   * @param memory gives so many bytes, or fails with OutOfMemoryError
   */
  InlineCache(long bytesMax, IntFunction<ByteBuffer> memory) {
    this.memory = memory;
    bytesWished = bytesMax;
    slotsMax = slots(bytesMax);
  }

  private static int slots(long bytes) {
    long slabs = bytes / SLOT_BYTES / SLAB_SLOTS;
    return (int) Math.min(slabs, Integer.MAX_VALUE / SLAB_SLOTS) * SLAB_SLOTS;
  }

  /**
   * It may be as large from now on; when it is larger, it forgets everything. The same size once
   * more changes nothing: memory that could not be had is not asked for again.
   */
  synchronized void resize(long bytesMax) {
    if (bytesMax == bytesWished) {
      return;
    }
    bytesWished = bytesMax;
    slotsMax = slots(bytesMax);
    if (slots.taken() > slotsMax) {
      slabs.subList(slotsMax / SLAB_SLOTS, slabs.size()).clear();
      clear();
    }
  }

  /** Forgets everything, and keeps its memory. */
  synchronized void clear() {
    slots.clear();
    slabs.forEach(slab -> slots.take());
  }

  /** The part of the blob, or null. */
  synchronized byte[] get(long blob, long offset, long length) {
    int first = slots.find(blob);
    if (first == InlineSlots.NONE) {
      misses++;
      return null;
    }
    if (offset + length > slots.length(first)) {
      throw new IllegalArgumentException(
          offset + "+" + length + " of the " + slots.length(first) + " bytes of blob " + blob);
    }
    hits++;
    slots.touch(first);
    byte[] copy = new byte[(int) length];
    int slot = first;
    long start = 0; // of the slot, in the blob
    for (int done = 0; done < length; ) {
      int at = (int) (offset + done - start);
      if (at >= SLOT_BYTES) {
        start += SLOT_BYTES;
        slot = slots.next(slot);
        continue;
      }
      int count = Math.min(SLOT_BYTES - at, (int) length - done);
      slabs.get(slot / SLAB_SLOTS).get(placeOf(slot) + at, copy, done, count);
      done += count;
    }
    return copy;
  }

  /** All bytes of a blob that was missed; copied when there is room, or if its turn has come. */
  synchronized void offer(long blob, byte[] bytes) {
    if (slots.free() >= count(bytes) || slots.taken() < slotsMax || ++offers % OFFERS == 0) {
      put(blob, bytes);
    }
  }

  private static int count(byte[] bytes) {
    return (bytes.length + SLOT_BYTES - 1) / SLOT_BYTES;
  }

  /** All bytes of a blob; copied if they are worth keeping. */
  synchronized void put(long blob, byte[] bytes) {
    int count = count(bytes);
    if (bytes.length < BYTES_MIN
        || bytes.length > BYTES_MAX
        || slots.find(blob) != InlineSlots.NONE
        || !makeRoom(count)) {
      return;
    }
    int slot = slots.add(blob, bytes.length, count);
    for (int from = 0; from < bytes.length; from += SLOT_BYTES, slot = slots.next(slot)) {
      int part = Math.min(SLOT_BYTES, bytes.length - from);
      slabs.get(slot / SLAB_SLOTS).put(placeOf(slot), bytes, from, part);
    }
  }

  private static int placeOf(int slot) {
    return slot % SLAB_SLOTS * SLOT_BYTES;
  }

  /** False when so many slots cannot be had. */
  private boolean makeRoom(int count) {
    while (slots.free() < count && slots.taken() < slotsMax) {
      takeSlab();
    }
    while (slots.free() < count && slots.dropOldest()) {
      // one after the other
    }
    return slots.free() >= count;
  }

  private void takeSlab() {
    try {
      slabs.add(memory.apply(SLAB_SLOTS * SLOT_BYTES));
    } catch (OutOfMemoryError e) { // a cache goes without
      slotsMax = slots.taken();
      return;
    }
    slots.take();
  }

  /** Nobody will ask for it again. */
  synchronized void remove(long blob) {
    int first = slots.find(blob);
    if (first != InlineSlots.NONE) {
      slots.drop(first);
    }
  }

  /** Of slots that hold something. */
  synchronized long bytes() {
    return (long) (slots.taken() - slots.free()) * SLOT_BYTES;
  }

  synchronized long hits() {
    return hits;
  }

  synchronized long misses() {
    return misses;
  }
}
