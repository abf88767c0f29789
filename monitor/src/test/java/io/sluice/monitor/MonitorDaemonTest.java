package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon: starts, resumes, and says why it cannot. */
@ExtendWith(NoLeaks.class)
class MonitorDaemonTest {
  @TempDir Path directory;

  static int freePort() {
    return FreePorts.find(1).get(0);
  }

  private MonitorDaemon daemon(int port) {
    return new MonitorDaemon(MonitorConfig.single("a", directory, "127.0.0.1", port, 3));
  }

  @Test
  void shouldResumeTheSameClusterWithoutReusingGlobalIds() throws Exception {
    UUID fsid;
    long nextId;
    try (MonitorDaemon daemon = daemon(freePort())) {
      daemon.start();
      fsid = daemon.fsid();
      nextId = (long) daemon.status().get("next_global_id");
      assertThat(daemon.status()).containsEntry("state", "leader").containsEntry("osdmap_epoch", 1);
    }
    try (MonitorDaemon daemon = daemon(freePort())) {
      daemon.start();
      assertThat(daemon.fsid()).isEqualTo(fsid);
      assertThat((long) daemon.status().get("next_global_id")).isGreaterThan(nextId);
      assertThat(daemon.status()).as("its address changed").containsEntry("monmap_epoch", 2);
    }
  }

  @Test
  void shouldSayThatThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        MonitorDaemon daemon = daemon(taken.getLocalPort())) {
      assertThatThrownBy(daemon::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void shouldSayThatTheDirectoryIsInUse() throws Exception {
    try (MonitorDaemon first = daemon(freePort());
        MonitorDaemon second = daemon(freePort())) {
      first.start();
      assertThatThrownBy(second::start).hasMessageContaining("in use");
    }
  }

  @Test
  void shouldSayThatTheDirectoryBelongsToAnotherCluster() throws Exception {
    try (MonitorDaemon daemon = daemon(freePort())) {
      daemon.start();
    }
    MonitorConfig.Peer peer = new MonitorConfig.Peer("a", "127.0.0.1", freePort(), 0);
    MonitorConfig other =
        new MonitorConfig("a", directory, List.of(peer), new UUID(1, 2), 3, MonitorConfig.OSD);
    try (MonitorDaemon daemon = new MonitorDaemon(other)) {
      assertThatThrownBy(daemon::start).hasMessageContaining("belongs to cluster");
    }
  }

  @Test
  void shouldRefuseOtherMonitorsThanTheLogWasMadeFor() throws Exception {
    try (MonitorDaemon daemon = daemon(freePort())) {
      daemon.start();
    }
    List<MonitorConfig.Peer> two =
        List.of(
            new MonitorConfig.Peer("a", "127.0.0.1", freePort(), freePort()),
            new MonitorConfig.Peer("b", "127.0.0.1", freePort(), freePort()));
    MonitorConfig grown = new MonitorConfig("a", directory, two, null, 3, MonitorConfig.OSD);
    try (MonitorDaemon daemon = new MonitorDaemon(grown)) {
      assertThatThrownBy(daemon::start).hasMessageContaining("is of the monitors a, not a,b");
    }
  }
}
