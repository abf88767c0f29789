package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Sys;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Short counts and EAGAIN change nothing but the pace; errors end the connection and leave nothing
 * behind.
 */
@ExtendWith(NoLeaks.class)
class FaultTest {
  private static final int LENGTH = 1 << 20;
  private final byte[] data = PayloadTest.random(LENGTH, 21);

  @TempDir Path dir;

  /** Through pipes at the first OSD, by splice to the second. */
  private void relay(FaultySys at, ChecksumVector known) throws Exception {
    try (Endpoint first = Endpoint.osd(0, at.sys(), 32);
        Endpoint second = Endpoint.osd(1);
        Endpoint client = Endpoint.client()) {
      first.plans =
          head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), known)));
      Connection onward = first.ready(second, EntityName.osd(1));
      first.handler = (connection, message) -> onward.send(message.claimEnvelope());
      Connection connection = client.ready(first, EntityName.osd(0));
      for (int i = 0; i < 3; i++) {
        connection.send(PayloadTest.message(i, data));
      }
      for (int i = 0; i < 3; i++) {
        try (IncomingMessage message = second.message()) {
          assertThat(message.head().tid()).isEqualTo(i);
          assertThat(message.dataCrc()).isEqualTo(Crc32c.update(-1, data));
        }
      }
    }
  }

  @Test
  void shouldGoOnAfterShortCountsAndEagainOfEveryKind() throws Exception {
    for (String call : new String[] {"splice", "recv"}) {
      for (int nth = 1; nth <= 12; nth++) {
        FaultySys faults = new FaultySys(Linux.instance());
        faults.shortenNth(call, nth, 1000 + nth);
        faults.failNth(call, nth + 1, Sys.EAGAIN);
        faults.failNth(call, nth + 2, Sys.EINTR);
        faults.failNth("sendmsg", nth, nth % 2 == 0 ? Sys.EAGAIN : Sys.EINTR);
        // With known checksums: EAGAIN between a pipe and the window is an error, and would end the
        // connection.
        relay(faults, ChecksumVector.of(data, 0, LENGTH));
      }
    }
  }

  @Test
  void shouldGoToMemoryWhenPipesCannotBeOpened() throws Exception {
    FaultySys faults = new FaultySys(Linux.instance());
    faults.failAlways("pipe2", Sys.EMFILE);
    relay(faults, null);
  }

  @Test
  void shouldEndTheConnectionOnAnErrorAndLeaveNothing() throws Exception {
    for (int nth = 1; nth <= 4; nth++) {
      FaultySys faults = new FaultySys(Linux.instance());
      try (Endpoint osd = Endpoint.osd(0, faults.sys(), 32);
          Endpoint client = Endpoint.client()) {
        osd.plans =
            head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
        Connection connection = client.ready(osd, EntityName.osd(0));
        faults.failNth("splice", nth, Sys.EIO);
        connection.send(PayloadTest.message(1, PayloadTest.random(3 * LENGTH, 1)));
        assertThat(Endpoint.take(osd.closed)).isNotEmpty();
        assertThat(osd.messages).isEmpty();
        assertThat(osd.pipes.inUse()).isZero();
      }
    }
  }

  @Test
  void shouldSendAFileInAnyPieces() throws Exception {
    Path file = Files.write(dir.resolve("source"), data);
    FaultySys faults = new FaultySys(Linux.instance());
    int fd = Linux.instance().open(file.toString(), Sys.O_RDONLY | Sys.O_CLOEXEC, 0);
    int[] released = new int[1];
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client(faults.sys())) {
      Connection connection = client.ready(osd, EntityName.osd(0));
      faults
          .shortenNth("sendfile", 1, 1)
          .shortenNth("sendfile", 2, 4095)
          .failNth("sendfile", 3, Sys.EAGAIN);
      faults.shortenNth("pread", 1, 77);
      BufferList payload =
          new BufferList().claimAppend(FileSegment.of(fd, 0, LENGTH, () -> released[0]++));
      connection.send(Envelope.of(2, 1, 1, 1, new byte[0]).claimData(payload, new byte[0], null));
      try (IncomingMessage message = osd.message()) {
        assertThat(message.runs().get(0).bytes().toByteArray(osd.pipes, Inspection.COMPARE))
            .isEqualTo(data);
      }
    } finally {
      Linux.instance().close(fd);
    }
    assertThat(released[0]).isEqualTo(1);
  }

  @Test
  void shouldEndTheConnectionWhenAFileIsShorterThanItsSegment() throws Exception {
    Path file = Files.write(dir.resolve("source"), new byte[100]);
    int fd = Linux.instance().open(file.toString(), Sys.O_RDONLY | Sys.O_CLOEXEC, 0);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      Connection connection = client.ready(osd, EntityName.osd(0));
      BufferList payload = new BufferList().claimAppend(FileSegment.of(fd, 0, LENGTH, () -> {}));
      connection.send(Envelope.of(2, 1, 1, 1, new byte[0]).claimData(payload, new byte[0], 5));
      assertThat(Endpoint.take(client.closed)).contains("early");
    } finally {
      Linux.instance().close(fd);
    }
  }

  @Test
  void shouldSurviveRandomFaultsOrEndCleanly() throws Exception {
    for (long seed = 1; seed <= 20; seed++) {
      FaultySys faults = new FaultySys(Linux.instance());
      try (Endpoint osd = Endpoint.osd(0, faults.sys(), 32);
          Endpoint client = Endpoint.client()) {
        osd.plans =
            head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
        Connection connection = client.ready(osd, EntityName.osd(0));
        faults.random(seed, 0.05, 0, Sys.EAGAIN, Sys.EINTR, Sys.EIO);
        connection.send(PayloadTest.message(1, data));
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (osd.messages.isEmpty() && osd.closed.isEmpty()) {
          assertThat(System.nanoTime())
              .as("seed %s: waited 30 s for an end", seed)
              .isLessThan(until);
          Thread.sleep(1);
        }
        faults.heal();
        if (!osd.messages.isEmpty()) {
          try (IncomingMessage message = osd.message()) {
            assertThat(message.dataCrc()).as("seed " + seed).isEqualTo(Crc32c.update(-1, data));
          }
        }
        assertThat(osd.pipes.inUse()).as("seed " + seed).isZero();
      }
    }
  }
}
