package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who does not get on with the handshake is sent away; it takes the ten seconds of Ceph. */
@Tag("slow")
@ExtendWith(NoLeaks.class)
class WatchTest {
  @Test
  void shouldCloseConnectionsThatSayNothing() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Socket silent = new Socket("127.0.0.1", osd.addr.port())) {
      assertThat(Endpoint.take(osd.closed)).contains("handshake not done in time", "the banner");
      assertThat(silent.getInputStream().readAllBytes()).startsWith(Banner.encode());
    }
  }

  @Test
  void shouldGiveUpPeersThatSayNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Endpoint client = Endpoint.client()) {
      EntityAddr addr = EntityAddr.msgr2("127.0.0.1", silent.getLocalPort(), 1);
      client.messenger.connect(EntityName.osd(0), AddrVec.of(addr), client, null);
      assertThat(Endpoint.take(client.closed)).contains("handshake not done in time");
    }
  }
}
