package io.sluice.osd;

import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.PoolInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes things go wrong, at random: kills, restarts, stops, pauses, broken connections, partitions,
 * and groups that divide, if wanted.
 */
final class SimNemesis {
  private final SimulatedCluster cluster;
  private final int osds;
  private final Random random;
  private final Set<Integer> paused = new LinkedHashSet<>();
  private final List<String> done = new ArrayList<>();
  private int groupsMax;

  SimNemesis(SimulatedCluster cluster, int osds) {
    this.cluster = cluster;
    this.osds = osds;
    this.random = cluster.scheduler().random();
  }

  /** Among its strokes pools get more groups, up to so many. */
  SimNemesis growingTo(int groups) {
    groupsMax = groups;
    return this;
  }

  /** So many strokes, some time apart. */
  void rage(int strokes) {
    for (int i = 0; i < strokes; i++) {
      cluster.run(
          cluster.scheduler().between(SimulatedCluster.SECOND / 50, 2 * SimulatedCluster.SECOND));
      strike();
    }
  }

  private void strike() {
    int osd = random.nextInt(osds);
    switch (random.nextInt(groupsMax == 0 ? 12 : 16)) {
      case 0, 1 -> {
        if (cluster.runs(osd)) {
          note("kill " + osd);
          paused.remove(osd);
          cluster.kill(osd);
        }
      }
      case 2, 3 -> revive();
      case 4 -> {
        note("break a connection");
        cluster.network().breakOne();
      }
      case 5 -> {
        int other = (osd + 1) % osds;
        note("cut " + osd + " from " + other);
        cluster.network().cut("osd" + osd, "osd" + other);
      }
      case 6 -> {
        note("cut " + osd + " from the monitor");
        cluster.network().cut("osd" + osd, "mon");
      }
      case 7 -> {
        note("heal");
        cluster.network().heal();
      }
      case 8, 9 -> isolate(osd);
      case 10 -> weigh(osd);
      case 12, 13, 14 -> growAndKill(osd);
      case 15 -> place();
      default -> pauseOrResume(osd);
    }
  }

  /** A primary that knows nothing of its successor, and a client that knows no other primary. */
  private void isolate(int osd) {
    int client = 1001 + random.nextInt(3);
    note("cut " + osd + " and client " + client + " from the monitor");
    cluster.network().cut("osd" + osd, "mon");
    cluster.network().cut("client" + client, "mon");
    cluster.run(cluster.scheduler().between(SimulatedCluster.SECOND, 6 * SimulatedCluster.SECOND));
  }

  private void weigh(int osd) {
    boolean in = cluster.monitor().map().isIn(osd);
    note((in ? "out " : "in ") + osd);
    cluster.monitor().change(builder -> builder.weight(osd, in ? 0 : OsdEntry.IN));
  }

  /** More groups, once or twice; and one OSD, or all, may end at any step of the division. */
  void growAndKill(int osd) {
    for (int left = 1 + random.nextInt(2); left > 0; left--) {
      grow();
      if (random.nextInt(3) == 0) {
        place(); // some OSDs see both at once
      }
      cluster.run(cluster.scheduler().between(0, 20_000_000));
    }
    int victims = random.nextInt(8);
    for (int other = 0; other < osds; other++) {
      if ((victims == 0 || victims < 5 && other == osd) && cluster.runs(other)) {
        note("kill " + other);
        paused.remove(other);
        cluster.kill(other);
      }
    }
    if (victims == 0) {
      for (int other = 0; other < osds; other++) {
        revive();
      }
    }
  }

  private void grow() {
    PoolInfo pool = cluster.monitor().map().pool(1);
    int pgNum = Math.min(groupsMax, pool.pgNum() + 1 + random.nextInt(pool.pgNum()));
    if (pgNum > pool.pgNum()) {
      note("grow to " + pgNum);
      int pgpNum = pool.layout().pgpNum();
      cluster.monitor().change(b -> b.changePool(pool.withGroups(pgNum, pgpNum, b.epoch())));
    }
  }

  /** The groups that are new are placed by themselves. */
  private void place() {
    PoolInfo pool = cluster.monitor().map().pool(1);
    int pgpNum = Math.min(pool.pgNum(), pool.layout().pgpNum() + 1 + random.nextInt(4));
    if (pgpNum > pool.layout().pgpNum()) {
      note("place by " + pgpNum);
      cluster.monitor().change(b -> b.changePool(pool.withGroups(pool.pgNum(), pgpNum, b.epoch())));
    }
  }

  private void pauseOrResume(int osd) {
    if (paused.remove(osd)) {
      note("resume " + osd);
      cluster.resume(osd);
    } else if (cluster.runs(osd)) {
      note("pause " + osd);
      paused.add(osd);
      cluster.pause(osd);
    }
  }

  private void revive() {
    for (int osd = 0; osd < osds; osd++) {
      if (!cluster.runs(osd)) {
        note("start " + osd);
        cluster.start(osd);
        return;
      }
    }
  }

  /** Everything works again. */
  void makeGood() {
    note("make good");
    cluster.network().heal();
    paused.forEach(cluster::resume);
    paused.clear();
    for (int osd = 0; osd < osds; osd++) {
      if (!cluster.runs(osd)) {
        cluster.start(osd);
      }
      if (!cluster.monitor().map().isIn(osd)) {
        weigh(osd);
      }
    }
  }

  private void note(String what) {
    done.add(cluster.scheduler().nanos() / 1_000_000 + " ms: " + what);
  }

  @Override
  public String toString() {
    return String.join("\n", done);
  }
}
