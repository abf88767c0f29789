package io.sluice.clustertests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** When strace has hold of a process, which it takes thread by thread; or the process has ended. */
final class Tracing {
  private static final int PATIENCE_SECONDS = 60;

  private Tracing() {}

  static void awaitAttached(long pid) {
    Awaitility.await("strace has each thread of " + pid)
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(IOException.class) // threads end
        .until(() -> !TestCluster.hasCommandLine(pid) || isTraced(pid));
  }

  private static boolean isTraced(long pid) throws IOException {
    List<Path> threads;
    try (Stream<Path> all = Files.list(Path.of("/proc", "" + pid, "task"))) {
      threads = all.toList();
    }
    for (Path thread : threads) {
      if (Files.readAllLines(thread.resolve("status")).contains("TracerPid:\t0")) {
        return false;
      }
    }
    return true;
  }
}
