package io.sluice.osd;

import io.sluice.protocol.PeerScope;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a serving primary lets connections know: to whom the bytes of a write go before its turn has
 * come. Another one, or none, means that what was begun under this one is void.
 *
 * @param generation of the group's interval
 * @param others the acting members besides us, and what messages to them say of interval and round
 */
record Permit(int generation, SortedMap<Integer, PeerScope> others) {
  Permit {
    others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
  }
}
