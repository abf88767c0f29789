package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.MemfdWindow;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Compares blocks that lie in a pipe, on their way out, with their stored checksums; the pipe keeps
 * them.
 *
 * <p><b>Threads:</b> the workers': each has a window of its own. <b>Owns</b> nothing: the workers
 * close the windows.
 */
final class PipeCheck {
  private final ThreadLocal<MemfdWindow> windows;

  PipeCheck(PipePool pipes, Workers workers) {
    windows = ThreadLocal.withInitial(() -> workers.own(open(pipes)));
  }

  private static MemfdWindow open(PipePool pipes) {
    try {
      return MemfdWindow.open(pipes, MemfdWindow.DEFAULT_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a look came to. */
  enum Verdict {
    RIGHT,
    WRONG,

    /** No spare pipe, counted by its pool. */
    NOT_SEEN
  }

  /**
   * @param pipe whole blocks
   * @param stored of all blocks of the read
   * @param first the number of the pipe's first block among them
   */
  Verdict look(PipeSegment pipe, ChecksumVector stored, int first) {
    ChecksumScanner scanner = new ChecksumScanner(pipe.length());
    try {
      if (!windows.get().scan(pipe, scanner)) {
        return Verdict.NOT_SEEN;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int[] found = scanner.finish().crcs();
    boolean right =
        Arrays.equals(stored.crcs(), first, first + found.length, found, 0, found.length);
    return right ? Verdict.RIGHT : Verdict.WRONG;
  }
}
