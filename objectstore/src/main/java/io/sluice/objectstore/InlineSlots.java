package io.sluice.objectstore;

import java.util.Arrays;

/**
 * Which slots of the {@link InlineCache} hold which blob, and in what order they were asked for.
 *
 * <p>All of it lies in arrays of numbers, 32 bytes a slot, since a hundred thousand entries of a
 * map would be half a million objects for the collector to follow. A blob is named by its first
 * slot; its other slots, and the free ones, are chained by {@link #next}.
 *
 * <p><b>Invariant:</b> every slot that was taken is free, or belongs to just one blob.
 *
 * <p><b>Threads:</b> one at a time.
 */
final class InlineSlots {
  static final int NONE = -1;

  /** Slots come in lots. */
  private final int lot;

  private int taken;
  private int free;
  private int firstFree = NONE;
  private int oldest = NONE;
  private int newest = NONE;

  /** The slot that follows in the blob, or among the free. */
  private int[] next = {};

  // Of first slots only.
  private long[] blobs = {};
  private int[] lengths = {};
  private int[] older = {};
  private int[] newer = {};

  /** The next blob of the same bucket. */
  private int[] chained = {};

  /** First slots, by hash; a power of two, as many as there is room for slots, or more. */
  private int[] buckets = {};

  /**
   * @param lot how many slots come at a time
   */
  InlineSlots(int lot) {
    this.lot = lot;
  }

  int taken() {
    return taken;
  }

  int free() {
    return free;
  }

  /** Bytes of the blob. */
  int length(int first) {
    return lengths[first];
  }

  int next(int slot) {
    return next[slot];
  }

  /** A lot of free slots more, numbered on. */
  void take() {
    if (taken + lot > next.length) {
      grow(Math.max(lot, 2 * next.length));
    }
    for (int i = 0; i < lot; i++) {
      release(taken++);
    }
  }

  private void grow(int room) {
    next = Arrays.copyOf(next, room);
    blobs = Arrays.copyOf(blobs, room);
    lengths = Arrays.copyOf(lengths, room);
    older = Arrays.copyOf(older, room);
    newer = Arrays.copyOf(newer, room);
    chained = Arrays.copyOf(chained, room);
    buckets = new int[Integer.highestOneBit(room - 1) << 1];
    Arrays.fill(buckets, NONE);
    for (int first = oldest; first != NONE; first = newer[first]) {
      chain(first);
    }
  }

  private void release(int slot) {
    next[slot] = firstFree;
    firstFree = slot;
    free++;
  }

  /** The first slot of the blob, or {@link #NONE}. */
  int find(long blob) {
    if (taken == 0) {
      return NONE;
    }
    int first = buckets[bucket(blob)];
    while (first != NONE && blobs[first] != blob) {
      first = chained[first];
    }
    return first;
  }

  private int bucket(long blob) {
    long mixed = blob * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & buckets.length - 1;
  }

  private void chain(int first) {
    int bucket = bucket(blobs[first]);
    chained[first] = buckets[bucket];
    buckets[bucket] = first;
  }

  private void unchain(int first) {
    int bucket = bucket(blobs[first]);
    if (buckets[bucket] == first) {
      buckets[bucket] = chained[first];
      return;
    }
    int before = buckets[bucket];
    while (chained[before] != first) {
      before = chained[before];
    }
    chained[before] = chained[first];
  }

  /**
   * A blob that is not there yet, the newest.
   *
   * @param count slots, at least 1; so many are free
   * @return its first slot
   */
  int add(long blob, int length, int count) {
    int first = firstFree;
    int last = first;
    for (int i = 1; i < count; i++) {
      last = next[last];
    }
    firstFree = next[last];
    next[last] = NONE;
    free -= count;
    blobs[first] = blob;
    lengths[first] = length;
    chain(first);
    append(first);
    return first;
  }

  /** It was asked for: it is the newest now. */
  void touch(int first) {
    if (first != newest) {
      unlink(first);
      append(first);
    }
  }

  private void append(int first) {
    older[first] = newest;
    newer[first] = NONE;
    if (newest == NONE) {
      oldest = first;
    } else {
      newer[newest] = first;
    }
    newest = first;
  }

  private void unlink(int first) {
    if (older[first] == NONE) {
      oldest = newer[first];
    } else {
      newer[older[first]] = newer[first];
    }
    if (newer[first] == NONE) {
      newest = older[first];
    } else {
      older[newer[first]] = older[first];
    }
  }

  /** False when there is none. */
  boolean dropOldest() {
    if (oldest == NONE) {
      return false;
    }
    drop(oldest);
    return true;
  }

  /** Its slots are free. */
  void drop(int first) {
    unchain(first);
    unlink(first);
    for (int slot = first; slot != NONE; ) {
      int following = next[slot];
      release(slot);
      slot = following;
    }
  }

  /** No slots and no blobs. */
  void clear() {
    taken = 0;
    free = 0;
    firstFree = NONE;
    oldest = NONE;
    newest = NONE;
    next = new int[0];
    blobs = new long[0];
    lengths = new int[0];
    older = new int[0];
    newer = new int[0];
    chained = new int[0];
    buckets = new int[0];
  }
}
