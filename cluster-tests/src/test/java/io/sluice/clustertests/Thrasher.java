package io.sluice.clustertests;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What thrashosds is to Ceph: from a seed it kills, pauses and revives the daemons of a real
 * cluster, one thing after another, and in the end gives everything back and waits until all is
 * clean.
 *
 * <p><b>Owns</b> the state of the cluster's processes while it runs. <b>Threads:</b> one.
 */
final class Thrasher {
  /** Past the lease (3 s) and the monitor's patience (3.5 s). */
  private static final int LONG_PAUSE_MILLIS = 5_000;

  private static final int CLEAN_PATIENCE_SECONDS = 240;

  private enum Act {
    KILL,
    REVIVE,
    PAUSE_SHORT,
    PAUSE_LONG,
    RESTART_MONITOR,
    KILL_ALL
  }

  private final TestCluster cluster;
  private final int osds;
  private final Random random;
  private final TreeSet<Integer> dead = new TreeSet<>();
  private final Map<Act, Integer> done = new EnumMap<>(Act.class);
  private final List<String> history = new ArrayList<>();
  private final long begin = System.nanoTime();

  Thrasher(TestCluster cluster, int osds, long seed) {
    this.cluster = cluster;
    this.osds = osds;
    this.random = new Random(seed);
  }

  /** Thrashes for this long and leaves whatever state it made. */
  void run(int seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      act(choose());
      Thread.sleep(random.nextInt(2_500));
    }
  }

  private Act choose() {
    if (dead.size() > 1 || !dead.isEmpty() && random.nextInt(5) < 2) {
      return Act.REVIVE;
    }
    int dice = random.nextInt(20);
    if (dice < 9) {
      return Act.KILL;
    }
    if (dice < 13) {
      return Act.PAUSE_SHORT;
    }
    return dice < 16 ? Act.PAUSE_LONG : dice < 18 ? Act.RESTART_MONITOR : Act.KILL_ALL;
  }

  private void act(Act act) throws InterruptedException {
    done.merge(act, 1, Integer::sum);
    switch (act) {
      case KILL -> kill(alive());
      case REVIVE -> revive(List.copyOf(dead).get(random.nextInt(dead.size())));
      case PAUSE_SHORT -> pause(alive(), 100 + random.nextInt(1_500));
      case PAUSE_LONG -> pause(alive(), LONG_PAUSE_MILLIS + random.nextInt(2_000));
      case RESTART_MONITOR -> restartMonitor(random.nextInt(6_000));
      case KILL_ALL -> killAll();
    }
  }

  private void note(String what) {
    String line = String.format("%6.1f s  %s", (System.nanoTime() - begin) / 1e9, what);
    history.add(line);
    if (Boolean.getBoolean("thrash.verbose")) {
      System.out.println(line);
    }
  }

  private int alive() {
    List<Integer> alive = new ArrayList<>();
    for (int osd = 0; osd < osds; osd++) {
      if (!dead.contains(osd)) {
        alive.add(osd);
      }
    }
    return alive.get(random.nextInt(alive.size()));
  }

  private void kill(int osd) {
    note("kill -9 osd." + osd);
    cluster.signal("osd." + osd, "9");
    dead.add(osd);
  }

  private void revive(int osd) {
    note("revive osd." + osd);
    cluster.sluice("cluster", "revive", "osd." + osd).ok();
    dead.remove(osd);
  }

  private void pause(int osd, int millis) throws InterruptedException {
    note("pause osd." + osd + " for " + millis + " ms");
    cluster.signal("osd." + osd, "STOP");
    Thread.sleep(millis);
    cluster.signal("osd." + osd, "CONT");
  }

  private void restartMonitor(int downMillis) throws InterruptedException {
    note("kill -9 mon.a, back after " + downMillis + " ms");
    cluster.signal("mon.a", "9");
    Thread.sleep(downMillis);
    cluster.sluice("cluster", "revive", "mon.a").ok();
  }

  private void killAll() {
    note("kill -9 of everything, then start");
    List<Long> pids = new ArrayList<>(List.of(cluster.pid("mon.a")));
    for (int osd = 0; osd < osds; osd++) {
      if (!dead.contains(osd)) {
        pids.add(cluster.pid("osd." + osd));
      }
    }
    TestCluster.kill(pids);
    cluster.sluice("cluster", "start").ok();
    dead.clear();
  }

  /** Revives what is dead and waits until every placement group is clean. */
  void heal() {
    for (int osd : List.copyOf(dead)) {
      revive(osd);
    }
    awaitClean(cluster, osds);
    note("clean");
  }

  static void awaitClean(TestCluster cluster, int osds) {
    try {
      Awaitility.await()
          .atMost(CLEAN_PATIENCE_SECONDS, TimeUnit.SECONDS)
          .pollInterval(100, TimeUnit.MILLISECONDS)
          .until(() -> clean(cluster.sluice("status"), osds));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("never clean again:\n" + cluster.sluice("status"), e);
    }
  }

  /** Whether {@code sluice status} says that all groups serve with all their copies. */
  static boolean clean(Finished status, int osds) {
    String groups = status.out().replaceAll("(?s).*pgs: ", "");
    return status.exit() == 0
        && status.out().contains(osds + " up")
        && groups.contains("active+clean")
        && groups.strip().lines().count() == 1;
  }

  /** What was done, for the seed's failure report. */
  @Override
  public String toString() {
    return done + "\n" + String.join("\n", history);
  }
}
