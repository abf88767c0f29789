package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.MMonCommandAck;
import io.sluice.types.EntityAddr;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three monitor daemons: any of them takes commands, two of them are enough. */
@Tag("slow")
class MonitorGroupTest {
  private static final UUID FSID = new UUID(5, 6);

  @TempDir Path directory;
  private final List<MonitorConfig.Peer> peers = new ArrayList<>();
  private final List<MonitorDaemon> daemons = new ArrayList<>();

  private void start() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      int port = MonitorDaemonTest.freePort();
      peers.add(new MonitorConfig.Peer(name, "127.0.0.1", port, MonitorDaemonTest.freePort()));
    }
    List<CompletableFuture<Void>> starts = new ArrayList<>();
    for (MonitorConfig.Peer peer : peers) {
      Path data = directory.resolve(peer.name());
      MonitorDaemon daemon =
          new MonitorDaemon(
              new MonitorConfig(peer.name(), data, peers, FSID, 3, MonitorConfig.HOST));
      daemons.add(daemon);
      starts.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  daemon.start();
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              },
              task -> new Thread(task, "start-" + peer.name()).start()));
    }
    for (CompletableFuture<Void> each : starts) {
      each.get(90, TimeUnit.SECONDS);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (MonitorDaemon daemon : daemons) {
      daemon.close();
    }
  }

  private MMonCommandAck run(int rank, String json) throws Exception {
    EntityAddr addr = EntityAddr.msgr2("127.0.0.1", peers.get(rank).port(), 0);
    try (CommandClient client = new CommandClient(rank, addr, FSID)) {
      return client.run(json);
    }
  }

  private int leader() {
    for (int rank = 0; rank < 3; rank++) {
      if (daemons.get(rank) != null && daemons.get(rank).status().get("state").equals("leader")) {
        return rank;
      }
    }
    return -1;
  }

  @Test
  void shouldTakeCommandsOnAnyMonitorAndGoOnWithoutTheLeader() throws Exception {
    start();
    for (int rank = 0; rank < 3; rank++) {
      String create = "{\"prefix\":\"osd pool create\",\"pool\":\"p" + rank + "\"}";
      MMonCommandAck ack = run(rank, create);
      assertThat(ack.result()).as(ack.status()).isZero();
    }
    int leader = leader();
    daemons.get(leader).close();
    int other = (leader + 1) % 3;

    assertThat(run(other, "{\"prefix\":\"osd pool create\",\"pool\":\"p3\"}").result()).isZero();
    String pools =
        new String(run(other, "{\"prefix\":\"osd pool ls\"}").output(), StandardCharsets.UTF_8);
    assertThat(pools.lines()).contains("p0", "p1", "p2");
  }
}
