package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class FlowTest {
  @Test
  void shouldSendByPriorityAndThenInOrder() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      Connection connection = client.ready(osd, EntityName.osd(0));
      // All in one task of the loop, so that none is sent before all are queued.
      connection
          .loop()
          .execute(
              () -> {
                for (int i = 0; i < 6; i++) {
                  Envelope message = Envelope.of(1, 1, 1, i, new byte[0]);
                  connection.send(
                      i % 3 == 2 ? message.withPriority(Envelope.PRIORITY_HIGH) : message);
                }
              });
      long[] tids = new long[6];
      for (int i = 0; i < tids.length; i++) {
        try (IncomingMessage message = osd.message()) {
          tids[i] = message.head().tid();
        }
      }
      assertThat(tids).containsExactly(2, 5, 0, 1, 3, 4);
    }
  }

  @Test
  void shouldCarryPriorityVersionsAndMiddle() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      byte[] front = PayloadTest.random(200_000, 1);
      byte[] middle = PayloadTest.random(9_000, 2);
      Envelope message =
          Envelope.of(0x7fff, 300, 299, -5, front)
              .claimData(BufferList.wrap(new byte[] {9}), middle, null);
      client.ready(osd, EntityName.osd(0)).send(message.withPriority(Envelope.PRIORITY_HIGH));
      try (IncomingMessage got = osd.message()) {
        assertThat(got.head().type()).isEqualTo(0x7fff);
        assertThat(got.head().version()).isEqualTo(300);
        assertThat(got.head().compatVersion()).isEqualTo(299);
        assertThat(got.head().tid()).isEqualTo(-5);
        assertThat(got.head().priority()).isEqualTo(Envelope.PRIORITY_HIGH);
        assertThat(got.head().front()).isEqualTo(front);
        assertThat(got.head().middle()).isEqualTo(middle);
        assertThat(got.head().dataLength()).isEqualTo(1);
      }
    }
  }

  @Test
  void shouldSendAndReadManySmallMessagesWithOneCall() throws Exception {
    int count = 400;
    FaultySys sending = new FaultySys(Linux.instance());
    FaultySys receiving = new FaultySys(Linux.instance());
    try (Endpoint osd = Endpoint.osd(0, receiving.sys(), 32);
        Endpoint client = Endpoint.client(sending.sys())) {
      Connection connection = client.ready(osd, EntityName.osd(0));
      run(
          connection.loop(),
          () -> {
            for (int i = 0; i < count; i++) {
              connection.send(PayloadTest.message(i, new byte[100]));
            }
          });
      for (int i = 0; i < count; i++) {
        osd.message().close();
      }
      // A gather takes some 200 messages; what has come by then is read at once.
      assertThat(sending.calls("sendmsg")).as("calls to send").isLessThan(count / 10);
      assertThat(receiving.calls("recv")).as("calls to receive").isLessThan(count / 4);
    }
  }

  @Test
  void shouldReadNothingWhilePausedAndEverythingAfter() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      client.connect(osd, EntityName.osd(0));
      Connection to = Endpoint.take(client.ready);
      Connection from = Endpoint.take(osd.ready);
      run(from.loop(), from::pauseReading);
      int count = 64;
      for (int i = 0; i < count; i++) {
        to.send(PayloadTest.message(i, new byte[1 << 20]));
      }
      // What TCP takes in is bounded, the rest waits at the sender.
      PeerPair.await("a part to be sent", () -> to.queuedBytes() <= (count - 1L) << 20);
      run(from.loop(), () -> {});
      assertThat(osd.messages).isEmpty();
      assertThat(to.queuedBytes()).isPositive();
      run(from.loop(), from::resumeReading);
      for (int i = 0; i < count; i++) {
        osd.message().close();
      }
      // The last bytes may have arrived before their sender has counted them out.
      PeerPair.await("nothing queued any more", () -> to.queuedBytes() == 0);
    }
  }

  @Test
  void shouldReadNoMoreFromAClientThatTakesNoAnswers() throws Exception {
    byte[] answer =
        new byte[16 << 20]; // more than the kernel takes in for a peer that reads nothing
    AtomicInteger answered = new AtomicInteger();
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint other = Endpoint.client();
        RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      peer.socket.setReceiveBufferSize(1 << 18); // fixed: it does not grow later
      Connection connection = Endpoint.take(osd.ready);
      Connection witness = other.ready(osd, EntityName.osd(0));
      osd.handler =
          (from, message) -> {
            message.close();
            if (from == connection) {
              from.send(PayloadTest.message(1, answer));
              answered.incrementAndGet();
            } else {
              osd.messages.add(message);
            }
          };
      int asked = 0;
      while (connection.queuedBytes() <= MessengerLimits.BACKLOG_MAX) {
        ask(peer, ++asked);
        int sent = asked;
        PeerPair.await("an answer", () -> answered.get() == sent);
        haveTurns(witness, osd);
      }
      int whileItWasRead = asked;
      for (int i = 0; i < 3; i++) {
        ask(peer, ++asked);
      }
      haveTurns(witness, osd);
      assertThat(answered).hasValue(whileItWasRead);
      byte[] some = new byte[1 << 20];
      peer.socket.setSoTimeout(30_000);
      while (answered.get() < asked) { // which goes on as soon as the peer takes answers
        assertThat(peer.socket.getInputStream().read(some)).isPositive();
      }
    }
  }

  @Test
  void shouldReadNoMoreFromClientsThatLeaveTooMuchTogether() throws Exception {
    byte[] answer =
        new byte[16 << 20]; // more than the kernel takes in for a peer that reads nothing
    AtomicInteger answered = new AtomicInteger();
    List<RawPeer> peers = new ArrayList<>();
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint other = Endpoint.client()) {
      Connection witness = other.ready(osd, EntityName.osd(0));
      osd.handler =
          (from, message) -> {
            if (message.head().dataLength() > 0) {
              osd.messages.add(message); // the witness'
            } else {
              message.close();
              from.send(PayloadTest.message(1, answer));
              answered.incrementAndGet();
            }
          };
      int asked = 0;
      // Enough, also when the kernel takes somewhat more after a while.
      while (osd.messenger.backlog().bytes() <= MessengerLimits.BACKLOG_MAX + (8 << 20)) {
        RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands();
        peers.add(peer);
        peer.socket.setReceiveBufferSize(1 << 18); // fixed: it does not grow later
        ask(peer, 1);
        int sent = ++asked;
        PeerPair.await("an answer", () -> answered.get() == sent);
        haveTurns(witness, osd);
      }
      for (RawPeer peer : peers) {
        ask(peer, 2);
      }
      haveTurns(witness, osd); // who takes what it asks for is served
      assertThat(answered).hasValue(asked);
    } finally {
      for (RawPeer peer : peers) {
        peer.close();
      }
    }
  }

  private static void ask(RawPeer peer, int seq) throws Exception {
    peer.write(RawPeer.frame(Envelope.of(1, 1, 1, seq, new byte[0]), seq, 0));
  }

  /** Another connection of the loop is read several times: whatever came before, elsewhere, too. */
  private static void haveTurns(Connection witness, Endpoint osd) throws Exception {
    for (int i = 0; i < 5; i++) {
      witness.send(PayloadTest.message(i, new byte[10]));
      osd.message().close();
    }
  }

  @Test
  void shouldReadNoMoreThanItsMemoryTakes() throws Exception {
    long buffers = Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
    long most = buffers + ReceiveSlots.BYTES_MAX;
    byte[] large = new byte[32 << 20];
    int count = (int) (most / large.length) + 4;
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client();
        Endpoint other = Endpoint.client()) {
      Connection to = client.ready(osd, EntityName.osd(0));
      Connection witness = other.ready(osd, EntityName.osd(0));
      BlockingQueue<IncomingMessage> held = new LinkedBlockingQueue<>();
      osd.handler =
          (from, message) ->
              (message.head().dataLength() == large.length ? held : osd.messages).add(message);
      for (int i = 0; i < count; i++) {
        to.send(PayloadTest.message(i, large));
      }
      // What is held is not released: it stops at the bound, and TCP pushes back.
      PeerPair.await("a full memory", () -> held.size() >= most / large.length - 1);
      for (int i = 0; i < 20; i++) {
        haveTurns(witness, osd);
      }
      assertThat((long) held.size() * large.length).isLessThanOrEqualTo(most);
      assertThat(to.queuedBytes()).isPositive();
      for (int i = 0; i < count; i++) {
        Endpoint.take(held).close();
      }
      assertThat(osd.closed).isEmpty();
    }
  }

  @Test
  void shouldRunTasksAndTimersOnItsLoops() throws Exception {
    try (Endpoint client = Endpoint.client()) {
      for (Loop loop :
          List.of(
              client.messenger.loop(0),
              client.messenger.loop(7),
              client.messenger.dedicatedLoop())) {
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        Loop.Timer never = loop.schedule(TimeUnit.HOURS.toNanos(1), () -> ran.complete(false));
        never.cancel();
        long start = loop.clock().nanos();
        loop.schedule(1_000_000, () -> ran.complete(loop.inLoop()));
        assertThat(ran.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(loop.clock().nanos() - start).isGreaterThanOrEqualTo(1_000_000);
        assertThat(loop.inLoop()).isFalse();
      }
      assertThat(client.messenger.dedicatedLoop()).isNotSameAs(client.messenger.loop(0));
    }
  }

  @Test
  void shouldCloseManyConnectionsWithTheirMessages() throws Exception {
    try (Endpoint osd = Endpoint.osd(0)) {
      try (Endpoint client = Endpoint.client()) {
        for (int i = 0; i < 20; i++) {
          Connection connection = client.ready(osd, EntityName.osd(0));
          connection.send(PayloadTest.message(1, new byte[8 << 20]));
          ByteBuffer direct = ByteBuffer.allocateDirect(100);
          connection.send(
              Envelope.of(1, 1, 1, 1, new byte[0])
                  .claimData(BufferList.wrap(direct), new byte[0], null));
        }
      }
      for (int i = 0; i < 20; i++) {
        assertThat(Endpoint.take(osd.closed)).isNotNull();
      }
    }
  }

  private static void run(Loop loop, Runnable task) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          task.run();
          done.complete(null);
        });
    done.get(30, TimeUnit.SECONDS);
  }
}
