package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class HandshakeTest {
  @Test
  void shouldTellBothEndsWhoThePeerIs() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      client.connect(osd, EntityName.osd(3));
      Connection there = Endpoint.take(client.ready);
      Connection here = Endpoint.take(osd.ready);
      assertThat(there.peerName()).isEqualTo(EntityName.osd(3));
      assertThat(there.peerAddrs()).isEqualTo(AddrVec.of(osd.addr));
      assertThat(here.peerName()).isEqualTo(EntityName.client(4711));
      assertThat(here.peerAddrs().msgr2().nonce()).isEqualTo(77);
      assertThat(here.peerAuthId()).isEqualTo("admin");
      assertThat(there.checksumVectors()).isTrue();
      assertThat(here.checksumVectors()).isTrue();
      assertThat(there.loop().inLoop()).isFalse();
    }
  }

  @Test
  void shouldBeAlignedBetweenPeersOfOursOnLoopback() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      client.connect(osd, EntityName.osd(3));
      assertThat(Endpoint.take(client.ready).aligned()).isTrue();
      assertThat(Endpoint.take(osd.ready).aligned()).isTrue();
      assertThat(osd.meter.alignedConnections.sum()).isEqualTo(1);
    }
  }

  @Test
  void shouldRefusePeerOfAnotherName() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      client.connect(osd, EntityName.osd(4));
      assertThat(Endpoint.take(client.closed))
          .contains("wrong peer", "osd.4 expected", "osd.3 is there");
    }
  }

  @Test
  void shouldRefusePeerOfAnotherKind() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      client.connect(osd, EntityName.mon(3));
      assertThat(Endpoint.take(client.closed)).contains("wrong peer", "mon.3 expected");
    }
  }

  @Test
  void shouldRefusePeerOfAnotherLife() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      AddrVec earlier = AddrVec.of(osd.addr.withNonce(999));
      client.messenger.connect(EntityName.osd(3), earlier, client, null);
      // Which end says so first is a race: both know it.
      assertThat(Endpoint.take(osd.closed)).contains("peer wants").contains("/999");
      Endpoint.take(client.closed);
    }
  }

  @Test
  void shouldTakeAnyPeerOfAKindWhenAskedTo() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      AddrVec seed = AddrVec.of(osd.addr.withNonce(0));
      client.messenger.connect(EntityName.osd(-1), seed, client, null);
      assertThat(Endpoint.take(client.ready).peerName()).isEqualTo(EntityName.osd(3));
    }
  }

  @Test
  void shouldSayRefusedWhenNobodyListens() throws Exception {
    EntityAddr free;
    try (Endpoint gone = Endpoint.osd(1)) {
      free = gone.addr;
    }
    try (Endpoint client = Endpoint.client()) {
      client.messenger.connect(EntityName.osd(1), AddrVec.of(free), client, null);
      assertThat(Endpoint.take(client.closed)).startsWith("refused");
    }
  }

  @Test
  void shouldSayWhatIsWrongWithAddressesWithoutMsgr2() throws Exception {
    try (Endpoint client = Endpoint.client()) {
      client.messenger.connect(EntityName.osd(1), AddrVec.EMPTY, client, null);
      assertThat(Endpoint.take(client.closed)).contains("no msgr2 address");
    }
  }

  @Test
  void shouldKeepTheGlobalIdThatTheMonitorGranted() throws Exception {
    GlobalIds ids = (peer, requested) -> requested == 0 ? 4242 : requested;
    try (Endpoint mon = new Endpoint(EntityName.mon(0), 0, Linux.instance(), ids, 4);
        Endpoint osd = Endpoint.osd(3);
        Endpoint client = new Endpoint(EntityName.client(0), 7, Linux.instance(), null, 4)) {
      mon.listen();
      assertThat(client.messenger.globalId()).isZero();
      client.ready(mon, EntityName.mon(0));
      assertThat(client.messenger.globalId()).isEqualTo(4242);
      client.connect(osd, EntityName.osd(3));
      assertThat(Endpoint.take(osd.ready).peerName()).isEqualTo(EntityName.client(4242));
      client.connect(mon, EntityName.mon(0));
      assertThat(Endpoint.take(mon.ready).peerName()).isEqualTo(EntityName.client(4242));
    }
  }

  @Test
  void shouldSendWhatWasQueuedBeforeTheHandshakeWasDone() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      Connection connection = client.connect(osd, EntityName.osd(3));
      connection.send(Envelope.of(0x7001, 1, 1, 9, new byte[] {1, 2}));
      try (IncomingMessage message = osd.message()) {
        assertThat(message.head().tid()).isEqualTo(9);
        assertThat(message.head().front()).containsExactly(1, 2);
      }
    }
  }

  @Test
  void shouldHearOfTheEndOnceAndDropWhatIsSentAfter() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      Connection connection = client.ready(osd, EntityName.osd(3));
      connection.close("enough");
      connection.close("again");
      assertThat(Endpoint.take(client.closed)).isEqualTo("enough");
      assertThat(Endpoint.take(osd.closed)).contains("peer closed");
      connection.send(Envelope.of(1, 1, 1, 1, new byte[10]));
      assertThat(client.closed).isEmpty();
      assertThat(connection.queuedBytes()).isZero();
    }
  }

  @Test
  void shouldKeepWhatTheDispatcherAttaches() throws Exception {
    try (Endpoint osd = Endpoint.osd(3);
        Endpoint client = Endpoint.client()) {
      Connection connection = client.ready(osd, EntityName.osd(3));
      connection.attach("a session");
      assertThat(connection.attachment(String.class)).isEqualTo("a session");
    }
  }
}
