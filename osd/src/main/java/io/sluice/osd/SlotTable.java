package io.sluice.osd;

import java.util.function.IntConsumer;

/**
 * Finds the slots of a ring by a hash of what is in them: open addressing, so that nothing but two
 * arrays of numbers is kept for thousands of entries.
 *
 * <p><b>Invariants:</b> at most half of the places are taken; from the place that a hash names to
 * the one its slot is at, none is free.
 *
 * <p><b>Threads:</b> one owner.
 */
final class SlotTable {
  /** 2^32 divided by the golden ratio: hashes that follow one another are spread. */
  private static final int SPREAD = 0x9e3779b9;

  /** Slot + 1; 0 = free. Their number is a power of two. */
  private final int[] places;

  /** By slot. */
  private final int[] hashes;

  private final int shift;

  /**
   * @param slots how many there are, a power of two
   */
  SlotTable(int slots) {
    places = new int[2 * slots];
    hashes = new int[slots];
    shift = Integer.numberOfLeadingZeros(places.length) + 1;
  }

  private int home(int hash) {
    return hash * SPREAD >>> shift;
  }

  private int next(int place) {
    return place + 1 & places.length - 1;
  }

  /** The slot must not be in it. */
  void put(int slot, int hash) {
    hashes[slot] = hash;
    int place = home(hash);
    while (places[place] != 0) {
      place = next(place);
    }
    places[place] = slot + 1;
  }

  /** Nothing happens when it is not in it. */
  void remove(int slot) {
    int hole = home(hashes[slot]);
    while (places[hole] != slot + 1) {
      if (places[hole] == 0) {
        return;
      }
      hole = next(hole);
    }
    for (int place = next(hole); places[place] != 0; place = next(place)) {
      int home = home(hashes[places[place] - 1]);
      if (distance(home, place) >= distance(hole, place)) {
        places[hole] = places[place];
        hole = place;
      }
    }
    places[hole] = 0;
  }

  private int distance(int from, int to) {
    return to - from & places.length - 1;
  }

  /** All slots with that hash, in no order. */
  void forEach(int hash, IntConsumer found) {
    for (int place = home(hash); places[place] != 0; place = next(place)) {
      int slot = places[place] - 1;
      if (hashes[slot] == hash) {
        found.accept(slot);
      }
    }
  }
}
