package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
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

/**
 * The connecting side of lossless sessions, frame by frame, against a peer that is told what to
 * say.
 */
@ExtendWith(NoLeaks.class)
class SessionConnectTest {
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
    osd = Endpoint.osd(3);
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

  /** Accepts the first connection: returns the cookie of the session. */
  private ClientIdent established(RawOsd peer) throws Exception {
    ClientIdent ident = ClientIdent.decode(peer.expect(Tag.CLIENT_IDENT));
    assertThat(ident.features().flags()).isZero();
    assertThat(ident.cookie()).isNotZero();
    peer.acceptIdent(addr, 9, COOKIE);
    Endpoint.take(osd.ready);
    return ident;
  }

  private static void expectMessage(RawOsd at, long seq, long tid) throws IOException {
    Decoder payload = at.expect(Tag.MESSAGE);
    assertThat(payload.le64()).isEqualTo(seq);
    assertThat(payload.le64()).isEqualTo(tid);
  }

  @Test
  void shouldReconnectAndSendAgainWhatWasNotReceived() throws Exception {
    ClientIdent ident;
    try (RawOsd peer = accept()) {
      ident = established(peer);
      peer.message(50, 1);
      osd.message().close();
      for (int i = 0; i < 4; i++) {
        session.send(PeerPair.message(i, 100));
      }
      for (int i = 0; i < 4; i++) {
        expectMessage(peer, i + 1, i);
      }
      peer.send(Tag.ACK, new Encoder().le64(2));
    }
    try (RawOsd peer = accept()) {
      Reconnect reconnect = Reconnect.decode(peer.expect(Tag.SESSION_RECONNECT));
      assertThat(reconnect.clientCookie()).isEqualTo(ident.cookie());
      assertThat(reconnect.serverCookie()).isEqualTo(COOKIE);
      assertThat(reconnect.globalSeq()).isGreaterThan(ident.globalSeq());
      assertThat(reconnect.connectSeq()).isEqualTo(1);
      assertThat(reconnect.msgSeq()).isEqualTo(1);
      peer.send(Tag.SESSION_RECONNECT_OK, new Encoder().le64(3));
      expectMessage(peer, 4, 3);
      session.send(PeerPair.message(4, 0));
      expectMessage(peer, 5, 4);
      assertThat(osd.ended).isEmpty();
      assertThat(PeerPair.counter(osd, "messages_replayed")).isEqualTo(1);
    }
  }

  @Test
  void shouldCountOnFromWhatThePeerHasSeen() throws Exception {
    try (RawOsd peer = accept()) {
      established(peer);
    }
    try (RawOsd peer = accept()) {
      peer.expect(Tag.SESSION_RECONNECT);
      peer.send(Tag.SESSION_RETRY, new Encoder().le64(40));
      assertThat(Reconnect.decode(peer.expect(Tag.SESSION_RECONNECT)).connectSeq()).isEqualTo(41);
      peer.send(Tag.SESSION_RETRY_GLOBAL, new Encoder().le64(1000));
      assertThat(Reconnect.decode(peer.expect(Tag.SESSION_RECONNECT)).globalSeq()).isEqualTo(1001);
      peer.send(Tag.SESSION_RECONNECT_OK, new Encoder().le64(0));
      session.send(PeerPair.message(1, 0));
      expectMessage(peer, 1, 1);
    }
  }

  @Test
  void shouldReportAResetAndBeginAnotherSession() throws Exception {
    ClientIdent first;
    try (RawOsd peer = accept()) {
      first = established(peer);
    }
    try (RawOsd peer = accept()) {
      peer.expect(Tag.SESSION_RECONNECT);
      peer.send(Tag.SESSION_RESET, new Encoder().bool(true));
      assertThat(Endpoint.take(osd.ended)).contains("does not know it");
      peer.awaitEnd();
    }
    Connection next = osd.messenger.connect(EntityName.osd(9), AddrVec.of(addr), osd, null);
    assertThat(next).isNotSameAs(session);
    try (RawOsd peer = accept()) {
      assertThat(established(peer).cookie()).isNotEqualTo(first.cookie());
    }
  }

  @Test
  void shouldIdentifyItselfAgainWhenThePeerNeverGotTheAnswer() throws Exception {
    ClientIdent first;
    try (RawOsd peer = accept()) {
      first = established(peer);
      session.send(PeerPair.message(5, 10));
      expectMessage(peer, 1, 5);
    }
    try (RawOsd peer = accept()) {
      peer.expect(Tag.SESSION_RECONNECT);
      peer.send(Tag.SESSION_RESET, new Encoder().bool(false));
      assertThat(ClientIdent.decode(peer.expect(Tag.CLIENT_IDENT)).cookie())
          .isEqualTo(first.cookie());
      peer.acceptIdent(addr, 9, COOKIE + 1);
      expectMessage(peer, 1, 5);
      assertThat(osd.ended).isEmpty();
    }
  }

  @Test
  void shouldWaitForThePeersConnectionWhenToldTo() throws Exception {
    session.send(PeerPair.message(5, 10));
    ClientIdent ours;
    try (RawOsd peer = accept()) {
      ours = ClientIdent.decode(peer.expect(Tag.CLIENT_IDENT));
      peer.send(Tag.WAIT, new Encoder());
      peer.awaitEnd();
    }
    try (RawOsd peer = RawOsd.connect(osd.addr).ident(addr, osd.addr, 1, COOKIE)) {
      peer.expect(Tag.SERVER_IDENT);
      expectMessage(peer, 1, 5);
      assertThat(ours.cookie()).isNotEqualTo(COOKIE);
      assertThat(Endpoint.take(osd.ready)).isSameAs(session);
      assertThat(PeerPair.counter(osd, "connection_races")).isEqualTo(1);
    }
  }

  @Test
  void shouldConnectItselfWhenThePeerDoesNotComeAfterWait() throws Exception {
    try (RawOsd peer = accept()) {
      peer.expect(Tag.CLIENT_IDENT);
      peer.send(Tag.WAIT, new Encoder());
      peer.awaitEnd();
    }
    try (RawOsd peer = accept()) {
      established(peer);
    }
  }

  @Test
  void shouldTakeThePeersConnectionOrInsistOnItsOwnByAddress() throws Exception {
    EntityAddr low = EntityAddr.msgr2("127.0.0.1", server.getLocalPort(), 1);
    boolean lower = AddressOrder.INSTANCE.compare(low, osd.addr) < 0;
    try (RawOsd ours = accept()) {
      ours.expect(Tag.CLIENT_IDENT);
      try (RawOsd theirs = RawOsd.connect(osd.addr).ident(low, osd.addr, 1, COOKIE)) {
        if (lower) {
          theirs.expect(Tag.SERVER_IDENT);
          ours.awaitEnd();
        } else {
          theirs.expect(Tag.WAIT);
          ours.acceptIdent(addr, 9, COOKIE);
        }
        assertThat(Endpoint.take(osd.ready)).isSameAs(session);
      }
    }
  }

  @Test
  void shouldEndWhenNobodyListensAnyMore() throws Exception {
    try (RawOsd peer = accept()) {
      established(peer);
      server.close();
    }
    assertThat(Endpoint.take(osd.ended)).startsWith("refused: nobody listens");
    assertThat(PeerPair.counter(osd, "reset_refused")).isEqualTo(1);
  }

  @Test
  void shouldEndWhenThePeerSpeaksOfMessagesThatWereNeverSent() throws Exception {
    try (RawOsd peer = accept()) {
      established(peer);
    }
    try (RawOsd peer = accept()) {
      peer.expect(Tag.SESSION_RECONNECT);
      peer.send(Tag.SESSION_RECONNECT_OK, new Encoder().le64(7));
      assertThat(Endpoint.take(osd.ended)).contains("the peer has 7 messages");
    }
  }
}
