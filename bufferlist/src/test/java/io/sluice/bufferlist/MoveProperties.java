package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Lists of every kind of segment moved between real descriptors of every kind, with short counts
 * and EAGAIN by chance: what arrives is what was sent.
 */
@AddLifecycleHook(NoLeaksHook.class)
class MoveProperties {
  private enum Kind {
    FILE,
    DIRECT_FILE,
    MEMFD,
    PIPE,
    TCP,
    UNIX
  }

  /** A place to put bytes into and to take them out of again. */
  private static final class Medium implements AutoCloseable {
    final Endpoint in;
    final Endpoint out;

    Medium(Kind kind, Path directory) {
      Linux linux = Linux.instance();
      Path file = directory.resolve("medium");
      int flags = Sys.O_RDWR | Sys.O_CREAT;
      switch (kind) {
        case FILE, MEMFD -> {
          int fd =
              kind == Kind.FILE
                  ? linux.open(file.toString(), flags, 0600)
                  : linux.memfdCreate("medium", 1);
          in = Endpoint.file(fd, 0);
          out = in;
        }
        case DIRECT_FILE -> {
          int fd = linux.open(file.toString(), flags | Sys.O_DIRECT, 0600);
          int alignment = linux.directIoAlignment(file.toString());
          in = alignment > 0 ? Endpoint.directFile(fd, 0, alignment) : Endpoint.file(fd, 0);
          out = in;
        }
        case PIPE -> {
          int[] ends = new int[2];
          linux.pipe2(ends, Sys.O_NONBLOCK);
          in = Endpoint.pipe(ends[1]);
          out = Endpoint.pipe(ends[0]);
        }
        default -> {
          int[] ends = kind == Kind.TCP ? Sockets.tcp() : Sockets.unix();
          in = Endpoint.socket(ends[0]);
          out = Endpoint.socket(ends[1]);
        }
      }
    }

    @Override
    public void close() {
      Linux.instance().close(in.fd());
      if (out.fd() != in.fd()) {
        Linux.instance().close(out.fd());
      }
    }
  }

  @Property
  void whatArrivesIsWhatWasSent(
      @ForAll Kind kind,
      @ForAll @IntRange(max = 6) int segments,
      @ForAll long seed,
      @ForAll boolean trouble,
      @ForAll boolean pipes)
      throws IOException {
    Path directory = Files.createTempDirectory(Path.of("target"), "move");
    Random random = new Random(seed);
    FaultySys faults = new FaultySys(Linux.instance());
    try (PipePool real = new PipePool(Linux.instance(), new CopyMeter(), 12);
        PipePool pool = new PipePool(faults.sys(), new CopyMeter(), 12);
        MemfdPool memfds = new MemfdPool(Linux.instance(), new CopyMeter(), 65_536, 8);
        Medium medium = new Medium(kind, directory);
        BufferList list = new BufferList()) {
      byte[] expected = fill(list, segments, random, real, memfds);
      if (trouble) {
        faults.random(seed, 0.1, Sys.EAGAIN, Sys.EINTR, 0);
      }
      int pipesFrom = pipes ? 0 : Integer.MAX_VALUE;
      byte[] actual = move(list, expected.length, pool, medium, pipesFrom, faults);
      int at = Arrays.mismatch(actual, expected);
      assertThat(at).as("first difference, of " + expected.length).isEqualTo(-1);
    } finally {
      Files.deleteIfExists(directory.resolve("medium"));
      Files.delete(directory);
    }
  }

  private static byte[] move(
      BufferList list, int length, PipePool pool, Medium medium, int pipesFrom, FaultySys faults)
      throws IOException {
    try (SpliceWriter writer = new SpliceWriter(pool, list, medium.in)) {
      if (medium.in.isFile()) {
        finish(writer, faults);
      }
      try (SpliceReader reader =
          new SpliceReader(pool, pool.meter(), medium.out, length, pipesFrom)) {
        int steps = 0;
        Progress now = Progress.MORE;
        while (now != Progress.DONE) {
          advance(writer);
          now = advance(reader);
          assertThat(now).isNotEqualTo(Progress.ENDED);
          assertThat(steps++).isLessThan(100_000);
        }
        faults.heal();
        assertThat(advance(writer)).isEqualTo(Progress.DONE);
        try (BufferList claimed = reader.claim()) {
          return claimed.claimBytes(pool, Inspection.DEBUG);
        }
      }
    }
  }

  /** An injected short count makes a direct write misaligned, which the kernel refuses: resumed. */
  private static Progress advance(SpliceWriter writer) {
    try {
      return writer.advance(100_000);
    } catch (MoveException e) {
      return Progress.MORE;
    }
  }

  private static Progress advance(SpliceReader reader) {
    try {
      return reader.advance(100_000);
    } catch (MoveException e) {
      return Progress.MORE;
    }
  }

  private static void finish(SpliceWriter writer, FaultySys faults) {
    int tries = 0;
    while (advance(writer) != Progress.DONE) {
      if (++tries > 1000) {
        faults.heal();
      }
      assertThat(tries).isLessThan(2000);
    }
  }

  private static byte[] fill(
      BufferList list, int segments, Random random, PipePool pool, MemfdPool memfds) {
    byte[] all = {};
    for (int i = 0; i < segments; i++) {
      int size = 1 + random.nextInt(random.nextBoolean() ? 60_000 : 5000);
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      switch (random.nextInt(5)) {
        case 0 -> list.claimAppend(Pipes.holding(pool, bytes));
        case 1 -> list.append(bytes);
        case 2 -> list.claimAppend(BufferList.wrap(direct(bytes)));
        case 3 -> {
          MemfdBuffer buffer = memfds.tryAcquire();
          buffer.buffer().put(bytes);
          list.claimAppend(buffer.segment(0, size));
          buffer.release();
        }
        default -> slice(list, bytes, pool, random);
      }
      int at = all.length;
      all = Arrays.copyOf(all, at + size);
      System.arraycopy(bytes, 0, all, at, size);
    }
    return all;
  }

  /** The bytes as the middle of a longer pipe. */
  private static void slice(BufferList list, byte[] bytes, PipePool pool, Random random) {
    int before = random.nextInt(5000);
    byte[] longer = new byte[before + bytes.length + 77];
    System.arraycopy(bytes, 0, longer, before, bytes.length);
    try (BufferList whole = new BufferList().claimAppend(Pipes.holding(pool, longer));
        BufferList part = whole.slice(before, bytes.length)) {
      list.claimAppend(part);
    }
  }

  private static java.nio.ByteBuffer direct(byte[] bytes) {
    return java.nio.ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }
}
