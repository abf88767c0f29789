package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Moves that came short or failed half way: no byte is written twice, none left out. */
class MoveResumeTest extends MoveFixture {
  private static final int BYTES = 200_000;
  private static final int SET_FLAGS = 4; // F_SETFL
  private static final int APPEND = 0x400; // O_APPEND

  /** Two segments of memory, or two ranges of a file. */
  private static BufferList halves(int file, int bytes) {
    int first = bytes / 2;
    return file < 0
        ? BufferList.wrap(content(0, first)).claimAppend(BufferList.wrap(content(first, first)))
        : new BufferList()
            .claimAppend(FileSegment.of(file, 0, first, () -> {}))
            .claimAppend(FileSegment.of(file, first, first, () -> {}));
  }

  private void claimRestAfter(String call, int file, long taken) throws IOException {
    int[] ends = Sockets.unix();
    int bytes = 10_000;
    try (BufferList source = halves(file, bytes);
        SpliceWriter writer = new SpliceWriter(pool, meter, source, Endpoint.socket(ends[0]))) {
      faults.shortenNth(call, 1, taken);
      assertThat(writer.advance(1)).isEqualTo(Progress.MORE);
      long moved = writer.moved();
      assertThat(moved).isPositive().isLessThan(bytes).isEqualTo(linux.readable(ends[1]));
      try (BufferList rest = writer.claimRest()) {
        assertThat(rest.length()).isEqualTo(bytes - moved).isEqualTo(writer.remaining());
        assertThat(rest.toByteArray(pool, Inspection.DEBUG))
            .isEqualTo(content((int) moved, (int) (bytes - moved)));
      }
    } finally {
      Sockets.close(ends);
    }
  }

  @Test
  void shouldGiveBackOnlyWhatASocketHasNotTaken() throws IOException {
    int file = openContent(Sys.O_RDONLY);
    for (long taken : new long[] {1, 4999, 5000, 7000}) {
      claimRestAfter("sendmsg", -1, taken);
      claimRestAfter("sendfile", file, taken);
    }
    linux.close(file);
  }

  /** The carry is written in part, and then the disk fails. */
  private SpliceWriter failedInTheCarry(Endpoint to, BufferList source) {
    SpliceWriter writer = new SpliceWriter(pool, meter, source, to);
    faults.shortenNth("pwrite", 1, 8192).failNth("pwrite", 2, Sys.EIO);
    assertThatThrownBy(writer::finish)
        .isInstanceOf(MoveException.class)
        .extracting(e -> ((MoveException) e).kind())
        .isEqualTo(MoveException.Kind.DEVICE);
    assertThat(writer.moved()).isEqualTo(8192);
    return writer;
  }

  @Test
  void shouldCarryOnWithWhatTheDiskDidNotTake() throws IOException {
    Endpoint to = newFile("carried", true);
    try (BufferList source = BufferList.wrap(content(0, BYTES));
        SpliceWriter writer = failedInTheCarry(to, source)) {
      writer.finish();
      assertThat(writer.moved()).isEqualTo(BYTES);
    } finally {
      linux.close(to.fd());
    }
    assertThat(Arrays.copyOf(written("carried"), BYTES)).isEqualTo(content(0, BYTES));
  }

  @Test
  void shouldGiveBackWhatTheDiskDidNotTake() throws IOException {
    Endpoint to = newFile("returned", true);
    try (BufferList source = BufferList.wrap(content(0, BYTES));
        SpliceWriter writer = failedInTheCarry(to, source);
        BufferList rest = writer.claimRest()) {
      assertThat(rest.toByteArray(pool, Inspection.DEBUG)).isEqualTo(content(8192, BYTES - 8192));
    } finally {
      linux.close(to.fd());
    }
    assertThat(written("returned")).isEqualTo(content(0, 8192));
  }

  private static BufferList pages(int from, int count) {
    return BufferList.wrap(DirectBuffers.pages(count).put(content(from, count)).flip());
  }

  @Test
  void shouldNotWriteAlignedMemoryInPlaceWhenWhatIsLeftOfItIsMisaligned() throws IOException {
    BufferList source = BufferList.wrap(content(0, 100)); // so that the pages follow at an odd byte
    write(source.claimAppend(pages(100, 3 * BYTES)), newFile("misaligned", true));
    assertThat(Arrays.copyOf(written("misaligned"), 100 + 3 * BYTES))
        .isEqualTo(content(0, 100 + 3 * BYTES));
  }

  @Test
  void shouldGoOnInPlaceAfterAShortWriteOfAlignedMemory() throws IOException {
    faults.shortenNth("pwrite", 1, 8192);
    write(pages(0, 3 * 65_536), newFile("aligned", true));
    assertThat(written("aligned")).isEqualTo(content(0, 3 * 65_536));
    assertThat(faults.calls("pwrite")).isEqualTo(2);
  }

  private void relay(boolean direct, long shortened) throws IOException {
    String name = "relayed" + direct;
    int file = openContent(Sys.O_RDONLY);
    faults.shortenNth("splice", 2, shortened); // the first fills the spare pipe
    write(
        new BufferList().claimAppend(FileSegment.of(file, 7, BYTES, () -> linux.close(file))),
        newFile(name, direct));
    assertThat(Arrays.copyOf(written(name), BYTES)).isEqualTo(content(7, BYTES));
  }

  @Test
  void shouldWriteOnceWhatASpliceBetweenFilesTookInPart() throws IOException {
    relay(false, 5001);
    assertThat(meter.copiedBytes(CopyMeter.Copy.PAGE_CACHE)).isEqualTo(BYTES);
    assertThat(pool.pooled()).as("the spare with bytes left goes, the other stays").isEqualTo(1);
    assertThat(meter.fallbacks("dirty_pipe")).isZero();
    relay(true, 8192);
  }

  @Test
  void shouldCopyAPipeToAFileThatSpliceDoesNotWriteTo() throws IOException {
    Endpoint to = newFile("appended", false);
    linux.fcntl(to.fd(), SET_FLAGS, APPEND);
    faults.shortenNth("pwrite", 1, 1001);
    BufferList source = new BufferList().claimAppend(Pipes.holding(pool, content(0, BYTES)));
    write(source, to);
    assertThat(written("appended")).isEqualTo(content(0, BYTES));
    assertThat(meter.fallbacks("splice_out_refused")).isPositive();
    assertThat(meter.mappedBytes(Inspection.UNALIGNED_WRITE)).as("looked at once").isEqualTo(BYTES);
    assertThat(pool.pooled()).as("the pipe, and the one to look with").isEqualTo(2);
  }
}
