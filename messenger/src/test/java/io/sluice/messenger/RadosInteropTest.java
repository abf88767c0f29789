package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.EntityName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The unmodified {@code rados} command shakes hands with our messenger as with a monitor. */
@ExtendWith(NoLeaks.class)
class RadosInteropTest {
  private static final int MON_GET_MAP = 5; // CEPH_MSG_MON_GET_MAP
  private static final int MON_SUBSCRIBE = 15; // CEPH_MSG_MON_SUBSCRIBE
  private static final long GLOBAL_ID = 4321;

  @TempDir Path dir;

  @Test
  void shouldShakeHandsWithRados() throws Exception {
    Path rados = Path.of("/usr/bin/rados");
    assumeTrue(
        Files.isExecutable(rados), "SKIPPED: no /usr/bin/rados (Debian package ceph-common)");
    GlobalIds ids = (peer, requested) -> requested == 0 ? GLOBAL_ID : requested;
    try (Endpoint mon = new Endpoint(EntityName.mon(0), 0, Linux.instance(), ids, 4)) {
      mon.listen();
      Path conf =
          Files.writeString(
              dir.resolve("ceph.conf"),
              "[global]\nauth cluster required = none\nauth service required = none\nauth client required = none\n"
                  + "log file = /dev/null\nmon host = v2:127.0.0.1:"
                  + mon.addr.port()
                  + "\n");
      Process process =
          new ProcessBuilder(rados.toString(), "-c", conf.toString(), "lspools")
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve("out").toFile())
              .start();
      try {
        Connection connection = Endpoint.take(mon.ready);
        assertThat(connection.peerName()).isEqualTo(EntityName.client(GLOBAL_ID));
        assertThat(connection.checksumVectors()).isFalse();
        assertThat(connection.aligned()).isFalse();
        assertThat(type(mon)).isEqualTo(MON_GET_MAP);
        assertThat(type(mon)).isEqualTo(MON_SUBSCRIBE);
      } finally {
        process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
      }
      Endpoint.take(mon.closed);
    }
  }

  private static int type(Endpoint at) throws InterruptedException {
    try (IncomingMessage message = at.message()) {
      return message.head().type();
    }
  }
}
