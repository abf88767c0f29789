package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the design takes for granted of the kernel, asked of the one that runs: docs/bufferlist.md
 * names each of these. One that cannot be asked here is skipped by its name.
 */
@ExtendWith(NoLeaks.class)
class KernelFactsTest {
  private static final int PAGE = 4096;
  private static final int NONBLOCK = Sys.SPLICE_F_NONBLOCK;

  private final Linux linux = Linux.instance();

  @TempDir Path directory;

  private interface PipeWork {
    void with(int readEnd, int writeEnd) throws Exception;
  }

  private void withPipe(int bytes, PipeWork work) throws Exception {
    int[] ends = new int[2];
    assertThat(linux.pipe2(ends, Sys.O_NONBLOCK | Sys.O_CLOEXEC)).isZero();
    try {
      assertThat(linux.fcntl(ends[1], Sys.F_SETPIPE_SZ, bytes)).isEqualTo(bytes);
      work.with(ends[0], ends[1]);
    } finally {
      Sockets.close(ends);
    }
  }

  private static ByteBuffer filled(int bytes, int value) {
    ByteBuffer memory = DirectBuffers.pages(bytes);
    for (int i = 0; i < bytes; i++) {
      memory.put(i, (byte) value);
    }
    return memory;
  }

  private int open(String name, int flags) {
    return linux.open(directory.resolve(name).toString(), flags | Sys.O_RDWR | Sys.O_CREAT, 0600);
  }

  private void write(int fd, int value, int bytes) {
    ByteBuffer memory = filled(bytes, value);
    assertThat(linux.pwrite(fd, DirectBuffers.addressOf(memory), bytes, 0)).isEqualTo(bytes);
  }

  private int direct() {
    int fd = open("direct", Sys.O_DIRECT);
    Assumptions.assumeTrue(fd >= 0, "no O_DIRECT in " + directory + ": fact skipped");
    return fd;
  }

  @Test
  void shouldConsumeNothingWhenADirectSpliceIsRefused() throws Exception {
    int file = direct();
    int memfd = linux.memfdCreate("pages", 1);
    write(memfd, 7, 8 * PAGE);
    try {
      withPipe(
          1 << 20,
          (in, out) -> {
            assertThat(linux.splice(memfd, 0, out, -1, 2 * PAGE, 0)).isEqualTo(2 * PAGE);
            assertThat(linux.splice(memfd, 2 * PAGE + 1, out, -1, PAGE, 0)).isPositive();
            int held = linux.readable(in);
            long count = held - held % 512;
            assertThat(linux.splice(in, -1, file, 0, count, 0)).isEqualTo(-Sys.EINVAL);
            assertThat(linux.readable(in)).isEqualTo(held);
            assertThat(linux.splice(in, -1, file, 0, 2 * PAGE, 0)).isEqualTo(2 * PAGE);
          });
    } finally {
      Sockets.close(file, memfd);
    }
  }

  @Test
  void shouldFillAPipeBySlotsNotByBytes() throws Exception {
    withPipe(
        16 * PAGE,
        (in, out) -> {
          int[] ends = Sockets.unix();
          ByteBuffer one = filled(1, 1);
          long moved = 0;
          for (int i = 0; i < 1000; i++) {
            assertThat(linux.write(ends[0], DirectBuffers.addressOf(one), 1)).isEqualTo(1);
            long count = linux.splice(ends[1], -1, out, -1, 100, NONBLOCK);
            if (count == -Sys.EAGAIN) {
              break;
            }
            moved += count;
          }
          assertThat(moved).isBetween(1L, 64L); // of nominal 65,536
          assertThat(linux.readable(ends[1])).isPositive(); // EAGAIN, though the socket has bytes
          Sockets.close(ends);
        });
  }

  @Test
  void shouldTeeFromTheSameFirstByteEachTime() throws Exception {
    withPipe(
        1 << 20,
        (in, out) ->
            withPipe(
                16 * PAGE,
                (smallIn, smallOut) -> {
                  ByteBuffer bytes = filled(1 << 20, 5);
                  long all = linux.write(out, DirectBuffers.addressOf(bytes), 1 << 20);
                  assertThat(all).isEqualTo(1 << 20);
                  assertThat(linux.tee(in, smallOut, all, NONBLOCK)).isEqualTo(16 * PAGE);
                  assertThat(linux.tee(in, smallOut, all, NONBLOCK)).isEqualTo(-Sys.EAGAIN);
                  assertThat(linux.readable(in)).isEqualTo(1 << 20);
                }));
  }

  @Test
  void shouldShowWhyNobodyTeesAPipeThatAnotherDrains() throws Exception {
    int file = direct();
    int memfd = linux.memfdCreate("pages", 1);
    write(memfd, 7, 1 << 20);
    AtomicLong drained = new AtomicLong();
    try {
      withPipe(
          1 << 20,
          (in, out) ->
              withPipe(
                  1 << 20,
                  (twinIn, twinOut) -> {
                    assertThat(linux.splice(memfd, 0, out, -1, 1 << 20, 0)).isEqualTo(1 << 20);
                    CountDownLatch started = new CountDownLatch(1);
                    Thread drain =
                        new Thread(
                            () -> {
                              started.countDown();
                              drained.set(linux.splice(in, -1, file, 0, 1 << 20, 1));
                            });
                    drain.start();
                    started.await();
                    long teed = linux.tee(in, twinOut, 1 << 20, NONBLOCK);
                    drain.join();
                    // Before it: all. During or after: it has waited, and got less, or nothing,
                    // which looks like an end. Never told apart, so never done.
                    assertThat(teed).isIn(1L << 20, 0L, (long) -Sys.EAGAIN);
                    assertThat(drained.get()).isEqualTo(1 << 20);
                  }));
    } finally {
      Sockets.close(file, memfd);
    }
  }

  /** The first byte a late receiver gets of what was sent as 'A' and then overwritten with 'B'. */
  private byte lateReceiverSees(boolean overwriteDirect, boolean punch) {
    int file = open("aliased", 0);
    int direct = overwriteDirect ? open("aliased", Sys.O_DIRECT) : -1;
    Assumptions.assumeTrue(!overwriteDirect || direct >= 0, "no O_DIRECT here: fact skipped");
    int[] ends = Sockets.tcp();
    write(file, 'A', 16 * PAGE);
    linux.fsync(file);
    assertThat(linux.sendfile(ends[0], file, 0, 16 * PAGE)).isPositive();
    if (punch) {
      assertThat(linux.fallocate(file, 3 /* PUNCH_HOLE | KEEP_SIZE */, 0, 16 * PAGE)).isZero();
    }
    write(overwriteDirect ? direct : file, 'B', 16 * PAGE);
    ByteBuffer got = filled(1, 0);
    assertThat(linux.poll(ends[1], Sys.POLLIN, 5000)).isPositive();
    assertThat(linux.recv(ends[1], DirectBuffers.addressOf(got), 1, 0)).isEqualTo(1);
    Sockets.close(ends[0], ends[1], file);
    if (direct >= 0) {
      linux.close(direct);
    }
    return got.get(0);
  }

  @Test
  void shouldSendTheNewBytesAfterABufferedOverwrite() {
    Assumptions.assumeTrue(
        lateReceiverSees(false, false) == 'B', "pages are not aliased here: fact skipped");
    assertThat(lateReceiverSees(false, true)).isEqualTo((byte) 'A');
  }

  @Test
  void shouldSendTheOldBytesAfterADirectOverwrite() {
    assertThat(lateReceiverSees(true, false)).isEqualTo((byte) 'A');
  }

  /** What is in a pipe that was filled from a file before the file was overwritten. */
  private byte pipeHolds(int source, int overwrite) throws Exception {
    byte[] first = new byte[1];
    withPipe(
        1 << 20,
        (in, out) -> {
          assertThat(linux.splice(source, 0, out, -1, PAGE, 0)).isEqualTo(PAGE);
          write(overwrite, 'B', PAGE);
          ByteBuffer got = filled(1, 0);
          assertThat(linux.read(in, DirectBuffers.addressOf(got), 1)).isEqualTo(1);
          first[0] = got.get(0);
        });
    return first[0];
  }

  @Test
  void shouldKeepTheBytesOfADirectReadThoughTheFileChanges() throws Exception {
    int direct = direct();
    int cached = open("direct", 0);
    write(cached, 'A', PAGE);
    linux.fsync(cached);
    assertThat(pipeHolds(direct, direct)).isEqualTo((byte) 'A');
    Sockets.close(direct, cached);
    int memfd = linux.memfdCreate("pages", 1);
    write(memfd, 'A', PAGE);
    byte seen = pipeHolds(memfd, memfd);
    linux.close(memfd);
    Assumptions.assumeTrue(seen == 'B', "splice of tmpfs copies here: aliasing fact skipped");
  }

  @Test
  void shouldSetTheSegmentSizeOnlyBeforeConnectAndOnTheListener() {
    int mss = 2 * PAGE + 12;
    int[] before = Sockets.tcp(mss, mss);
    int[] without = Sockets.tcp();
    assertThat(linux.sendMss(before[0]) % PAGE).isZero();
    assertThat(linux.sendMss(before[1]) % PAGE).isZero();
    int usual = linux.sendMss(without[0]);
    assertThat(linux.setsockopt(without[0], 6, 2, mss)).isZero(); // says yes
    assertThat(linux.sendMss(without[0])).isEqualTo(usual); // and does nothing
    Sockets.close(before);
    Sockets.close(without);
  }

  @Test
  void shouldRefuseToSpliceToAnAppendingFileOrBetweenFiles() throws Exception {
    int appending = open("appending", 0x400 /* O_APPEND */);
    withPipe(
        1 << 20,
        (in, out) -> {
          linux.write(out, DirectBuffers.addressOf(filled(10, 1)), 10);
          assertThat(linux.splice(in, -1, appending, 0, 10, 0)).isEqualTo(-Sys.EINVAL);
          assertThat(linux.readable(in)).isEqualTo(10);
          assertThat(linux.splice(appending, 0, appending, 0, 10, 0)).isEqualTo(-Sys.EINVAL);
          assertThat(linux.splice(in, 0, out, -1, 10, 0)).isEqualTo(-Sys.ESPIPE);
        });
    linux.close(appending);
  }
}
