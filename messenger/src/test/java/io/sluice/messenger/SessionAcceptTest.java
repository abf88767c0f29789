package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The accepting side of lossless sessions, frame by frame. */
@ExtendWith(NoLeaks.class)
class SessionAcceptTest {
  private static final long COOKIE = 4711;

  /** Of an attempt behind all that the OSD may have begun meanwhile, on a machine that is slow. */
  private static final long LATER = 100;

  /**
   * Where the peer listens: whoever comes is taken, and never hears a word. An OSD that has
   * messages for a peer that is gone connects by itself after 20 ms, and where nobody listens the
   * session ends.
   */
  private ServerSocket silent;

  /** The highest address there is beside osd.3's nonce: it loses races. */
  private EntityAddr high;

  @BeforeEach
  void listen() throws IOException {
    silent = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"));
    high = EntityAddr.msgr2("127.0.0.1", silent.getLocalPort(), 0xffff);
  }

  @AfterEach
  void listenNoMore() throws IOException {
    silent.close();
  }

  private static Reconnect reconnect(EntityAddr own, long globalSeq, long connectSeq, long msgSeq) {
    return new Reconnect(AddrVec.of(own), COOKIE, 1, globalSeq, connectSeq, msgSeq);
  }

  private static long tidOf(RawOsd at, long expectedSeq) throws Exception {
    var payload = at.expect(Tag.MESSAGE);
    assertThat(payload.le64()).isEqualTo(expectedSeq);
    return payload.le64();
  }

  @Test
  void shouldGoOnAndSendAgainWhatThePeerHasNot() throws Exception {
    try (Endpoint osd = Endpoint.osd(3)) {
      Connection session;
      try (RawOsd peer = RawOsd.connect(osd.addr).ident(high, osd.addr, 5, COOKIE)) {
        ServerIdent ident = ServerIdent.decode(peer.expect(Tag.SERVER_IDENT));
        assertThat(ident.cookie()).isNotZero();
        assertThat(ident.features().flags()).isZero();
        session = Endpoint.take(osd.ready);
        peer.message(100, 1);
        peer.message(101, 2);
        osd.message().close();
        osd.message().close();
        for (int i = 0; i < 3; i++) {
          session.send(PeerPair.message(i, 10));
        }
        for (int i = 0; i < 3; i++) {
          assertThat(tidOf(peer, i + 1)).isEqualTo(i);
        }
      }
      try (RawOsd peer = RawOsd.connect(osd.addr)) {
        peer.send(Tag.SESSION_RECONNECT, reconnect(high, 6, LATER, 1).encode());
        assertThat(peer.expect(Tag.SESSION_RECONNECT_OK).le64()).isEqualTo(2);
        assertThat(tidOf(peer, 2)).isEqualTo(1);
        assertThat(tidOf(peer, 3)).isEqualTo(2);
        peer.message(101, 2); // again: dropped
        peer.message(102, 3);
        try (IncomingMessage next = osd.message()) {
          assertThat(next.head().tid()).isEqualTo(102);
        }
        assertThat(PeerPair.counter(osd, "duplicates_dropped")).isEqualTo(1);
        assertThat(PeerPair.counter(osd, "messages_replayed")).isEqualTo(2);
        assertThat(PeerPair.counter(osd, "sessions_reconnected")).isEqualTo(1);
        assertThat(osd.ended).isEmpty();
      }
    }
  }

  @Test
  void shouldResetAPeerThatItDoesNotKnow() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        RawOsd peer = RawOsd.connect(osd.addr)) {
      peer.send(Tag.SESSION_RECONNECT, reconnect(high, 6, 1, 1).encode());
      assertThat(peer.expect(Tag.SESSION_RESET).bool()).isTrue();
      peer.ident(high, osd.addr, 7, COOKIE).expect(Tag.SERVER_IDENT);
      assertThat(Endpoint.take(osd.ready).peerName().number()).isEqualTo(9);
    }
  }

  @Test
  void shouldAskForALaterGlobalSeqAndConnectSeq() throws Exception {
    try (Endpoint osd = Endpoint.osd(3)) {
      try (RawOsd peer = RawOsd.connect(osd.addr).ident(high, osd.addr, 5, COOKIE)) {
        peer.expect(Tag.SERVER_IDENT);
      }
      try (RawOsd peer = RawOsd.connect(osd.addr)) {
        peer.send(Tag.SESSION_RECONNECT, reconnect(high, 4, 1, 0).encode());
        assertThat(peer.expect(Tag.SESSION_RETRY_GLOBAL).le64()).isEqualTo(5);
        peer.send(Tag.SESSION_RECONNECT, reconnect(high, 6, 7, 0).encode());
        peer.expect(Tag.SESSION_RECONNECT_OK);
      }
      try (RawOsd peer = RawOsd.connect(osd.addr)) {
        peer.send(Tag.SESSION_RECONNECT, reconnect(high, 7, 3, 0).encode());
        assertThat(peer.expect(Tag.SESSION_RETRY).le64()).isEqualTo(7);
        peer.send(Tag.SESSION_RECONNECT, reconnect(high, 7, 8, 0).encode());
        peer.expect(Tag.SESSION_RECONNECT_OK);
      }
    }
  }

  @Test
  void shouldReportAResetWhenThePeerBeginsAnother() throws Exception {
    try (Endpoint osd = Endpoint.osd(3)) {
      Connection first;
      try (RawOsd peer = RawOsd.connect(osd.addr).ident(high, osd.addr, 5, COOKIE)) {
        peer.expect(Tag.SERVER_IDENT);
        first = Endpoint.take(osd.ready);
      }
      try (RawOsd peer = RawOsd.connect(osd.addr).ident(high, osd.addr, 6, COOKIE + 1)) {
        peer.expect(Tag.SERVER_IDENT);
        assertThat(Endpoint.take(osd.ended)).contains("begins another");
        assertThat(Endpoint.take(osd.ready)).isNotSameAs(first);
        peer.message(7, 1);
        osd.message().close();
        assertThat(PeerPair.counter(osd, "reset_peer_forgot")).isEqualTo(1);
      }
    }
  }

  @Test
  void shouldCloseAConnectionThatComesLate() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        RawOsd peer = RawOsd.connect(osd.addr).ident(high, osd.addr, 5, COOKIE)) {
      peer.expect(Tag.SERVER_IDENT);
      try (RawOsd late = RawOsd.connect(osd.addr).ident(high, osd.addr, 4, COOKIE)) {
        late.awaitEnd();
      }
      peer.message(1, 1);
      osd.message().close();
      assertThat(osd.ended).isEmpty();
    }
  }

  @Test
  void shouldReplaceTheConnectionThatASecondOneOfThePeerFollows() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        RawOsd peer = RawOsd.connect(osd.addr).ident(high, osd.addr, 5, COOKIE)) {
      peer.expect(Tag.SERVER_IDENT);
      try (RawOsd second = RawOsd.connect(osd.addr)) {
        second.send(Tag.SESSION_RECONNECT, reconnect(high, 6, 1, 0).encode());
        second.expect(Tag.SESSION_RECONNECT_OK);
        peer.awaitEnd();
        second.message(1, 1);
        osd.message().close();
        assertThat(osd.ended).isEmpty();
      }
    }
  }

  @Test
  void shouldCloseTheConnectionOnAGapAndOnAFalseAcknowledgement() throws Exception {
    try (Endpoint osd = Endpoint.osd(3)) {
      try (RawOsd peer = RawOsd.connect(osd.addr).ident(high, osd.addr, 5, COOKIE)) {
        peer.expect(Tag.SERVER_IDENT);
        peer.message(1, 2);
        peer.awaitEnd();
      }
      try (RawOsd peer = RawOsd.connect(osd.addr)) {
        peer.send(Tag.SESSION_RECONNECT, reconnect(high, 6, 1, 0).encode());
        assertThat(peer.expect(Tag.SESSION_RECONNECT_OK).le64()).isZero();
        peer.send(Tag.ACK, new Encoder().le64(5));
        peer.awaitEnd();
      }
      assertThat(osd.messages).isEmpty();
    }
  }

  @Test
  void shouldRefuseASessionWithoutCookieOrAddress() throws Exception {
    try (Endpoint osd = Endpoint.osd(3)) {
      try (RawOsd peer = RawOsd.connect(osd.addr).ident(high, osd.addr, 5, 0)) {
        peer.awaitEnd();
      }
      EntityAddr nowhere = EntityAddr.msgr2("127.0.0.1", 0, 4);
      try (RawOsd peer = RawOsd.connect(osd.addr).ident(nowhere, osd.addr, 5, COOKIE)) {
        peer.awaitEnd();
      }
    }
  }
}
