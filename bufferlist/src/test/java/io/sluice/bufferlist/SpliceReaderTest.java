package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a pipe is sealed and the next one begun, and when splicing is given up. */
class SpliceReaderTest extends MoveFixture {
  private static final int BYTES = 100_000;

  private int[] ends;
  private int file;

  @BeforeEach
  void open() throws IOException {
    ends = Sockets.unix();
    file = openContent(Sys.O_RDONLY);
  }

  @AfterEach
  void closeSources() {
    Sockets.close(ends[0], ends[1], file);
  }

  private SpliceReader reader(Endpoint from, int length) {
    return new SpliceReader(pool, meter, from, length, 0);
  }

  private void assertCame(SpliceReader reader, byte[] expected, int pipes) {
    assertThat(reader.moved()).isEqualTo(expected.length);
    try (BufferList list = reader.claim()) {
      assertThat(list.pipeCount()).isEqualTo(pipes);
      Pipes.assertHolds(list, pool, expected);
    }
  }

  @Test
  void shouldReadOnWhereSpliceIsRefused() throws IOException {
    put(ends[0], content(0, BYTES));
    for (Endpoint from : new Endpoint[] {Endpoint.socket(ends[1]), Endpoint.file(file, 0)}) {
      long before = faults.calls("splice");
      long copied = meter.copiedBytes();
      faults.shortenNth("splice", 1, 10_001).failNth("splice", 2, Sys.EINVAL);
      faults.shortenNth("recv", 1, 20_000).shortenNth("pread", 1, 20_000);
      try (SpliceReader reader = reader(from, BYTES)) {
        assertThat(reader.finish()).isEqualTo(Progress.DONE);
        assertThat(faults.calls("splice") - before).as("not tried again").isEqualTo(2);
        assertThat(meter.copiedBytes() - copied).isEqualTo(BYTES - 10_001);
        assertCame(reader, content(0, BYTES), 1);
      }
    }
    assertThat(meter.fallbacks("splice_in_refused")).isEqualTo(2);
    assertThat(meter.splicedIn.sum()).isEqualTo(2 * 10_001);
  }

  @Test
  void shouldBeginTheNextPipeWhenOneIsFullOfSlots() throws IOException {
    int count = 300; // of one byte each, of which a pipe holds 256
    try (SpliceReader reader = reader(Endpoint.socket(ends[1]), count)) {
      for (int i = 0; i < count; i++) {
        put(ends[0], content(i, 1));
        if (i % 100 == 99 && i < count - 1) {
          assertThat(reader.advance()).isEqualTo(Progress.WAIT);
        }
      }
      assertThat(reader.advance()).isEqualTo(Progress.DONE);
      assertCame(reader, content(0, count), 2);
    }
  }

  @Test
  void shouldAskTwiceBeforeAPipeIsTakenForFull() throws IOException {
    for (int refusals = 1; refusals <= 2; refusals++) {
      put(ends[0], content(0, 5000));
      faults.shortenNth("splice", 1, 1000);
      for (int i = 0; i < refusals; i++) {
        faults.failNth("splice", 2 + i, Sys.EAGAIN);
      }
      try (SpliceReader reader = reader(Endpoint.socket(ends[1]), 5000)) {
        assertThat(reader.advance()).isEqualTo(Progress.DONE);
        assertCame(reader, content(0, 5000), refusals);
      }
    }
  }

  @Test
  void shouldWaitWhenThereIsNothingThoughThePipeHoldsBytes() throws IOException {
    put(ends[0], content(0, 1000));
    try (SpliceReader reader = reader(Endpoint.socket(ends[1]), 5000)) {
      assertThat(reader.advance()).isEqualTo(Progress.WAIT);
      put(ends[0], content(1000, 4000));
      assertThat(reader.advance()).isEqualTo(Progress.DONE);
      assertCame(reader, content(0, 5000), 1);
    }
  }

  @Test
  void shouldBeginTheNextPipeWhereAFileFindsNoRoom() throws IOException {
    faults.shortenNth("splice", 1, 4096).failNth("splice", 2, Sys.EAGAIN);
    try (SpliceReader reader = reader(Endpoint.file(file, 0), BYTES)) {
      assertThat(reader.finish()).isEqualTo(Progress.DONE);
      assertCame(reader, content(0, BYTES), 2);
    }
    assertThat(meter.fallbacks("splice_in_refused")).isZero();
  }

  @Test
  void shouldCountTheTriesOfAFileAnewAfterEachThatWentThrough() throws IOException {
    for (int nth : new int[] {1, 2, 4, 5}) {
      faults.failNth("splice", nth, Sys.EAGAIN);
    }
    int length = 2 * PipePool.PIPE_BYTES;
    try (SpliceReader reader = reader(Endpoint.file(file, 0), length)) {
      assertThat(reader.finish()).isEqualTo(Progress.DONE);
      assertCame(reader, Arrays.copyOf(CONTENT, length), 2);
    }
    assertThat(meter.fallbacks("splice_in_refused")).isZero();
  }

  @Test
  void shouldHandOnAPipeThatTakesNoMore() throws IOException {
    Endpoint from = Endpoint.file(file, 0);
    int full = 600_000;
    faults.shortenNth("splice", 1, full).failNth("splice", 2, Sys.EAGAIN);
    try (SpliceReader reader = reader(from, CONTENT.length)) {
      assertThat(reader.await(PipePool.PIPE_BYTES)).isEqualTo(Progress.MORE);
      assertCame(reader, content(0, full), 1);
    }
    int few = 400_000; // which would be too little for a write
    faults.shortenNth("splice", 1, few).failNth("splice", 2, Sys.EAGAIN);
    try (SpliceReader reader = reader(from, CONTENT.length)) {
      assertThat(reader.await(PipePool.PIPE_BYTES)).isEqualTo(Progress.MORE);
      assertCame(reader, content(0, PipePool.PIPE_BYTES), 2);
    }
    faults.shortenNth("splice", 1, full).failNth("splice", 2, Sys.EAGAIN);
    try (SpliceReader reader = reader(from, CONTENT.length)) {
      assertThat(reader.finish()).as("nobody waits for a part").isEqualTo(Progress.DONE);
    }
  }

  private int wakesAt() {
    int[] bytes = new int[1];
    linux.getsockopt(ends[1], Sys.SOL_SOCKET, Sys.SO_RCVLOWAT, bytes);
    return bytes[0];
  }

  @Test
  void shouldLeaveASocketThatWakesForAnyByte() throws IOException {
    for (boolean goesOn : new boolean[] {true, false}) {
      put(ends[0], content(0, 100));
      faults.failNth("splice", 1, Sys.EAGAIN); // so that it waits, though for nothing
      try (SpliceReader reader = reader(Endpoint.socket(ends[1]), 5000)) {
        assertThat(reader.await(100)).isEqualTo(Progress.MORE);
        assertThat(wakesAt()).as("between parts").isEqualTo(100);
        if (goesOn) {
          assertThat(reader.advance()).isEqualTo(Progress.WAIT);
          assertThat(wakesAt()).as("an event loop's turn").isEqualTo(1);
        }
      }
      assertThat(wakesAt()).as("the next one's turn").isEqualTo(1);
    }
  }
}
