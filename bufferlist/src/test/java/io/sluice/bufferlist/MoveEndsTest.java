package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where moves begin and end: offsets, sources that are short, peers that are gone, full pipes. */
@ExtendWith(NoLeaks.class)
class MoveEndsTest {
  private static final byte[] CONTENT = Pipes.bytes(31, 3_000_000);

  private final Linux linux = Linux.instance();
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(linux, meter, 8);

  @TempDir Path directory;

  @AfterEach
  void close() {
    pool.close();
  }

  private int open(int flags) throws IOException {
    Path file = directory.resolve("content");
    Files.write(file, CONTENT);
    return linux.open(file.toString(), flags, 0);
  }

  private byte[] read(Endpoint from, int length, Progress end) throws IOException {
    try (SpliceReader reader = new SpliceReader(pool, meter, from, length, 0)) {
      assertThat(reader.finish()).isEqualTo(end);
      try (BufferList list = reader.claim()) {
        assertThat(list.length()).isEqualTo(reader.moved());
        return list.claimBytes(pool, Inspection.DEBUG);
      }
    }
  }

  @Test
  void shouldSayEndedAndGiveWhatCame() throws IOException {
    int file = open(Sys.O_RDONLY);
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
    int file = open(Sys.O_RDONLY);
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
    int file = open(Sys.O_RDONLY);
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
    int file = open(Sys.O_RDONLY | Sys.O_DIRECT);
    Assumptions.assumeTrue(file >= 0, "no O_DIRECT here: MoveEndsTest of direct files skipped");
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

  private Endpoint newDirectFile(String name) {
    Path to = directory.resolve(name);
    int fd = linux.open(to.toString(), Sys.O_RDWR | Sys.O_CREAT | Sys.O_DIRECT, 0600);
    Assumptions.assumeTrue(fd >= 0, "no O_DIRECT here: MoveEndsTest of direct files skipped");
    return Endpoint.directFile(fd, 0, linux.directIoAlignment(to.toString()));
  }

  private void write(BufferList source, Endpoint to) throws IOException {
    try (source;
        SpliceWriter writer = new SpliceWriter(pool, meter, source, to)) {
      writer.finish();
    } finally {
      linux.close(to.fd());
    }
  }

  @Test
  void shouldPadTheLastBlockOfADirectFileWithZeros() throws IOException {
    Endpoint to = newDirectFile("padded");
    byte[] bytes = new byte[200_001]; // more than is carried at a time, so that old bytes are there
    Arrays.fill(bytes, (byte) 7);
    write(BufferList.wrap(bytes), to);
    int padded = (bytes.length + to.alignment() - 1) / to.alignment() * to.alignment();
    assertThat(Files.readAllBytes(directory.resolve("padded")))
        .isEqualTo(Arrays.copyOf(bytes, padded));
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
    Endpoint to = newDirectFile("bad");
    int count = 8 * 4096;
    int memfd = linux.memfdCreate("odd", 1);
    Path good = directory.resolve("good");
    Files.write(good, CONTENT);
    int file = linux.open(good.toString(), Sys.O_RDONLY, 0);
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
    byte[] there = Files.readAllBytes(directory.resolve("bad"));
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
    int file = open(Sys.O_RDONLY);
    FaultySys faults = new FaultySys(linux).failAlways("splice", Sys.EAGAIN);
    try (PipePool odd = new PipePool(faults.sys(), meter, 2);
        SpliceReader reader = new SpliceReader(odd, meter, Endpoint.file(file, 0), 100_000, 0)) {
      assertThat(reader.finish()).isEqualTo(Progress.DONE);
      assertThat(faults.calls("splice")).isEqualTo(3);
      try (BufferList list = reader.claim()) {
        Pipes.assertHolds(list, odd, Arrays.copyOf(CONTENT, 100_000));
      }
    }
    linux.close(file);
  }

  @Test
  void shouldTryHalfBeforeItTakesABlockForBad() throws IOException {
    Endpoint to = newDirectFile("halved");
    int file = open(Sys.O_RDONLY);
    FaultySys faults = new FaultySys(linux);
    int count = 8 * 4096;
    try (PipePool odd = new PipePool(faults.sys(), meter, 2);
        SpliceReader reader = new SpliceReader(odd, meter, Endpoint.file(file, 0), count, 0)) {
      reader.finish();
      faults.failNth("splice", 1, Sys.EINVAL);
      try (BufferList list = reader.claim();
          SpliceWriter writer = new SpliceWriter(odd, meter, list, to)) {
        writer.finish();
      }
    }
    assertThat(meter.direct.sum()).isEqualTo(count);
    assertThat(meter.copiedBytes()).isZero();
    Sockets.close(file, to.fd());
  }
}
