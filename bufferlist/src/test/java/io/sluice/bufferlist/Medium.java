package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real place of the kernel's to put bytes into and to take them out of again.
 *
 * <p><b>Owns</b> its descriptors; a file has no name.
 */
final class Medium implements AutoCloseable {
  enum Kind {
    FILE,
    DIRECT_FILE,
    MEMFD,
    PIPE,
    TCP,
    UNIX
  }

  /** Injected EAGAIN and short counts come by chance: far more than chance gives. */
  private static final int STEPS_MAX = 100_000;

  private static final int FAULTY_TRIES = 1000;
  private static final int AT_ONCE = 100_000;

  private final Endpoint in;
  private final Endpoint out;

  Medium(Kind kind) {
    Linux linux = Linux.instance();
    switch (kind) {
      case FILE, MEMFD -> {
        int fd = kind == Kind.FILE ? unnamed(0) : linux.memfdCreate("medium", 1);
        in = Endpoint.file(fd, 0);
        out = in;
      }
      case DIRECT_FILE -> {
        int alignment = linux.directIoAlignment(directory().toString());
        boolean direct = alignment > 0;
        int fd = unnamed(direct ? Sys.O_DIRECT : 0);
        in = direct ? Endpoint.directFile(fd, 0, alignment) : Endpoint.file(fd, 0);
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

  private static Path directory() {
    return Path.of("target").toAbsolutePath();
  }

  /** A file on the disk that goes with its descriptor. */
  static int unnamed(int flags) {
    try {
      Path file = Files.createTempFile(directory(), "medium", "");
      int fd = Linux.instance().open(file.toString(), Sys.O_RDWR | flags, 0600);
      Files.delete(file);
      if (fd < 0) {
        throw new IllegalStateException("open: " + Linux.instance().describe(-fd));
      }
      return fd;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Everything of the list through this place, step by step, resumed after each error.
   *
   * @param faults healed when no more are wanted
   * @return what came out: as many bytes as went in
   */
  BufferList through(BufferList list, PipePool pool, int pipesFrom, FaultySys faults) {
    long length = list.length();
    try (SpliceWriter writer = new SpliceWriter(pool, list, in)) {
      if (in.isFile()) {
        finish(writer, faults);
      }
      try (SpliceReader reader = new SpliceReader(pool, pool.meter(), out, length, pipesFrom)) {
        int steps = 0;
        Progress now = Progress.MORE;
        while (now != Progress.DONE) {
          advance(writer);
          now = advance(reader);
          assertThat(now).isNotEqualTo(Progress.ENDED);
          assertThat(steps++).as("steps of a move").isLessThan(STEPS_MAX);
        }
        faults.heal();
        assertThat(advance(writer)).isEqualTo(Progress.DONE);
        return reader.claim();
      }
    }
  }

  /** An injected short count makes a direct write misaligned, which the kernel refuses: resumed. */
  private static Progress advance(SpliceWriter writer) {
    try {
      return writer.advance(AT_ONCE);
    } catch (MoveException e) {
      return Progress.MORE;
    }
  }

  private static Progress advance(SpliceReader reader) {
    try {
      return reader.advance(AT_ONCE);
    } catch (MoveException e) {
      return Progress.MORE;
    }
  }

  private static void finish(SpliceWriter writer, FaultySys faults) {
    int tries = 0;
    while (advance(writer) != Progress.DONE) {
      if (++tries > FAULTY_TRIES) {
        faults.heal();
      }
      assertThat(tries).as("tries of a write").isLessThan(2 * FAULTY_TRIES);
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
