package io.sluice.osd;

import io.sluice.protocol.OsdEntry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes things go wrong, at random: kills, restarts, stops, pauses, broken connections, partitions.
 */
final class SimNemesis {
  private final SimulatedCluster cluster;
  private final int osds;
  private final Random random;
  private final Set<Integer> paused = new LinkedHashSet<>();
  private final List<String> done = new ArrayList<>();

  SimNemesis(SimulatedCluster cluster, int osds) {
    this.cluster = cluster;
    this.osds = osds;
    this.random = cluster.scheduler().random();
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
    switch (random.nextInt(12)) {
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
