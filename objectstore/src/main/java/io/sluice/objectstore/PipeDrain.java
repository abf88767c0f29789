package io.sluice.objectstore;

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
 * <p>An O_DIRECT splice takes only page fragments that begin and end on the disk's alignment; one
 * bad fragment in the range makes all of it EINVAL, with nothing consumed. So a refused range is
 * halved until its good head goes through, and the block that is bad by itself is read into memory.
 * Segments that were cut inside a page come in rows, as many pages apart as the last two: after a
 * bad block as much is tried as was good before it, then the block behind by itself.
 *
 * <p>After {@value #BAD_BLOCKS_MAX} bad blocks, and one more for every {@value #GOOD_BYTES} bytes
 * that went, the rest of the pipe is read too: the sender does not align at all. Counted as
 * fallbacks: {@code splice_einval} a bad block, {@code pipe_read} a pipe given up.
 *
 * <p>Bytes whose checksums are not known are looked at first, through a tee and a small memfd
 * window; where there is no spare pipe they are read into memory.
 *
 * <p><b>Threads:</b> the writer's. <b>Owns</b> the window.
 */
final class PipeDrain implements AutoCloseable {
  private static final int BAD_BLOCKS_MAX = 4;

  /** To read them costs about as much as to find the one bad block among them. */
  private static final int GOOD_BYTES = 16 << 10;

  private final Sys sys;
  private final DataFiles files;
  private final BlobWriter writer;

  private final PipePool pipes;
  private MemfdWindow window;
  private PipeSegment pipe;

  /** Of whoever sent the bytes. */
  private CopyMeter meter;

  private boolean scanned;
  private boolean givenUp;
  private int badBlocks;

  /** Bytes that went since the last bad block, and between the two before; 0 = not known. */
  private long sinceBad;

  private long stride;
  private long gone;

  /** Bytes from the head of the pipe among which there is a bad one; 0 = none known. */
  private long suspect;

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
    suspect = 0;
    badBlocks = 0;
    sinceBad = 0;
    stride = 0;
    gone = 0;
    scanned = scanner == null || scan(scanner);
    givenUp = !scanned;
    while (pipe.length() > 0) {
      if (writer.carries()) {
        readIn(Math.min(pipe.length(), Math.min(writer.toBoundary(), writer.carryRoom())));
        continue;
      }
      long room = Math.min(pipe.length(), where.contiguous(writer.position()));
      long whole = wholeBlocks(room);
      if (whole > 0 && !givenUp) {
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
    long count = Math.min(whole, suspect > 0 ? firstHalf(suspect) : likely(whole));
    long moved = files.splice(pipe.pipe().readEnd(), disk, count);
    if (moved > 0) {
      pipe.consumed(moved);
      writer.advance(moved);
      suspect = Math.max(0, suspect - moved);
      sinceBad += moved;
      gone += moved;
      countMoved(moved);
    } else if (moved == -Sys.EINVAL && files.direct()) {
      suspect = count;
    } else {
      throw new SystemCallException(
          sys, "splice of " + pipe + " to " + files.where(disk), errno(moved));
    }
    if (suspect > 0 && suspect <= writer.toBoundary()) {
      badBlock();
    }
  }

  /** Up to where the next bad block is to be expected, that block by itself, or all. */
  private long likely(long whole) {
    if (stride == 0 || sinceBad > stride) {
      return whole;
    }
    long left = (stride - sinceBad) / DiskExtent.BLOCK * DiskExtent.BLOCK;
    return left > 0 ? left : writer.toBoundary();
  }

  private void countMoved(long moved) {
    if (files.direct()) {
      meter.direct.add(moved);
    } else {
      meter.copied(CopyMeter.Copy.PAGE_CACHE, moved);
    }
  }

  private void badBlock() throws IOException {
    badBlocks++;
    givenUp = badBlocks >= BAD_BLOCKS_MAX + gone / GOOD_BYTES;
    meter.fallback(givenUp ? "pipe_read" : "splice_einval");
    suspect = 0;
    stride = sinceBad;
    sinceBad = 0;
    readIn(Math.min(pipe.length(), writer.toBoundary()));
  }

  /** Rounded up to a block boundary of the blob, so that only whole blocks end in memory. */
  private long firstHalf(long bytes) {
    long toBoundary = writer.toBoundary();
    long half = Math.max(0, bytes / 2 - toBoundary);
    return Math.min(bytes, toBoundary + half / DiskExtent.BLOCK * DiskExtent.BLOCK);
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
