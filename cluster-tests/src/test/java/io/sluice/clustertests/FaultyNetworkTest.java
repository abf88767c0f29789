package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.types.PgId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Daemons whose connections break, stall and come twice: every append that was answered is there,
 * once, in order; and connections between OSDs are made again without any group peering. {@code
 * -Dfaults.appends=N} for more.
 */
class FaultyNetworkTest {
  private static final int OSDS = 3;
  private static final int OBJECTS = 8;
  private static final int GROUPS = 8;

  /** Some five messages between OSDs are dropped in each: the last is hardly ever needed. */
  private static final int ROUNDS_MAX = 24;

  private static final int APPENDS = Integer.getInteger("faults.appends", 40);

  private static CompletableFuture<?> append(IoContext io, String object, int number) {
    ByteBuffer bytes = ByteBuffer.allocate(4).putInt(0, number);
    return io.append(object, io.cluster().payloads().copyOf(bytes));
  }

  private static CompletableFuture<?> appendAll(IoContext io, String object, int from) {
    CompletableFuture<?> last = append(io, object, from);
    for (int i = from + 1; i < from + APPENDS; i++) {
      int number = i;
      last = last.thenCompose(done -> append(io, object, number));
    }
    return last;
  }

  private static void appendAll(IoContext io, int from) throws Exception {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < OBJECTS; i++) {
      all.add(appendAll(io, "object" + i, from));
    }
    for (CompletableFuture<?> each : all) {
      each.get(120, TimeUnit.SECONDS);
    }
  }

  private static long sum(TestCluster cluster, String pointer) {
    return IntStream.range(0, OSDS)
        .mapToLong(osd -> cluster.perf("osd." + osd).at(pointer).asLong())
        .sum();
  }

  /** What was counted while the monitor's map was the same. */
  private record Spell(int epoch, long peerings, long reconnected, long replayed) {
    static Spell now(TestCluster cluster, Cluster client) throws Exception {
      return new Spell(
          Cluster.await(client.newestMap()).epoch(),
          sum(cluster, "/osd/peerings"),
          sum(cluster, "/messenger/sessions_reconnected"),
          sum(cluster, "/messenger/messages_replayed"));
    }

    /** Cut connections between OSDs have been made again, and something had to be sent again. */
    boolean hasSeenCuts(Spell begin) {
      return reconnected > begin.reconnected && replayed > begin.replayed;
    }
  }

  /** A write to each group: none serves it before it has peered for the first time. */
  private static void useEachGroup(Cluster client, IoContext io) throws Exception {
    Set<PgId> used = new HashSet<>();
    for (int i = 0; used.size() < GROUPS; i++) {
      if (used.add(client.map().locate(io.poolId(), "group" + i, "", "").pg())) {
        append(io, "group" + i, i).get(120, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void shouldHaveEveryAppendOnce() throws Exception {
    try (TestCluster cluster =
        TestCluster.startFaulty(
            "drop=150,delay=40:15,connect=2,seed=1",
            "--osds",
            Integer.toString(OSDS),
            "--size",
            "2")) {
      cluster.sluice("pool", "create", "p", "" + GROUPS).ok();
      try (Cluster client = cluster.connect()) {
        IoContext io = Cluster.await(client.open("p"));
        useEachGroup(client, io);
        appendAll(io, 0);
        Spell begin = Spell.now(cluster, client);
        Spell end = begin;
        int appends = APPENDS;
        for (int round = 1; round < ROUNDS_MAX && (round < 2 || !end.hasSeenCuts(begin)); round++) {
          appendAll(io, appends);
          appends += APPENDS;
          end = Spell.now(cluster, client);
          if (end.epoch()
              != begin.epoch()) { // an OSD stood still for seconds: groups peer for that
            begin = end;
          }
        }
        assertThat(end.hasSeenCuts(begin)).as("a cut session after %s appends", appends).isTrue();
        assertThat(sum(cluster, "/messenger/connections_doubled")).as("twins made").isPositive();
        assertThat(sum(cluster, "/messenger/sessions_reset")).isZero();
        assertThat(end.peerings()).as("no group peers for a cut").isEqualTo(begin.peerings());
        for (int i = 0; i < OBJECTS; i++) {
          ByteBuffer found =
              ByteBuffer.wrap(Cluster.await(io.read("object" + i, 0, 4 * appends + 100)));
          int[] numbers =
              IntStream.range(0, found.remaining() / 4).map(n -> found.getInt()).toArray();
          assertThat(numbers).containsExactly(IntStream.range(0, appends).toArray());
        }
      }
      assertThat(cluster.log("osd.0")).contains("the network fails on purpose");
      assertThat(cluster.log("osd.0") + cluster.log("osd.1") + cluster.log("osd.2"))
          .contains("injected fault");
    }
  }
}
