package io.sluice.objectstore;

import io.sluice.bufferlist.BadBlockFinder;
import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.MemfdWindow;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Sys;
import io.sluice.bufferlist.SystemCallException;
import java.io.IOException;

/**
 * Empties one pipe into a blob: kernel pages to the disk where they are aligned, through memory
 * where not.
 *
 * <p>Which blocks do not go is found by {@link BadBlockFinder}; they are read.
 *
 * <p>Bytes whose checksums are not known are looked at first, through a tee and a small memfd
 * window; where there is no spare pipe they are read into memory.
 *
 * <p><b>Threads:</b> the writer's. <b>Owns</b> the window.
 */
final class PipeDrain implements AutoCloseable {
  private final Sys sys;
  private final DataFiles files;
  private final BlobWriter writer;
  private final BadBlockFinder finder = new BadBlockFinder(DiskExtent.BLOCK);
  private final PipePool pipes;
  private MemfdWindow window;
  private PipeSegment pipe;

  /** Of whoever sent the bytes. */
  private CopyMeter meter;

  private boolean scanned;

  /**
   * @param pipes where a spare pipe to look into another comes from; null = bytes are looked at in
   *     memory
   */
  PipeDrain(DataFiles files, StoreConfig config, BlobWriter writer) {
    this.sys = config.sys();
    this.files = files;
    this.pipes = config.pipes();
    this.writer = writer;
  }

  /**
   * @param scanner where the bytes' checksums are counted; null when they are known
   */
  void drain(PipeSegment from, ExtentCursor where, ChecksumScanner scanner) throws IOException {
    pipe = from;
    meter = from.pipe().meter();
    finder.begin();
    scanned = scanner == null || scan(scanner);
    while (pipe.length() > 0) {
      if (writer.carries()) {
        readIn(Math.min(pipe.length(), Math.min(writer.toBoundary(), writer.carryRoom())));
        continue;
      }
      long room = Math.min(pipe.length(), where.contiguous(writer.position()));
      long whole = wholeBlocks(room);
      if (whole > 0 && scanned && !finder.givenUp()) {
        splice(whole, where.disk(writer.position()));
      } else {
        readIn(Math.min(pipe.length(), writer.carryRoom()));
      }
    }
  }

  /**
   * Looks at the bytes without taking them; false, and nothing was looked at, when that cannot be.
   */
  private boolean scan(ChecksumScanner scanner) throws IOException {
    if (pipes == null) {
      return false;
    }
    if (window == null) {
      window = MemfdWindow.open(pipes, MemfdWindow.DEFAULT_BYTES);
    }
    return window.scan(pipe, scanner);
  }

  /** So many of the bytes that the next write begins on a block boundary again; 0 = none. */
  private long wholeBlocks(long bytes) {
    return files.direct()
        ? Math.max(0, bytes - (writer.position() + bytes) % DiskExtent.BLOCK)
        : bytes;
  }

  private void splice(long whole, long disk) throws IOException {
    long count = finder.next(whole, writer.toBoundary());
    long moved = files.splice(pipe.pipe().readEnd(), disk, count);
    if (moved > 0) {
      pipe.consumed(moved);
      writer.advance(moved);
      finder.moved(moved);
      countMoved(moved);
    } else if (moved == -Sys.EINVAL && files.direct()) {
      finder.refused(count);
    } else {
      throw new SystemCallException(
          sys, "splice of " + pipe + " to " + files.where(disk), errno(moved));
    }
    if (finder.headIsBad(writer.toBoundary())) {
      finder.skipHead(meter);
      readIn(Math.min(pipe.length(), writer.toBoundary()));
    }
  }

  private void countMoved(long moved) {
    if (files.direct()) {
      meter.direct.add(moved);
    } else {
      meter.copied(CopyMeter.Copy.PAGE_CACHE, moved);
    }
  }

  private void readIn(long count) throws IOException {
    long got = sys.read(pipe.pipe().readEnd(), writer.carryAddress(), count);
    if (got == -Sys.EINTR) {
      return;
    }
    if (got <= 0) {
      throw new SystemCallException(sys, "read of " + pipe, errno(got));
    }
    pipe.consumed(got);
    meter.copied(CopyMeter.Copy.RECV, got - writer.inTail((int) got));
    writer.filled((int) got, scanned);
  }

  @Override
  public void close() {
    if (window != null) {
      window.close();
    }
  }

  /**
   * Nothing moved though bytes were counted into the pipe: somebody else reads it, which must not
   * be.
   */
  private static int errno(long result) {
    return result == 0 || result == -Sys.EAGAIN ? Sys.EPIPE : (int) -result;
  }
}
