package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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

  /** Some five messages between OSDs are dropped in each: the last is hardly ever needed. */
  private static final int ROUNDS_MAX = 12;

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

  /** Cut connections between OSDs have been made again, and something had to be sent again. */
  private static boolean isSeen(TestCluster cluster) {
    return sum(cluster, "/messenger/sessions_reconnected") > 0
        && sum(cluster, "/messenger/messages_replayed") > 0;
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
      cluster.sluice("pool", "create", "p", "8").ok();
      try (Cluster client = cluster.connect()) {
        IoContext io = Cluster.await(client.open("p"));
        appendAll(io, 0);
        long peerings = sum(cluster, "/osd/peerings");
        int appends = APPENDS;
        for (int round = 1; round < ROUNDS_MAX && (round < 2 || !isSeen(cluster)); round++) {
          appendAll(io, appends);
          appends += APPENDS;
        }
        assertThat(isSeen(cluster)).as("a cut session after %s appends", appends).isTrue();
        assertThat(sum(cluster, "/messenger/sessions_reset")).isZero();
        assertThat(sum(cluster, "/osd/peerings"))
            .as("no group peers for a cut")
            .isEqualTo(peerings);
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
