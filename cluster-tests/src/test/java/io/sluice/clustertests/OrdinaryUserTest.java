package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Daemons of a user whom the kernel grants 64 pipes over all processes. */
class OrdinaryUserTest {
  private static final int IN_FLIGHT = 64;
  private static final int SIZE = 1 << 20;
  private static final int PATIENCE_SECONDS = 60;
  private static final int ROUNDS_MAX = 4;
  private static final List<String> NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

  private static Finished asNobody(String... line) {
    List<String> all = new ArrayList<>(NOBODY);
    all.addAll(List.of(line));
    return new Command(all).run();
  }

  /** Otherwise skipped, by name. */
  private static void requireNobodyCanRun(TestCluster place) throws Exception {
    Tools.requireRoot();
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv: OrdinaryUserTest skipped");
    // By lines: the kernel gives such a file in one read or not at all.
    Path granted = Path.of("/proc/sys/fs/pipe-user-pages-soft");
    long slots = Long.parseLong(Files.readAllLines(granted).get(0).strip());
    Assumptions.assumeTrue(
        slots == 16_384, "pipe-user-pages-soft is " + slots + ": OrdinaryUserTest skipped");
    new Command(List.of("chown", "65534:65534", place.dir().toString())).run().ok();
    List<String> sluice = Command.sluice();
    boolean jar = asNobody("test", "-r", sluice.get(sluice.size() - 1)).exit() == 0;
    boolean dir = asNobody("test", "-w", place.dir().toString()).exit() == 0;
    Assumptions.assumeTrue(
        jar && dir, "nobody may not read the jar or write there: OrdinaryUserTest skipped");
  }

  /** Of each object its own. */
  private static byte[] content(int object) {
    byte[] content = new byte[SIZE];
    new Random(object).nextBytes(content);
    return content;
  }

  @Test
  void shouldWriteMoreAtATimeThanThereArePipesWithoutStandingStill() throws Exception {
    try (TestCluster place = TestCluster.unstarted()) {
      requireNobodyCanRun(place);
      List<String> line = new ArrayList<>(NOBODY);
      line.addAll(Command.sluice());
      line.addAll(List.of("cluster", "start", "--osds", "3", "--size", "3"));
      new Command(line).env("SLUICE_DIR", place.dir().toString()).env("HOME", "/").run().ok();
      place.sluice("pool", "create", "p").ok();
      try (Cluster cluster = place.connect()) {
        IoContext pool = Cluster.await(cluster.open("p"));
        for (int round = 0; round < ROUNDS_MAX && noPipe(place) == 0; round++) {
          writeWhileOneStandsStill(place, cluster, pool);
        }
        assertThat(noPipe(place)).as("times that a primary had no pipe left").isPositive();
        for (int i = 0; i < IN_FLIGHT; i++) {
          assertThat(Cluster.await(pool.read("o" + i, 0, SIZE))).as("o" + i).isEqualTo(content(i));
        }
      }
      for (int osd = 0; osd < 3; osd++) {
        JsonNode zerocopy = place.perf("osd." + osd).path("zerocopy");
        assertThat(zerocopy.path("pipes_max").asInt()).isEqualTo(16);
        String name = "osd." + osd;
        Awaitility.await("no pipe of " + name + " in use when all is done")
            .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .until(() -> place.perf(name).at("/zerocopy/pipes_in_use").asInt() == 0);
      }
    }
  }

  /**
   * What is for the one that stands still stays in the pipes of the others, until they are spent or
   * the monitor has it down: on a machine that is slow just then, that comes first.
   */
  private static void writeWhileOneStandsStill(TestCluster place, Cluster cluster, IoContext pool)
      throws Exception {
    List<CompletableFuture<?>> writes = new ArrayList<>();
    place.signal("osd.2", "STOP");
    try {
      for (int i = 0; i < IN_FLIGHT; i++) {
        ByteBuffer content = ByteBuffer.wrap(content(i));
        writes.add(pool.writeFull("o" + i, cluster.payloads().copyOf(content)));
      }
      Awaitility.await("the pipes of a primary are spent, or all is written without osd.2")
          .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .until(() -> noPipe(place) > 0 || writes.stream().allMatch(CompletableFuture::isDone));
    } finally {
      place.signal("osd.2", "CONT");
    }
    CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    Thrasher.awaitClean(place, 3);
  }

  /** Times that a primary, which osd.2 need not be, did without for want of a pipe. */
  private static long noPipe(TestCluster cluster) {
    long times = 0;
    for (int osd = 0; osd < 2; osd++) {
      times += cluster.perf("osd." + osd).at("/zerocopy/fallbacks/no_pipe").asLong();
    }
    return times;
  }
}
