package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.EntityName;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The question whether the peer is there, over sockets; when it is asked says ConnectionWatch. */
@ExtendWith(NoLeaks.class)
class KeepaliveTest {
  private static final int PATIENCE_SECONDS = 30;
  private static final int KEEPALIVE_FRAME = Preamble.BYTES + 8 + 4;

  private static EpollConnection connected(Endpoint from, Endpoint to, EntityName name)
      throws InterruptedException {
    Connection connection = from.ready(to, name);
    return connection instanceof LosslessSession session
        ? session.carrier()
        : (EpollConnection) connection;
  }

  private static long received(EpollConnection connection) throws Exception {
    return CompletableFuture.supplyAsync(connection::receivedBytes, connection.loop())
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void shouldBeAnsweredWithAFrameOfTheSameLength() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      EpollConnection connection = connected(client, osd, EntityName.osd(0));
      long before = received(connection);
      connection.loop().execute(() -> ((FrameRouter) connection.session()).sendKeepalive());
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (received(connection) < before + KEEPALIVE_FRAME) {
        assertThat(System.nanoTime()).as("waited for an answer").isLessThan(until);
        Thread.sleep(1);
      }
      assertThat(received(connection)).isEqualTo(before + KEEPALIVE_FRAME);
    }
  }

  @Test
  void shouldBeInsistedOnBetweenOsdsAndOnlyAskedByClients() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint other = Endpoint.osd(1);
        Endpoint client = Endpoint.client()) {
      assertThat(asks(connected(client, osd, EntityName.osd(0))))
          .isEqualTo(ConnectionWatch.Keepalive.ASK);
      assertThat(asks(connected(other, osd, EntityName.osd(0))))
          .isEqualTo(ConnectionWatch.Keepalive.INSIST);
    }
  }

  private static ConnectionWatch.Keepalive asks(EpollConnection connection) {
    return ((FrameRouter) connection.session()).keepalive();
  }
}
