package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection that is made twice on purpose is of one session, and the second attempt counts. */
@ExtendWith(NoLeaks.class)
class TwinTest {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final long COOKIE = 99;

  private ServerSocket server;
  private EntityAddr addr;
  private Endpoint osd;
  private Connection session;

  @BeforeEach
  void begin() throws IOException {
    server = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"));
    server.setSoTimeout(PATIENCE_MILLIS);
    addr = EntityAddr.msgr2("127.0.0.1", server.getLocalPort(), 1);
    osd = Endpoint.osdOnLoops(3, 2, "connect=1");
    session = osd.messenger.connect(EntityName.osd(9), AddrVec.of(addr), osd, null);
  }

  @AfterEach
  void end() throws IOException {
    osd.close();
    server.close();
  }

  private RawOsd accept() throws IOException {
    return RawOsd.accept(server.accept());
  }

  private static ClientIdent ident(RawOsd peer) throws IOException {
    return ClientIdent.decode(peer.expect(Tag.CLIENT_IDENT));
  }

  private static Reconnect reconnect(RawOsd peer) throws IOException {
    return Reconnect.decode(peer.expect(Tag.SESSION_RECONNECT));
  }

  /** Both say that they begin the session; the later one may. Returns what it said. */
  private ClientIdent established(RawOsd one, RawOsd two) throws Exception {
    ClientIdent first = ident(one);
    ClientIdent second = ident(two);
    assertThat(first.cookie()).isEqualTo(second.cookie()).isNotZero();
    assertThat(first.globalSeq()).isNotEqualTo(second.globalSeq());
    boolean twinFirst = first.globalSeq() < second.globalSeq();
    (twinFirst ? one : two).acceptIdent(addr, 9, COOKIE + 1);
    (twinFirst ? one : two).awaitEnd();
    assertThat(osd.ready).isEmpty();
    (twinFirst ? two : one).acceptIdent(addr, 9, COOKIE);
    assertThat(Endpoint.take(osd.ready)).isSameAs(session);
    return twinFirst ? second : first;
  }

  @Test
  void shouldBeginOneSessionTwiceAndGoOnWithItTwice() throws Exception {
    ClientIdent began;
    try (RawOsd one = accept();
        RawOsd two = accept()) {
      began = established(one, two);
    }
    try (RawOsd one = accept();
        RawOsd two = accept()) {
      Reconnect first = reconnect(one);
      Reconnect second = reconnect(two);
      boolean twinFirst = first.connectSeq() < second.connectSeq();
      Reconnect twin = twinFirst ? first : second;
      Reconnect counts = twinFirst ? second : first;
      assertThat(twin.globalSeq()).isBetween(began.globalSeq() + 1, counts.globalSeq() - 1);
      assertThat(twin.connectSeq()).isEqualTo(1);
      assertThat(counts.connectSeq()).isEqualTo(2);
      for (Reconnect each : new Reconnect[] {twin, counts}) {
        assertThat(each.clientCookie()).isEqualTo(began.cookie());
        assertThat(each.serverCookie()).isEqualTo(COOKIE);
        assertThat(each.msgSeq()).isZero();
      }
      assertThat(PeerPair.counter(osd, "connections_doubled")).isEqualTo(2);
      assertThat(osd.ended).isEmpty();
    }
  }
}
