package io.sluice.monitor;

import io.sluice.protocol.FullRatios;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Stores that are full, or nearly so, by the ratios of the map; pools, by their quotas. */
final class FullStores {
  private FullStores() {}

  /**
   * Adds what is wrong to the checks, with the groups that it keeps from recovering: an OSD is in
   * the worst of the three lists only.
   */
  static void check(MonState state, OsdReports reports, List<Health.Check> checks) {
    FullRatios ratios = state.osdMap().fullRatios();
    outOfOrder(ratios, checks);
    List<String> full = new ArrayList<>();
    List<String> backfill = new ArrayList<>();
    List<String> near = new ArrayList<>();
    for (int osd : state.osds().keySet()) {
      OsdStats told = reports.store(osd);
      if (told == null || told.totalBytes() <= 0 || !state.osdMap().exists(osd)) {
        continue;
      }
      double used = 1 - (double) told.freeBytes() / told.totalBytes();
      if (used >= ratios.full()) {
        full.add("osd." + osd + " is full");
      } else if (used >= ratios.backfillfull()) {
        backfill.add("osd." + osd + " is backfill full");
      } else if (used >= ratios.nearfull()) {
        near.add("osd." + osd + " is near full");
      }
    }
    add(checks, "OSD_FULL", true, full, "full");
    add(checks, "OSD_BACKFILLFULL", false, backfill, "backfillfull");
    add(checks, "OSD_NEARFULL", false, near, "nearfull");
    PoolQuotas.check(state.osdMap(), checks);
    List<String> recovery = groups(state, reports, "recovery_toofull");
    if (!recovery.isEmpty()) {
      String text = "Full OSDs blocking recovery: " + count(recovery) + " recovery_toofull";
      checks.add(new Health.Check("PG_RECOVERY_FULL", true, text, recovery));
    }
    List<String> filling = groups(state, reports, "backfill_toofull");
    if (!filling.isEmpty()) {
      String text =
          "Low space hindering backfill (add storage if this doesn't resolve itself): "
              + count(filling)
              + " backfill_toofull";
      checks.add(new Health.Check("PG_BACKFILL_FULL", false, text, filling));
    }
  }

  private static String count(List<String> groups) {
    return groups.size() + (groups.size() == 1 ? " pg" : " pgs");
  }

  /** Placement groups of whose state that word is part. */
  private static List<String> groups(MonState state, OsdReports reports, String word) {
    List<String> found = new ArrayList<>();
    for (PgEntry entry : state.pgs().entries()) {
      String is = PgSummary.stateOf(entry, state, reports);
      if (List.of(is.split("\\+")).contains(word)) {
        found.add("pg " + entry.pg() + " is " + is + ", acting " + entry.acting());
      }
    }
    return found;
  }

  private static void add(
      List<Health.Check> checks, String code, boolean error, List<String> which, String how) {
    if (!which.isEmpty()) {
      checks.add(new Health.Check(code, error, which.size() + " " + how + " osd(s)", which));
    }
  }

  private static void outOfOrder(FullRatios ratios, List<Health.Check> checks) {
    List<String> wrong = new ArrayList<>();
    float backfill = ratios.backfillfull();
    if (backfill < ratios.nearfull()) {
      wrong.add(less("backfillfull_ratio", backfill, "nearfull_ratio", ratios.nearfull()));
    }
    if (ratios.full() < backfill) {
      wrong.add(less("full_ratio", ratios.full(), "backfillfull_ratio", backfill));
    }
    if (FullRatios.FAILSAFE < ratios.full()) {
      wrong.add(less("osd_failsafe_full_ratio", FullRatios.FAILSAFE, "full_ratio", ratios.full()));
    }
    if (!wrong.isEmpty()) {
      checks.add(
          new Health.Check("OSD_OUT_OF_ORDER_FULL", true, "full ratio(s) out of order", wrong));
    }
  }

  private static String less(String low, float lowIs, String high, float highIs) {
    return String.format(Locale.ROOT, "%s (%s) < %s (%s), increased", low, lowIs, high, highIs);
  }
}
