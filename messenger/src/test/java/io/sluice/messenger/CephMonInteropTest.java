package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Our messenger, as a client, shakes hands with a real ceph-mon and gets a monitor map from it. */
@Tag("slow")
@ExtendWith(NoLeaks.class)
class CephMonInteropTest {
  private static final int MON_MAP = 4; // CEPH_MSG_MON_MAP
  private static final int MON_GET_MAP = 5; // CEPH_MSG_MON_GET_MAP
  private static final int ATTEMPTS = 300;

  @TempDir Path dir;

  @Test
  void shouldGetAMonitorMapFromCeph() throws Exception {
    for (String tool : List.of("ceph-mon", "monmaptool")) {
      assumeTrue(
          Files.isExecutable(Path.of("/usr/bin", tool)),
          "SKIPPED: no /usr/bin/" + tool + " (Debian packages ceph-mon, ceph-base)");
    }
    int port = FreePorts.find(1).get(0);
    Process mon = startMon(port);
    try (Endpoint client = new Endpoint(EntityName.client(0), 4711, Linux.instance(), null, 4)) {
      connect(client, port).send(Envelope.of(MON_GET_MAP, 1, 1, 3, new byte[0]));
      try (IncomingMessage message = client.message()) {
        assertThat(message.head().type()).isEqualTo(MON_MAP);
        assertThat(message.head().front()).hasSizeGreaterThan(100);
      }
      assertThat(client.messenger.globalId()).isPositive();
    } finally {
      mon.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }

  /** Until the monitor listens. */
  private static Connection connect(Endpoint client, int port) throws Exception {
    AddrVec addrs = AddrVec.of(EntityAddr.msgr2("127.0.0.1", port, 0));
    for (int i = 0; i < ATTEMPTS; i++) {
      client.messenger.connect(EntityName.mon(0), addrs, client, null);
      while (client.ready.isEmpty() && client.closed.isEmpty()) {
        Thread.sleep(10);
      }
      if (!client.ready.isEmpty()) {
        return client.ready.take();
      }
      assertThat(client.closed.take()).startsWith("refused");
      Thread.sleep(100);
    }
    throw new AssertionError("ceph-mon does not listen");
  }

  private Process startMon(int port) throws Exception {
    String fsid = UUID.randomUUID().toString();
    String map = dir.resolve("monmap").toString();
    String none =
        "auth cluster required = none\nauth service required = none\nauth client required = none\n";
    Path conf =
        Files.writeString(
            dir.resolve("ceph.conf"),
            "[global]\nfsid = "
                + fsid
                + "\n"
                + none
                + "mon host = v2:127.0.0.1:"
                + port
                + "\nrun dir = "
                + dir
                + "\nadmin socket = "
                + dir
                + "/asok\nlog file = "
                + dir
                + "/log\nmon data = "
                + dir
                + "/mon\nmon data avail warn = 1\nmon data avail crit = 1\n");
    run(
        "monmaptool",
        "--create",
        "--fsid",
        fsid,
        "--addv",
        "a",
        "[v2:127.0.0.1:" + port + "]",
        map);
    run("ceph-mon", "-c", conf.toString(), "--mkfs", "-i", "a", "--monmap", map);
    return start("ceph-mon", "-c", conf.toString(), "-i", "a", "-f");
  }

  private void run(String... command) throws Exception {
    assertThat(start(command).waitFor()).as(String.join(" ", command)).isZero();
  }

  private Process start(String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("out").toFile()))
        .start();
  }
}
