package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pipes whose pages were cut here and there, on their way to a file that takes whole blocks. */
class BadBlocksTest extends MoveFixture {
  private static final int PAGE = 4096;
  private static final int PAGES = 128;
  private static final int CUT = 1000;

  /** As from a sender that ends a segment where a window ends, and each that follows there too. */
  private static final int[] ROW = {12, 26, 40, 54, 68, 82, 96, 110, 124};

  private final int memfd = linux.memfdCreate("pages", 1);

  @BeforeEach
  void fill() throws IOException {
    try (BufferList all = BufferList.wrap(CONTENT);
        SpliceWriter writer = new SpliceWriter(pool, all, Endpoint.file(memfd, 0))) {
      writer.finish();
    }
  }

  @AfterEach
  void closeMemfd() {
    linux.close(memfd);
  }

  /** Whole pages from there on, but for those that come in two fragments. */
  private PipeSegment pipe(int from, int... bad) {
    Pipe pipe = pool.tryAcquire(1)[0];
    int[] ends =
        IntStream.concat(
                Arrays.stream(bad)
                    .flatMap(page -> IntStream.of(page * PAGE + CUT, (page + 1) * PAGE)),
                IntStream.of(PAGES * PAGE))
            .toArray();
    int at = 0;
    for (int end : ends) {
      if (end > at) {
        assertThat(linux.splice(memfd, from + at, pipe.writeEnd(), -1, end - at, 0))
            .isEqualTo(end - at);
        at = end;
      }
    }
    return new PipeSegment(pipe, PAGES * PAGE);
  }

  private Endpoint newBlocks(String name) {
    return Endpoint.directFile(newFile(name, true).fd(), 0, PAGE);
  }

  private void assertMoved(int badPages, int bytes) throws IOException {
    assertThat(meter.copiedBytes(CopyMeter.Copy.RECV)).isEqualTo((long) badPages * PAGE);
    assertThat(meter.direct.sum()).isEqualTo(bytes - (long) badPages * PAGE);
    assertThat(meter.fallbacks("splice_einval")).isEqualTo(badPages);
    assertThat(meter.fallbacks("pipe_read")).isZero();
    assertThat(written("blocks")).isEqualTo(content(0, bytes));
  }

  @Test
  void shouldReadOnlyTheBadBlocksOfARow() throws IOException {
    write(new BufferList().claimAppend(pipe(0, ROW)), newBlocks("blocks"));
    assertMoved(ROW.length, PAGES * PAGE);
    assertThat(faults.calls("splice")).as("calls").isEqualTo(32);
  }

  @Test
  void shouldSpliceWhatIsBehindABadStretch() throws IOException {
    write(new BufferList().claimAppend(pipe(0, 60, 61, 62, 63, 64, 65)), newBlocks("blocks"));
    assertMoved(6, PAGES * PAGE);
  }

  @Test
  void shouldBeginAnewWithEachPipe() throws IOException {
    BufferList list = new BufferList();
    list.claimAppend(pipe(0, ROW)).claimAppend(pipe(PAGES * PAGE));
    write(list.claimAppend(pipe(2 * PAGES * PAGE, 5)), newBlocks("blocks"));
    assertMoved(ROW.length + 1, 3 * PAGES * PAGE);
    // 32 for the row as above, 1, and 11 for a block that is found by halving.
    assertThat(faults.calls("splice")).as("calls").isEqualTo(44);
  }

  /** Four calls more than it makes, so that each fails once. */
  @ParameterizedTest
  @CsvSource({"splice,36,EIO", "splice,36,EINTR", "read,13,EIO", "read,13,EINTR", "pwrite,13,EIO"})
  void shouldLoseNothingWhicheverCallFails(String call, int calls, String errno)
      throws IOException {
    int number = errno.equals("EIO") ? Sys.EIO : Sys.EINTR;
    for (int nth = 1; nth <= calls; nth++) {
      String name = call + nth; // a new file, which holds nothing of the round before
      Endpoint to = newBlocks(name);
      byte[] rest;
      long moved;
      try (BufferList source = new BufferList().claimAppend(pipe(0, ROW));
          SpliceWriter writer = new SpliceWriter(pool, meter, source, to)) {
        faults.failNth(call, nth, number);
        try {
          writer.finish();
        } catch (MoveException failed) {
          assertThat(failed.kind()).as(call + " " + nth).isEqualTo(MoveException.Kind.DEVICE);
        }
        faults.heal();
        moved = writer.moved();
        try (BufferList left = writer.claimRest()) {
          rest = left.toByteArray(pool, Inspection.DEBUG);
        }
      } finally {
        linux.close(to.fd());
      }
      String what = call + " " + nth + " " + errno;
      assertThat(moved + rest.length).as(what).isEqualTo(PAGES * PAGE);
      byte[] all = Arrays.copyOf(written(name), PAGES * PAGE);
      System.arraycopy(rest, 0, all, (int) moved, rest.length);
      Files.delete(directory.resolve(name));
      assertThat(Arrays.mismatch(all, content(0, PAGES * PAGE))).as(what).isEqualTo(-1);
    }
  }
}
