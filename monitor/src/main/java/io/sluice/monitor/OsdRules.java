package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdAddrs;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.PgEntry;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What an OSD's life and death do to the state. */
final class OsdRules {
  /**
   * Ids are small numbers: the map has an entry for each below the largest. (OsdMapBuilder's bound)
   */
  private static final int ID_MAX = 9_999;

  private static final double TIB = 1L << 40;

  /** Below, 16.16 fixed point gets coarse: 0.001 is 65. */
  private static final double WEIGHT_MIN = 0.001;

  private static final double WEIGHT_MAX = 1000;

  private OsdRules() {}

  static Change.Applied boot(MonState state, Change.BootOsd boot) {
    if (!state.exists()) {
      return ClusterRules.noCluster(state);
    }
    int osd = boot.osd();
    if (osd < 0 || osd > ID_MAX || boot.addrs().msgr2().isBlank() || badHost(boot.host())) {
      return ClusterRules.refused(
          state,
          Errno.EINVAL,
          "boot of osd." + osd + " at " + boot.addrs() + " on '" + boot.host() + "'");
    }
    OsdMap map = state.osdMap();
    if ((map.flags() & OsdMap.NOUP) != 0) {
      return ClusterRules.refused(state, Errno.EAGAIN, "the flag noup is set");
    }
    if (map.isUp(osd) && map.addrs(osd).equals(boot.addrs())) {
      return ClusterRules.unchanged(state, "");
    }
    // Another life of it is up: that one is over, and its interval with it, before this one begins.
    MonState before = map.isUp(osd) ? state.withNext(map.next(boot.now()).markDown(osd)) : state;
    MonState.OsdFacts facts = state.osds().get(osd);
    boolean comesIn = !map.exists(osd) || facts != null && facts.autoOut();
    boolean staysOut = comesIn && (map.flags() & OsdMap.NOIN) != 0;
    OsdMapBuilder next = before.osdMap().next(boot.now());
    if (!map.exists(osd) || !map.crush().hostOf(osd).equals(Optional.of(boot.host()))) {
      next.addOsd(osd, storeId(state.fsid(), osd), boot.host(), weight(boot.totalBytes()));
    }
    if (comesIn) {
      next.weight(osd, staysOut ? 0 : OsdEntry.IN);
    }
    next.markUp(osd, OsdAddrs.all(boot.addrs()));
    MonState after =
        before
            .withNext(next)
            .withOsd(osd, new MonState.OsdFacts(boot.host(), boot.totalBytes(), staysOut));
    return ClusterRules.changed(after, "", 0);
  }

  private static boolean badHost(String host) {
    return host.isEmpty()
        || host.length() > 255
        || host.equals("default")
        || host.startsWith("osd.");
  }

  /**
   * The map has an id for each OSD's store; ours follows from the cluster's, so that it needs no
   * randomness.
   */
  private static UUID storeId(UUID fsid, int osd) {
    return UUID.nameUUIDFromBytes((fsid + "/osd." + osd).getBytes(StandardCharsets.UTF_8));
  }

  /** CRUSH weights are TiB by custom; an OSD that does not know its size counts 1. */
  private static double weight(long totalBytes) {
    if (totalBytes <= 0) {
      return 1.0;
    }
    return Math.min(
        WEIGHT_MAX, Math.max(WEIGHT_MIN, Math.round(totalBytes / TIB * 10_000) / 10_000.0));
  }

  static Change.Applied markDown(MonState state, Change.MarkDown down) {
    if (!state.exists()) {
      return ClusterRules.noCluster(state);
    }
    OsdMap map = state.osdMap();
    if (!map.isUp(down.osd()) || map.addr(down.osd()).nonce() != down.nonce()) {
      return ClusterRules.unchanged(state, "osd." + down.osd() + " is already down. ");
    }
    MonState after = state.withNext(map.next(down.now()).markDown(down.osd()));
    return ClusterRules.changed(after, "marked down osd." + down.osd() + ". ", 0);
  }

  static Change.Applied reweight(MonState state, Change.Reweight change) {
    if (!state.exists()) {
      return ClusterRules.noCluster(state);
    }
    int osd = change.osd();
    OsdMap map = state.osdMap();
    if (!map.exists(osd)) {
      return ClusterRules.refused(state, Errno.ENOENT, "osd." + osd + " does not exist. ");
    }
    if (change.weight() < 0 || change.weight() > OsdEntry.IN) {
      return ClusterRules.refused(
          state, Errno.EINVAL, "weight " + change.weight() + " is not in 0..65536");
    }
    String word = change.weight() == 0 ? "out" : "in";
    if (map.osd(osd).weight() == change.weight() || change.onlyIfDown() && map.isUp(osd)) {
      return ClusterRules.unchanged(state, "osd." + osd + " is already " + word + ". ");
    }
    MonState.OsdFacts facts = state.osds().get(osd);
    MonState after = state.withNext(map.next(change.now()).weight(osd, change.weight()));
    if (facts != null) {
      boolean auto = change.onlyIfDown() && change.weight() == 0;
      after = after.withOsd(osd, new MonState.OsdFacts(facts.host(), facts.totalBytes(), auto));
    }
    return ClusterRules.changed(after, "marked " + word + " osd." + osd + ". ", 0);
  }

  static Change.Applied remove(MonState state, int osd, UTime now) {
    OsdMap map = state.osdMap();
    if (!map.exists(osd)) {
      return ClusterRules.unchanged(state, "osd." + osd + " does not exist. ");
    }
    if (map.isUp(osd)) {
      String text = "osd." + osd + " is still up; must be down before removal. ";
      return ClusterRules.refused(state, Errno.EBUSY, text);
    }
    MonState after = state.withNext(map.next(now).removeOsd(osd)).withoutOsd(osd);
    return ClusterRules.changed(after, "removed osd." + osd + ". ", 0);
  }

  static Change.Applied recovered(MonState state, Change.PgsRecovered change) {
    if (!state.exists()) {
      return ClusterRules.noCluster(state);
    }
    Map<PgId, Set<Integer>> gained = new TreeMap<>();
    for (Change.PgsRecovered.Report report : change.reports()) {
      PgEntry entry = state.pgs().entry(report.pg());
      if (entry != null && entry.intervalSince() == report.intervalSince()) {
        Set<Integer> osds = new TreeSet<>(report.osds());
        osds.removeAll(entry.current());
        osds.removeIf(osd -> !state.osdMap().isUp(osd));
        if (!osds.isEmpty()) {
          gained.computeIfAbsent(report.pg(), pg -> new TreeSet<>()).addAll(osds);
        }
      }
    }
    if (gained.isEmpty()) {
      return ClusterRules.unchanged(state, "");
    }
    MonState after = state.withNext(state.osdMap().next(change.now()), gained);
    return ClusterRules.changed(after, "", gained.size());
  }
}
