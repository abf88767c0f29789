package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** One disk is damaged while everything is down: that OSD says so, the others serve. */
class LostDiskTest {

  @Test
  void shouldServeWithoutOneOsdWhenItsStoreCannotBeOpened() throws IOException {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      Path file = RandomFiles.create(cluster.path("f"), 500_000, 8);
      cluster.sluice("rados", "-p", "p", "put", "o", file.toString()).ok();
      TestCluster.kill(cluster.pids()); // the monitor, when it is back, has all up
      try (FileChannel superblock =
          FileChannel.open(cluster.path("osd.1").resolve("superblock"), StandardOpenOption.WRITE)) {
        superblock.truncate(10);
      }
      cluster.sluice("cluster", "start").failedWith(1, "the others serve", "osd.1 ended");
      Path back = cluster.path("back");
      cluster.sluice("rados", "-p", "p", "get", "o", back.toString()).ok();
      assertThat(RandomFiles.sha256(back)).isEqualTo(RandomFiles.sha256(file));
    }
  }

  @Test
  void shouldExplainItselfWhenASubcommandIsAskedForHelp() {
    try (TestCluster none = TestCluster.unstarted()) {
      assertThat(none.sluice("cluster", "start", "--help").ok().out()).contains("--osds");
      assertThat(none.sluice("rados", "put", "--help").ok().out()).contains("OBJECT");
    }
  }
}
