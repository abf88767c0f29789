package io.sluice.osd;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beacons have a loop and a connection of their own, which nothing that data does can hold up. */
class HeartbeatTest {
  @TempDir private Path dir;

  @Test
  void shouldGoOnWhileEveryLoopOfDataIsStuck() throws Exception {
    try (LiveCluster cluster = new LiveCluster(dir, 16)) {
      CountDownLatch end = new CountDownLatch(1);
      try {
        cluster.osd(0).hold(end);
        cluster.awaitBeacons(0, 5);
      } finally {
        end.countDown();
      }
    }
  }
}
