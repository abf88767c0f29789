package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Sys;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What lossless sessions keep, send again, and do not. */
@ExtendWith(NoLeaks.class)
class LosslessTest {
  private static final int LENGTH = 1 << 20;

  @TempDir Path dir;

  private static List<Long> upTo(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  @Test
  void shouldHaveOneSessionWhoeverConnects() throws Exception {
    try (PeerPair pair = PeerPair.undisturbed()) {
      Connection one = pair.fromOne();
      Connection two = pair.fromTwo();
      assertThat(pair.fromOne()).isSameAs(one);
      one.send(PeerPair.message(0, 100));
      two.send(PeerPair.message(0, 100));
      PeerPair.await("both messages", () -> pair.atOne.size() + pair.atTwo.size() == 2);
      assertThat(PeerPair.counter(pair.one, "sessions_opened")).isEqualTo(1);
      assertThat(PeerPair.counter(pair.two, "sessions_opened")).isEqualTo(1);
      assertThat(two.peerName()).isEqualTo(EntityName.osd(1));
      assertThat(two.checksumVectors()).isTrue();
    }
  }

  @Test
  void shouldAnswerOnTheSessionThatAsked() throws Exception {
    try (PeerPair pair = PeerPair.undisturbed()) {
      pair.two.handler =
          (from, message) -> {
            from.send(PeerPair.message(message.head().tid(), 10));
            message.close();
          };
      Connection one = pair.fromOne();
      for (int i = 0; i < 10; i++) {
        one.send(PeerPair.message(i, 10));
        if (i % 3 == 1) {
          pair.beforeTwo.cutAll();
        }
      }
      PeerPair.await("ten answers", () -> pair.atOne.size() == 10);
      assertThat(pair.atOne).isEqualTo(upTo(10));
      assertThat(pair.one.ended).isEmpty();
    }
  }

  /** A primary asks itself for the object that it copies from. */
  @Test
  void shouldTalkToItself() throws Exception {
    try (PeerPair pair = PeerPair.undisturbed()) {
      Connection self =
          pair.one.messenger.connect(
              EntityName.osd(1), AddrVec.of(pair.beforeOne.addr()), pair.one, null);
      self.send(PeerPair.message(7, 100));
      PeerPair.await("its own message", () -> pair.atOne.equals(List.of(7L)));
    }
  }

  @Test
  void shouldForgetWhatThePeerAcknowledged() throws Exception {
    AtomicInteger released = new AtomicInteger();
    Path file = Files.write(dir.resolve("payload"), PayloadTest.random(LENGTH, 3));
    int fd = Linux.instance().open(file.toString(), Sys.O_RDONLY | Sys.O_CLOEXEC, 0);
    try (PeerPair pair = PeerPair.undisturbed()) {
      Connection one = pair.fromOne();
      for (int i = 0; i < 5; i++) {
        BufferList payload =
            new BufferList().claimAppend(FileSegment.of(fd, 0, LENGTH, released::incrementAndGet));
        one.send(Envelope.of(2, 1, 1, i, new byte[0]).claimData(payload, new byte[0], null));
      }
      PeerPair.await("nothing kept any more", () -> released.get() == 5);
      assertThat(pair.atTwo).isEqualTo(upTo(5));
    } finally {
      Linux.instance().close(fd);
    }
  }

  @Test
  void shouldSendFilesAgain() throws Exception {
    byte[] data = PayloadTest.random(LENGTH, 3);
    Path file = Files.write(dir.resolve("payload"), data);
    int fd = Linux.instance().open(file.toString(), Sys.O_RDONLY | Sys.O_CLOEXEC, 0);
    AtomicInteger released = new AtomicInteger();
    AtomicInteger good = new AtomicInteger();
    try (PeerPair pair =
        new PeerPair(
            9, n -> n == 0 ? new ChaosProxy.Cut(LENGTH / 2, -1, false) : ChaosProxy.Cut.NEVER)) {
      pair.two.handler =
          (from, message) -> {
            good.addAndGet(message.dataCrc() == Crc32c.update(-1, data) ? 1 : 1000);
            message.close();
          };
      BufferList payload =
          new BufferList().claimAppend(FileSegment.of(fd, 0, LENGTH, released::incrementAndGet));
      pair.fromOne()
          .send(Envelope.of(2, 1, 1, 1, new byte[0]).claimData(payload, new byte[0], null));
      PeerPair.await("the file, whole", () -> good.get() == 1 && released.get() == 1);
      assertThat(PeerPair.counter(pair.one, "messages_replayed")).isEqualTo(1);
      assertThat(pair.one.ended).isEmpty();
    } finally {
      Linux.instance().close(fd);
    }
  }

  /** Takes in by pipes and sends the same pipes on. */
  private static Connection relaying(PeerPair pair, Endpoint client) throws Exception {
    Connection onward = pair.fromOne();
    pair.one.plans =
        head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
    pair.one.handler = (from, message) -> onward.send(message.claimEnvelope());
    return client.ready(pair.one, EntityName.osd(1));
  }

  @Test
  void shouldReportAResetInsteadOfSendingAnEmptiedPipeAgain() throws Exception {
    ChaosProxy.Cut inside = new ChaosProxy.Cut(LENGTH / 2, -1, true);
    try (PeerPair pair = new PeerPair(5, n -> n == 0 ? inside : ChaosProxy.Cut.NEVER);
        Endpoint client = Endpoint.client()) {
      pair.one.messenger.announce(pair.one.addr); // the client comes without the proxy
      relaying(pair, client).send(PayloadTest.message(1, PayloadTest.random(LENGTH, 1)));
      assertThat(Endpoint.take(pair.one.ended)).contains("cannot be sent again");
      assertThat(PeerPair.counter(pair.one, "reset_not_replayable")).isEqualTo(1);
      assertThat(pair.atTwo).isEmpty();
      assertThat(pair.one.pipes.inUse()).isZero();
      Connection next = pair.fromOne();
      next.send(PeerPair.message(2, 10));
      PeerPair.await("the next session's message", () -> pair.atTwo.size() == 1);
      assertThat(Endpoint.take(pair.two.ended)).contains("begins another");
    }
  }

  @Test
  void shouldEndASessionThatKeepsTooMuchForAPeerThatIsNotThere() throws Exception {
    // Whoever listens takes the connection, and never says a word.
    try (ServerSocket silent = new ServerSocket(0);
        Endpoint osd = Endpoint.osd(1)) {
      EntityAddr addr = EntityAddr.msgr2("127.0.0.1", silent.getLocalPort(), 5);
      Connection session = osd.messenger.connect(EntityName.osd(2), AddrVec.of(addr), osd, null);
      byte[] large = new byte[16 << 20];
      for (int i = 0; i < 17; i++) {
        session.send(
            Envelope.of(2, 1, 1, i, new byte[0]).claimData(BufferList.wrap(large), new byte[0], 0));
      }
      assertThat(Endpoint.take(osd.ended)).contains("bytes wait for the peer");
      assertThat(PeerPair.counter(osd, "reset_too_much_kept")).isEqualTo(1);
      PeerPair.await("what came too late is dropped, too", () -> session.queuedBytes() == 0);
    }
  }

  @Test
  void shouldEndWithAMessageThatTheDispatcherCannotRead() throws Exception {
    try (PeerPair pair = PeerPair.undisturbed()) {
      pair.two.handler =
          (from, message) -> {
            throw new MalformedInputException("what is this");
          };
      pair.fromOne().send(PeerPair.message(1, 10));
      assertThat(Endpoint.take(pair.two.ended)).contains("what is this");
      assertThat(Endpoint.take(pair.one.ended)).contains("does not know it");
    }
  }
}
