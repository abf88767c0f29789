package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A placement group serves only where everything acknowledged is. */
class ServingRuleTest {

  @Test
  void shouldWaitWhenOnlyTheOneThatMissedAWriteIsBack() throws Exception {
    try (TestCluster cluster = TestCluster.start(2, 2)) {
      cluster.sluice("pool", "create", "p").ok();
      cluster.sluice("pool", "set", "p", "min_size", "1").ok();
      Path old = RandomFiles.create(cluster.path("old"), 100_000, 1);
      Path fresh = RandomFiles.create(cluster.path("fresh"), 100_000, 2);
      cluster.sluice("rados", "-p", "p", "put", "o", old.toString()).ok();

      cluster.sluice("cluster", "kill", "osd.1", "-9").ok();
      cluster.sluice("rados", "-p", "p", "put", "o", fresh.toString()).ok();
      cluster.sluice("cluster", "kill", "osd.0", "-9").ok();
      cluster.sluice("cluster", "revive", "osd.1").ok();

      Path back = cluster.path("back");
      Process get = cluster.command("rados", "-p", "p", "get", "o", back.toString()).start();
      try {
        assertThat(get.waitFor(8, TimeUnit.SECONDS)).as("osd.1 alone must not serve").isFalse();
        cluster.sluice("cluster", "revive", "osd.0").ok();
        assertThat(get.waitFor(90, TimeUnit.SECONDS)).as("served when osd.0 is back").isTrue();
        assertThat(get.exitValue()).isZero();
      } finally {
        get.destroyForcibly();
      }
      assertThat(Files.readAllBytes(back)).isEqualTo(Files.readAllBytes(fresh));
      Awaitility.await()
          .atMost(90, TimeUnit.SECONDS)
          .until(() -> cluster.sluice("status").ok().out().contains("active+clean"));
    }
  }
}
