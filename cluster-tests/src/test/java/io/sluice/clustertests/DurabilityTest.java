package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What was acknowledged is there after a stop, and after kill -9 of every daemon at once. */
class DurabilityTest {

  @Test
  void shouldKeepObjectsWhenEverythingStopsOrIsKilled() {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      Map<String, Path> stored = new LinkedHashMap<>();
      put(cluster, stored, List.of(0, 1, 4095, 4096, 70_000, 4 << 20, 9_999_999));

      cluster.sluice("cluster", "stop").ok();
      cluster.sluice("cluster", "start").ok();
      check(cluster, stored);

      put(cluster, stored, List.of(123_456));
      TestCluster.kill(cluster.pids());
      cluster.sluice("cluster", "start").ok();
      check(cluster, stored);
    }
  }

  private static void put(TestCluster cluster, Map<String, Path> stored, List<Integer> sizes) {
    for (int size : sizes) {
      String name = "o" + size;
      Path file = RandomFiles.create(cluster.path(name), size, size);
      cluster.sluice("rados", "-p", "p", "put", name, file.toString()).ok();
      stored.put(name, file);
    }
  }

  private static void check(TestCluster cluster, Map<String, Path> stored) {
    assertThat(cluster.sluice("rados", "-p", "p", "ls").ok().out().lines())
        .containsExactlyInAnyOrderElementsOf(stored.keySet());
    stored.forEach(
        (name, file) -> {
          Path back = cluster.path(name + ".back");
          cluster.sluice("rados", "-p", "p", "get", name, back.toString()).ok();
          assertThat(RandomFiles.sha256(back)).as(name).isEqualTo(RandomFiles.sha256(file));
        });
  }
}
