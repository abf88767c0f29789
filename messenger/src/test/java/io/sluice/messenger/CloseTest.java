package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Resources;
import io.sluice.types.EntityName;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A messenger that closes leaves no socket open, whoever connects just then. */
@ExtendWith(NoLeaks.class)
class CloseTest {
  private static final int TIMES = 6;
  private static final int CALLERS = 3;
  private static final int PATIENCE_MILLIS = 30_000;

  @Test
  void shouldLeaveNoSocketOpenWhoeverConnectsMeanwhile() throws Exception {
    for (int i = 0; i < TIMES; i++) {
      long before = Resources.live(Resources.Kind.FD);
      AtomicBoolean enough = new AtomicBoolean();
      List<Thread> callers = new ArrayList<>();
      Endpoint osd = Endpoint.osdOnLoops(0, 2, "");
      for (int caller = 0; caller < CALLERS; caller++) {
        Thread thread = new Thread(() -> connectAlways(osd.addr.port(), enough));
        thread.setDaemon(true);
        thread.start();
        callers.add(thread);
      }
      try (RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0))) {
        peer.shakeHands();
      }
      osd.close();
      enough.set(true);
      for (Thread thread : callers) {
        thread.join(PATIENCE_MILLIS);
        assertThat(thread.isAlive()).as("a caller still calls").isFalse();
      }
      assertThat(Resources.live(Resources.Kind.FD))
          .as("time %d: sockets left", i)
          .isEqualTo(before);
    }
  }

  private static void connectAlways(int port, AtomicBoolean enough) {
    while (!enough.get()) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        socket.getOutputStream().write("ceph v2\n".getBytes());
      } catch (IOException e) {
        // Refused, or cut: it closes.
      }
    }
  }
}
