package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Data flush, then synced metadata batch, then the reply: seen from outside, with strace. */
class SyscallOrderTest {

  @Test
  void shouldFlushDataThenSyncMetadataThenReplyWhenObjectIsPut() throws Exception {
    Tools.require("strace", "strace");
    try (TestCluster cluster = TestCluster.start(1, 1)) {
      cluster.sluice("pool", "create", "p").ok();
      Path file = RandomFiles.create(cluster.path("f"), 1 << 20, 5);
      cluster.sluice("rados", "-p", "p", "put", "warm-up", file.toString()).ok();
      Path trace = cluster.path("trace");
      Process strace =
          new Command(
                  List.of(
                      "strace",
                      "-f",
                      "-y",
                      "-qq",
                      "-e",
                      "trace=fdatasync,fsync,splice,pwrite64,pwritev,writev,sendmsg,sendto,write",
                      "-o",
                      trace.toString(),
                      "-p",
                      "" + cluster.pid("osd.0")))
              .start();
      try {
        org.awaitility.Awaitility.await()
            .atMost(20, TimeUnit.SECONDS)
            .until(() -> Files.exists(trace) && Files.size(trace) > 0);
        cluster.sluice("rados", "-p", "p", "put", "traced", file.toString()).ok();
      } finally {
        strace.destroy();
        strace.waitFor(20, TimeUnit.SECONDS);
      }
      List<String> calls = Files.readAllLines(trace);
      int written = last(calls, "(splice|pwrite64|pwritev)\\(.*data\\.\\d.*= \\d+");
      int flushed = first(calls, written, "fdatasync\\(\\d+<[^>]*data\\.\\d+>|fdatasync resumed");
      int synced = first(calls, flushed, "(fdatasync|fsync)\\(\\d+<[^>]*\\.log>");
      int replied = first(calls, synced, "(sendmsg|writev|sendto|write)\\(\\d+<(TCP|socket)");
      assertThat(written).as("data written").isPositive();
      assertThat(flushed).as("then flushed").isGreaterThan(written);
      assertThat(synced).as("then the metadata batch synced").isGreaterThan(flushed);
      assertThat(replied).as("then something sent").isGreaterThan(synced);
      long repliesBefore =
          calls.subList(written, synced).stream()
              .filter(
                  line -> line.contains("traced") && line.matches(".*(sendmsg|writev|sendto)\\(.*"))
              .count();
      assertThat(repliesBefore).as("nothing said of the object before it was durable").isZero();
    }
  }

  private static int last(List<String> calls, String pattern) {
    java.util.regex.Pattern regex = java.util.regex.Pattern.compile(pattern);
    for (int i = calls.size() - 1; i >= 0; i--) {
      if (regex.matcher(calls.get(i)).find()) {
        return i;
      }
    }
    return -1;
  }

  private static int first(List<String> calls, int from, String pattern) {
    java.util.regex.Pattern regex = java.util.regex.Pattern.compile(pattern);
    for (int i = Math.max(0, from); i < calls.size(); i++) {
      if (regex.matcher(calls.get(i)).find()) {
        return i;
      }
    }
    return -1;
  }
}
