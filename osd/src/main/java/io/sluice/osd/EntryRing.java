package io.sluice.osd;

import io.sluice.protocol.PeerLogEntry;
import io.sluice.types.EVersion;
import java.util.Arrays;
import java.util.List;

/**
 * Log entries by ascending version: added at the end, taken from the beginning, found by bisection.
 *
 * <p>A ring, because each write adds one and takes one away: in a tree both walk down thousands of
 * entries that no cache of the processor holds, and change nodes all over the collector's old
 * generation, which the next young collection has to look at.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class EntryRing {
  private static final int SLOTS_MIN = 16;

  /** Their number is a power of two. */
  private PeerLogEntry[] slots = new PeerLogEntry[SLOTS_MIN];

  private int first;
  private int size;

  int size() {
    return size;
  }

  PeerLogEntry get(int index) {
    return slots[slot(index)];
  }

  private int slot(int index) {
    return (first + index) & (slots.length - 1);
  }

  /** The caller knows that it is newer than all others. */
  void add(PeerLogEntry newest) {
    if (size == slots.length) {
      slots = copy(0, 2 * size);
      first = 0;
    }
    slots[slot(size++)] = newest;
  }

  /** Takes the oldest out. */
  PeerLogEntry removeFirst() {
    PeerLogEntry oldest = slots[first];
    slots[first] = null;
    first = slot(1);
    size--;
    return oldest;
  }

  /** Takes all from that index on out. */
  void truncate(int to) {
    while (size > to) {
      slots[slot(--size)] = null;
    }
  }

  /** Those from that index on. */
  List<PeerLogEntry> from(int index) {
    return List.of(copy(index, size - index));
  }

  private PeerLogEntry[] copy(int index, int length) {
    PeerLogEntry[] copy = new PeerLogEntry[length];
    for (int i = index; i < size; i++) {
      copy[i - index] = get(i);
    }
    return copy;
  }

  /** Index of the first one that is newer; {@link #size} when none is. */
  int after(EVersion version) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle).version().compareTo(version) > 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  boolean contains(EVersion version) {
    int after = after(version);
    return after > 0 && get(after - 1).version().equals(version);
  }

  void clear() {
    Arrays.fill(slots, null);
    first = 0;
    size = 0;
  }

  @Override
  public String toString() {
    return size + " entries";
  }
}
