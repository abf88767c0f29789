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
 * once, in order. {@code -Dfaults.appends=N} for more.
 */
class FaultyNetworkTest {
  private static final int OBJECTS = 8;
  private static final int APPENDS = Integer.getInteger("faults.appends", 40);

  private static CompletableFuture<?> append(IoContext io, String object, int number) {
    ByteBuffer bytes = ByteBuffer.allocate(4).putInt(0, number);
    return io.append(object, io.cluster().payloads().copyOf(bytes));
  }

  private static CompletableFuture<?> appendAll(IoContext io, String object) {
    CompletableFuture<?> last = append(io, object, 0);
    for (int i = 1; i < APPENDS; i++) {
      int number = i;
      last = last.thenCompose(done -> append(io, object, number));
    }
    return last;
  }

  @Test
  void shouldHaveEveryAppendOnce() throws Exception {
    try (TestCluster cluster =
        TestCluster.startFaulty(
            "drop=150,delay=40:15,connect=2,seed=1", "--osds", "3", "--size", "2")) {
      cluster.sluice("pool", "create", "p", "8").ok();
      try (Cluster client = cluster.connect()) {
        IoContext io = Cluster.await(client.open("p"));
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < OBJECTS; i++) {
          all.add(appendAll(io, "object" + i));
        }
        for (CompletableFuture<?> each : all) {
          each.get(120, TimeUnit.SECONDS);
        }
        for (int i = 0; i < OBJECTS; i++) {
          ByteBuffer found =
              ByteBuffer.wrap(Cluster.await(io.read("object" + i, 0, 4 * APPENDS + 100)));
          int[] numbers =
              IntStream.range(0, found.remaining() / 4).map(n -> found.getInt()).toArray();
          assertThat(numbers).containsExactly(IntStream.range(0, APPENDS).toArray());
        }
      }
      assertThat(cluster.log("osd.0")).contains("the network fails on purpose");
      assertThat(cluster.log("osd.0") + cluster.log("osd.1") + cluster.log("osd.2"))
          .contains("injected fault");
    }
  }
}
