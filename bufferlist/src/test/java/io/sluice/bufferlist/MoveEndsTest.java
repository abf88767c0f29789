package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where moves begin and end: offsets, sources that are short, peers that are gone, full pipes. */
class MoveEndsTest extends MoveFixture {
  @Test
  void shouldSayEndedAndGiveWhatCame() throws IOException {
    int file = openContent(Sys.O_RDONLY);
    Endpoint last = Endpoint.file(file, CONTENT.length - 1000);
    assertThat(read(last, 5000, Progress.ENDED))
        .isEqualTo(Arrays.copyOfRange(CONTENT, CONTENT.length - 1000, CONTENT.length));
    assertThat(read(Endpoint.file(file, CONTENT.length + 9), 10, Progress.ENDED)).isEmpty();
    assertThat(read(last, 0, Progress.DONE)).isEmpty();
    linux.close(file);
    int[] ends = Sockets.unix();
    linux.close(ends[0]);
    assertThat(read(Endpoint.socket(ends[1]), 10, Progress.ENDED)).isEmpty();
    linux.close(ends[1]);
  }

  @Test
  void shouldWaitForAnEmptySocketAndNotTakeItForItsEnd() throws IOException {
    int[] ends = Sockets.tcp();
    try (SpliceReader reader = new SpliceReader(pool, meter, Endpoint.socket(ends[1]), 10, 0)) {
      assertThat(reader.advance()).isEqualTo(Progress.WAIT);
      assertThat(reader.remaining()).isEqualTo(10);
    }
    assertThat(pool.pooled()).isEqualTo(1); // empty and sound
    Sockets.close(ends);
  }

  @Test
  void shouldMoveMoreThanOnePipeHolds() throws IOException {
    int file = openContent(Sys.O_RDONLY);
    try (SpliceReader reader = new SpliceReader(pool, Endpoint.file(file, 0), CONTENT.length)) {
      assertThat(reader.finish()).isEqualTo(Progress.DONE);
      try (BufferList list = reader.claim()) {
        assertThat(list.pipeCount()).isGreaterThanOrEqualTo(3);
        assertThat(meter.copiedBytes()).isZero();
        assertThat(list.claimBytes(pool, Inspection.DEBUG)).isEqualTo(CONTENT);
      }
    }
    linux.close(file);
  }

  @Test
  void shouldTakeMemoryForSmallRunsAndWhenThereIsNoPipe() throws IOException {
    int file = openContent(Sys.O_RDONLY);
    try (PipePool none = new PipePool(linux, meter, 0);
        SpliceReader small = new SpliceReader(pool, Endpoint.file(file, 0), 1000);
        SpliceReader large = new SpliceReader(none, Endpoint.file(file, 7), 1_000_000)) {
      small.finish();
      assertThat(meter.fallbacks("no_pipe")).isEqualTo(1);
      large.finish();
      try (BufferList one = small.claim();
          BufferList two = large.claim()) {
        assertThat(one.hasPipes() || two.hasPipes()).isFalse();
        assertThat(two.claimBytes(none, Inspection.DEBUG))
            .isEqualTo(Arrays.copyOfRange(CONTENT, 7, 1_000_007));
      }
    }
    linux.close(file);
  }

  @Test
  void shouldReadFromAnyOffsetOfADirectFile() throws IOException {
    int file = openContent(Sys.O_RDONLY | Sys.O_DIRECT);
    int alignment = linux.directIoAlignment(directory.resolve("content").toString());
    for (int from : new int[] {0, 1, 511, 512, 4096, 70_001}) {
      for (int count : new int[] {1, 512, 5000, 300_001}) {
        assertThat(read(Endpoint.directFile(file, from, alignment), count, Progress.DONE))
            .as(from + "+" + count)
            .isEqualTo(Arrays.copyOfRange(CONTENT, from, from + count));
      }
    }
    linux.close(file);
    assertThatThrownBy(() -> Endpoint.directFile(1, 0, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldSayThatThePeerIsGoneAndKeepTheBytes() throws IOException {
    int[] ends = Sockets.unix();
    linux.close(ends[1]);
    byte[] bytes = Pipes.bytes(1, 5000);
    BufferList source = new BufferList().claimAppend(Pipes.holding(pool, bytes));
    try (source;
        SpliceWriter writer = new SpliceWriter(pool, source, Endpoint.socket(ends[0]))) {
      assertThatThrownBy(writer::finish)
          .isInstanceOf(MoveException.class)
          .extracting(e -> ((MoveException) e).kind())
          .isEqualTo(MoveException.Kind.PEER_GONE);
      try (BufferList rest = writer.claimRest()) {
        assertThat(rest.claimBytes(pool, Inspection.DEBUG)).isEqualTo(bytes);
      }
    }
    assertThat(pool.pooled()).isZero(); // it saw an error: closed, though empty
    linux.close(ends[0]);
  }

  @Test
  void shouldPadTheLastBlockOfADirectFileWithZeros() throws IOException {
    Endpoint to = newFile("padded", true);
    byte[] bytes = new byte[200_001]; // more than is carried at a time, so that old bytes are there
    Arrays.fill(bytes, (byte) 7);
    write(BufferList.wrap(bytes), to);
    int padded = (bytes.length + to.alignment() - 1) / to.alignment() * to.alignment();
    assertThat(written("padded")).isEqualTo(Arrays.copyOf(bytes, padded));
    assertThat(meter.tail.sum()).isEqualTo(bytes.length % to.alignment());
  }

  /** A pipe whose pages all begin at an odd byte of the block. */
  private PipeSegment misaligned(int memfd, int count) {
    Pipe pipe = pool.tryAcquire(1)[0];
    assertThat(linux.splice(memfd, 1, pipe.writeEnd(), -1, count, 0)).isEqualTo(count);
    return new PipeSegment(pipe, count);
  }

  @Test
  void shouldGiveUpOnAPipeAfterFourBadBlocksAndBeginAnewWithTheNext() throws IOException {
    Endpoint to = newFile("bad", true);
    int count = 8 * 4096;
    int memfd = linux.memfdCreate("odd", 1);
    int file = openContent(Sys.O_RDONLY);
    try (BufferList source = new BufferList();
        BufferList first = BufferList.wrap(CONTENT);
        SpliceWriter fill = new SpliceWriter(pool, first, Endpoint.file(memfd, 0));
        SpliceReader reader = new SpliceReader(pool, meter, Endpoint.file(file, 0), count, 0)) {
      fill.finish();
      reader.finish();
      source.claimAppend(misaligned(memfd, count)).claimAppend(reader.claim());
      write(source, to);
    } finally {
      Sockets.close(memfd, file);
    }
    assertThat(meter.fallbacks("splice_einval")).isEqualTo(3);
    assertThat(meter.fallbacks("pipe_read")).isEqualTo(1);
    assertThat(meter.direct.sum()).as("all of the next pipe").isGreaterThanOrEqualTo(count);
    byte[] there = written("bad");
    assertThat(Arrays.copyOf(there, count)).isEqualTo(Arrays.copyOfRange(CONTENT, 1, count + 1));
    assertThat(Arrays.copyOfRange(there, count, 2 * count))
        .isEqualTo(Arrays.copyOf(CONTENT, count));
  }

  @Test
  void shouldCountWhereBytesWent() throws IOException {
    int[] ends = Sockets.unix();
    int memfd = linux.memfdCreate("counted", 1);
    write(
        new BufferList().claimAppend(Pipes.holding(pool, new byte[5000])), Endpoint.file(memfd, 0));
    assertThat(meter.copiedBytes(CopyMeter.Copy.PAGE_CACHE)).isEqualTo(5000);
    assertThat(meter.splicedOut.sum()).isZero();
    write(
        new BufferList().claimAppend(Pipes.holding(pool, new byte[300])), Endpoint.socket(ends[0]));
    assertThat(meter.splicedOut.sum()).isEqualTo(300);
    assertThat(meter.copiedBytes()).isEqualTo(5000);
    linux.close(ends[1]);
  }

  @Test
  void shouldReadAFileThatNeverSplices() throws IOException {
    int file = openContent(Sys.O_RDONLY);
    faults.failAlways("splice", Sys.EAGAIN);
    try (SpliceReader reader = new SpliceReader(pool, meter, Endpoint.file(file, 0), 100_000, 0)) {
      assertThat(reader.finish()).isEqualTo(Progress.DONE);
      assertThat(faults.calls("splice")).isEqualTo(3);
      try (BufferList list = reader.claim()) {
        Pipes.assertHolds(list, pool, content(0, 100_000));
      }
    }
    linux.close(file);
  }

  @Test
  void shouldTryHalfBeforeItTakesABlockForBad() throws IOException {
    Endpoint to = newFile("halved", true);
    int file = openContent(Sys.O_RDONLY);
    int count = 8 * 4096;
    try (SpliceReader reader = new SpliceReader(pool, meter, Endpoint.file(file, 0), count, 0)) {
      reader.finish();
      faults.failNth("splice", 1, Sys.EINVAL);
      try (BufferList list = reader.claim();
          SpliceWriter writer = new SpliceWriter(pool, meter, list, to)) {
        writer.finish();
      }
    }
    // What was refused as a whole and went in parts has its bad block at the end.
    assertThat(meter.direct.sum()).isEqualTo(count - to.alignment());
    assertThat(meter.copiedBytes()).isEqualTo(to.alignment());
    Sockets.close(file, to.fd());
  }
}
