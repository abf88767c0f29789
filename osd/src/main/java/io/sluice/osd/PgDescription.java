package io.sluice.osd;

import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PoolInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A placement group's state in Ceph's words. */
final class PgDescription {
  private PgDescription() {}

  static String of(PgState state, PgEntry entry, PoolInfo pool, boolean recovering) {
    List<String> words = new ArrayList<>();
    switch (state) {
      case ACTIVE -> words.add("active");
      case PEERED -> words.add("peered");
      case PEERING -> words.add("peering");
      case WAITING -> words.add("down");
      default -> {
        return state.name().toLowerCase(Locale.ROOT);
      }
    }
    if (pool != null && entry.acting().size() < pool.size()) {
      words.add("undersized");
      words.add("degraded");
    }
    if (!entry.acting().equals(entry.up())) {
      words.add("remapped");
    }
    if (recovering) {
      words.add("recovering");
    } else if (words.size() == 1 && state == PgState.ACTIVE) {
      words.add("clean");
    }
    return String.join("+", words);
  }
}
