package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Moves that are handed on pipe by pipe, while more is to come. */
class MovePartsTest extends MoveFixture {
  /** Sends pieces of odd sizes, so that parts end inside blocks. */
  private Void send(int socket) throws IOException {
    ByteBuffer memory = ByteBuffer.allocateDirect(CONTENT.length).put(CONTENT);
    long address = DirectBuffers.addressOf(memory);
    for (int at = 0; at < CONTENT.length; ) {
      long sent = linux.write(socket, address + at, Math.min(77_777, CONTENT.length - at));
      if (sent == -Sys.EAGAIN) {
        Readiness.await(linux, socket, Sys.POLLOUT);
      } else if (sent <= 0) {
        throw new IOException("write: " + sent);
      } else {
        at += (int) sent;
      }
    }
    return null;
  }

  private byte[] throughParts(Endpoint from, boolean direct) throws IOException {
    String name = "parts" + direct;
    Endpoint target = newFile(name, direct);
    int parts = 0;
    try (SpliceReader reader = new SpliceReader(pool, from, CONTENT.length);
        SpliceWriter writer = new SpliceWriter(pool, meter, target, CONTENT.length)) {
      Progress now = Progress.MORE;
      while (now == Progress.MORE) {
        now = reader.await(500_000);
        try (BufferList part = reader.claim()) {
          writer.claimAppend(part).finish();
        }
        parts++;
        assertThat(reader.moved() + reader.remaining()).isEqualTo(CONTENT.length);
      }
      assertThat(now).isEqualTo(Progress.DONE);
      assertThat(writer.moved()).isEqualTo(CONTENT.length);
    } finally {
      linux.close(target.fd());
    }
    assertThat(parts).isGreaterThan(3);
    return Arrays.copyOf(written(name), CONTENT.length);
  }

  @Test
  void shouldHandOnASocketsBytesWithoutLosingOneBetweenParts()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    for (boolean direct : new boolean[] {false, true}) {
      int[] ends = Sockets.tcp();
      FutureTask<Void> sending = new FutureTask<>(() -> send(ends[0]));
      new Thread(sending, "sender").start();
      try {
        assertThat(throughParts(Endpoint.socket(ends[1]), direct)).isEqualTo(CONTENT);
        sending.get(60, TimeUnit.SECONDS);
        int[] low = new int[1];
        linux.getsockopt(ends[1], Sys.SOL_SOCKET, Sys.SO_RCVLOWAT, low);
        assertThat(low).as("bytes that wake the next one to wait").containsExactly(1);
      } finally {
        Sockets.close(ends);
      }
    }
  }

  @Test
  void shouldHandOnAFilesBytes() throws IOException {
    int file = openContent(Sys.O_RDONLY);
    assertThat(throughParts(Endpoint.file(file, 0), false)).isEqualTo(CONTENT);
    linux.close(file);
  }

  @Test
  void shouldWaitForPartsAndRefuseMoreThanWasToCome() throws IOException {
    int[] ends = Sockets.unix();
    try (SpliceWriter writer = new SpliceWriter(pool, meter, Endpoint.socket(ends[0]), 5);
        BufferList more = BufferList.wrap(new byte[] {4, 5, 6})) {
      assertThat(writer.advance()).isEqualTo(Progress.MORE);
      writer.claimAppend(BufferList.wrap(new byte[] {1, 2, 3}));
      assertThatThrownBy(() -> writer.claimAppend(more))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(writer.advance()).isEqualTo(Progress.MORE);
      assertThat(writer.remaining()).isEqualTo(2);
      writer.claimAppend(more.slice(0, 2));
      assertThat(writer.advance()).isEqualTo(Progress.DONE);
      assertThat(linux.readable(ends[1])).isEqualTo(5);
    }
    Sockets.close(ends);
  }

  @Test
  void shouldWaitForNoMoreThanThereIsToCome() throws IOException, InterruptedException {
    int[] ends = Sockets.tcp();
    try (SpliceReader reader = new SpliceReader(pool, Endpoint.socket(ends[1]), 100_000)) {
      Thread sender = new Thread(new FutureTask<>(() -> send(ends[0])), "sender");
      sender.start();
      assertThat(reader.await(10)).isEqualTo(Progress.MORE);
      assertThat(reader.moved()).isEqualTo(10);
      assertThat(reader.finish()).isEqualTo(Progress.DONE);
      try (BufferList list = reader.claim()) {
        assertThat(list.claimBytes(pool, Inspection.DEBUG))
            .isEqualTo(Arrays.copyOf(CONTENT, 100_000));
      }
      linux.close(ends[1]); // which ends the sender, if it is not done
      sender.join(60_000);
      assertThat(sender.isAlive()).isFalse();
    }
    linux.close(ends[0]);
  }
}
