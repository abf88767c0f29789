package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Data flush, then synced metadata batch, then the reply: seen from outside, with strace. */
class SyscallOrderTest {

  @Test
  void shouldFlushDataThenSyncMetadataThenReplyWhenObjectIsPut() throws Exception {
    Tools.require("strace", "strace");
    try (TestCluster cluster = TestCluster.startCalm(1, 1)) {
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
        Tracing.awaitAttached(cluster.pid("osd.0"));
        cluster.sluice("rados", "-p", "p", "put", "traced", file.toString()).ok();
      } finally {
        strace.destroy();
        assertThat(strace.waitFor(60, TimeUnit.SECONDS)).as("strace has written all").isTrue();
      }
      List<Call> calls = calls(Files.readAllLines(trace));
      Call written = last(calls, "^(splice|pwrite64|pwritev)\\(.*data\\.\\d.*= \\d+");
      assertThat(written).as("data written").isNotNull();
      Call flushed = firstAfter(calls, written, "^fdatasync\\(\\d+<[^>]*data\\.\\d+>.*= 0");
      assertThat(flushed).as("then flushed").isNotNull();
      Call synced = firstAfter(calls, flushed, "^(fdatasync|fsync)\\(\\d+<[^>]*\\.log>.*= 0");
      assertThat(synced).as("then the metadata batch synced").isNotNull();
      Call replied = firstAfter(calls, synced, SENT);
      assertThat(replied).as("then something sent").isNotNull();
      long repliesBefore =
          calls.stream()
              .filter(call -> call.begun > written.begun && call.begun < synced.ended)
              .filter(call -> call.text.matches(SENT + ".*") && call.text.contains("traced"))
              .count();
      assertThat(repliesBefore).as("nothing said of the object before it was durable").isZero();
    }
  }

  private static final String SENT = "^(sendmsg|writev|sendto|write)\\(\\d+<(TCP|socket)";

  /** What one thread writes of a call before another thread's line, and after it. */
  private static final Pattern UNFINISHED = Pattern.compile("(.*) <unfinished \\.\\.\\.>$");

  private static final Pattern RESUMED = Pattern.compile("^<\\.\\.\\. \\w+ resumed>(.*)");

  private static final Pattern LINE = Pattern.compile("^(\\d+) +(.*)");

  /** One system call; begun and ended are numbers of lines of the trace. */
  private record Call(String text, int begun, int ended) {}

  /** The calls in the order of their ends, each whole though strace cuts those that overlap. */
  private static List<Call> calls(List<String> trace) {
    List<Call> calls = new ArrayList<>();
    Map<String, Call> open = new HashMap<>();
    for (int i = 0; i < trace.size(); i++) {
      Matcher line = LINE.matcher(trace.get(i));
      if (!line.matches()) {
        continue;
      }
      String thread = line.group(1);
      Matcher unfinished = UNFINISHED.matcher(line.group(2));
      Matcher resumed = RESUMED.matcher(line.group(2));
      if (unfinished.matches()) {
        open.put(thread, new Call(unfinished.group(1), i, i));
      } else if (resumed.matches() && open.containsKey(thread)) {
        Call begun = open.remove(thread);
        calls.add(new Call(begun.text + resumed.group(1), begun.begun, i));
      } else {
        calls.add(new Call(line.group(2), i, i));
      }
    }
    return calls;
  }

  private static Call last(List<Call> calls, String pattern) {
    Pattern regex = Pattern.compile(pattern);
    return calls.stream()
        .filter(call -> regex.matcher(call.text).find())
        .reduce((earlier, later) -> later)
        .orElse(null);
  }

  /** The first that began when {@code before} had ended, or null. */
  private static Call firstAfter(List<Call> calls, Call before, String pattern) {
    Pattern regex = Pattern.compile(pattern);
    return calls.stream()
        .filter(call -> call.begun > before.ended && regex.matcher(call.text).find())
        .findFirst()
        .orElse(null);
  }
}
