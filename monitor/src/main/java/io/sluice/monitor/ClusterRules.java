package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.MonMap;
import io.sluice.protocol.OsdMap;
import io.sluice.types.AddrVec;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What changes to the cluster as a whole do to the state: creation, monitors, global ids,
 * configuration.
 */
final class ClusterRules {
  /**
   * More in one batch would waste the 64-bit space no faster than a century, but says something is
   * wrong.
   */
  private static final int BATCH_MAX = 1 << 20;

  /** Options kept at most, and their size: the configuration is in memory and in every snapshot. */
  private static final int OPTIONS_MAX = 10_000;

  private static final int OPTION_BYTES_MAX = 4096;

  private ClusterRules() {}

  static Change.Applied create(MonState state, Change.CreateCluster change) {
    if (state.exists()) {
      return new Change.Applied(state, new Outcome(0, "cluster exists", state.epoch(), 0));
    }
    if (change.size() < 1 || change.failureDomain() < 0 || change.failureDomain() > 1) {
      return refused(
          state,
          Errno.EINVAL,
          "size " + change.size() + ", failure domain " + change.failureDomain());
    }
    MonMap monMap = MonMap.create(change.fsid(), change.now(), mons(change.monitors()));
    MonState created =
        state
            .withMonMap(
                monMap, new MonState.Settings(Math.min(3, change.size()), change.failureDomain()))
            .withNext(OsdMap.create(change.fsid(), change.now()));
    return new Change.Applied(created, new Outcome(0, "", created.epoch(), 0));
  }

  static Change.Applied setMonitors(MonState state, Change.SetMonitors change) {
    if (!state.exists()) {
      return noCluster(state);
    }
    MonMap before = state.monMap();
    List<MonMap.Mon> mons = mons(change.monitors());
    if (mons.equals(before.mons())) {
      return new Change.Applied(state, new Outcome(0, "", state.epoch(), before.epoch()));
    }
    MonMap after = before.withMons(mons, change.now());
    return new Change.Applied(
        state.withMonMap(after, state.settings()),
        new Outcome(0, "", state.epoch(), after.epoch()));
  }

  private static List<MonMap.Mon> mons(SortedMap<String, AddrVec> monitors) {
    return monitors.entrySet().stream().map(e -> new MonMap.Mon(e.getKey(), e.getValue())).toList();
  }

  static Change.Applied grantIds(MonState state, Change.GlobalIdBatch change) {
    if (!state.exists()) {
      return noCluster(state);
    }
    if (change.count() < 1 || change.count() > BATCH_MAX) {
      return refused(state, Errno.EINVAL, "a batch of " + change.count() + " ids");
    }
    long first = state.nextGlobalId();
    return new Change.Applied(
        state.withNextGlobalId(first + change.count()), new Outcome(0, "", state.epoch(), first));
  }

  static Change.Applied configure(MonState state, Change.SetConfig change) {
    if (!state.exists()) {
      return noCluster(state);
    }
    SortedMap<String, String> config = new TreeMap<>(state.config());
    String key = change.who() + "/" + change.name();
    if (change.value().isEmpty()) {
      config.remove(key);
    } else {
      config.put(key, change.value());
    }
    if (config.size() > OPTIONS_MAX || key.length() + change.value().length() > OPTION_BYTES_MAX) {
      return refused(state, Errno.E2BIG, "configuration is too large");
    }
    return new Change.Applied(state.withConfig(config), new Outcome(0, "", state.epoch(), 0));
  }

  static Change.Applied log(MonState state, Change.Log change) {
    if (!state.exists()) {
      return noCluster(state);
    }
    ClusterLog log = state.log().with(change.lines());
    return log == state.log() ? unchanged(state, "") : changed(state.withLog(log), "", 0);
  }

  /** What nobody can mean changes nothing. */
  static Change.Applied quorum(MonState state, Change.Quorum change) {
    if (!state.exists()) {
      return noCluster(state);
    }
    int mons = state.monMap().mons().size();
    boolean possible =
        change.absent().size() <= (mons - 1) / 2
            && change.absent().stream().allMatch(rank -> rank >= 0 && rank < mons);
    if (!possible) {
      return refused(state, Errno.EINVAL, "of " + mons + " monitors " + change.absent());
    }
    return change.absent().equals(state.absent())
        ? unchanged(state, "")
        : changed(state.withAbsent(change.absent()), "", 0);
  }

  static Change.Applied noCluster(MonState state) {
    return refused(state, Errno.EAGAIN, "the cluster is not created yet");
  }

  static Change.Applied refused(MonState state, Errno errno, String text) {
    return new Change.Applied(state, Outcome.refused(errno, text));
  }

  /** Nothing to do: the state is as asked for. */
  static Change.Applied unchanged(MonState state, String text) {
    return new Change.Applied(state, new Outcome(0, text, state.epoch(), 0));
  }

  static Change.Applied changed(MonState state, String text, long value) {
    return new Change.Applied(state, new Outcome(0, text, state.epoch(), value));
  }
}
