package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.LazyBytes;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Sys;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Blocks of the data files on their way out: a worker splices each piece from the file into a pipe
 * when it is asked for, and nobody looks at it.
 *
 * <p>The pipe gets pages of its own or the page cache's, see {@link DataFiles#spliceOut}: either
 * way it holds what was on disk whatever happens to the blocks afterwards. Where there is no pipe,
 * the disk refuses, or a block ends short, the bytes are read into memory and checked, like any
 * others; what is wrong with them is then said in full.
 *
 * <p><b>Threads:</b> one owner; a worker while a piece is being brought. <b>Owns</b> the pins of
 * its extents, and its place in the pieces.
 */
final class LazyPieces implements LazyBytes {
  /** What a pipe of the pool holds, in pages. */
  private static final int PIECE_BYTES = PipePool.PIPE_BYTES;

  /** How bytes left, in the copy meter. */
  private static final String SPLICED = "spliced";

  private static final String TAIL = "copied_tail";
  private static final String NO_PIPE = "copied_no_pipe";

  /** What lazy pieces work with. */
  record Parts(
      DataFiles files,
      BlobReader blobs,
      PipePool pipes,
      StoreCounters counters,
      Executor workers) {}

  private final Parts parts;
  private final Object name;
  private final Deque<BlobReader.Range> left = new ArrayDeque<>();
  private final Runnable unpin;
  private final long length;

  /** All below is guarded by this. */
  private long remaining;

  private boolean busy;
  private boolean failed;
  private boolean closed;

  /**
   * @param pieces each on a block boundary, but for the end of the last
   * @param unpin run once, when the extents are needed no more
   */
  LazyPieces(Parts parts, Object name, List<Piece> pieces, Runnable unpin) {
    this.parts = parts;
    this.name = name;
    this.unpin = unpin;
    pieces.forEach(piece -> left.add(((Piece.OnDisk) piece).range()));
    length = pieces.stream().mapToLong(Piece::length).sum();
    remaining = length;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public synchronized long remaining() {
    return remaining;
  }

  @Override
  public CompletableFuture<BufferList> next() {
    synchronized (this) {
      if (busy || failed || closed || remaining == 0) {
        throw new IllegalStateException("nothing more can be asked of " + this);
      }
      busy = true;
    }
    CompletableFuture<BufferList> piece = new CompletableFuture<>();
    try {
      parts.workers().execute(() -> bring(piece));
    } catch (RejectedExecutionException e) {
      ended(0, e);
      piece.completeExceptionally(e);
    }
    return piece;
  }

  private void bring(CompletableFuture<BufferList> piece) {
    BufferList bytes = new BufferList();
    Throwable failure = null;
    try {
      fill(bytes);
    } catch (Throwable e) { // also out of memory: whoever waits must be told
      failure = e;
    }
    boolean dropped = ended(bytes.length(), failure);
    if (failure != null) {
      bytes.close();
      piece.completeExceptionally(failure);
    } else if (dropped || !piece.complete(bytes.handOver())) {
      bytes.close();
      piece.cancel(false);
    }
  }

  /** Returns true when nobody wants the piece any more. */
  private boolean ended(long bytes, Throwable failure) {
    boolean last;
    synchronized (this) {
      busy = false;
      failed = failure != null;
      remaining -= failed ? 0 : bytes;
      last = closed;
    }
    if (last) {
      unpin.run();
    }
    return last;
  }

  private void fill(BufferList bytes) throws StoreException {
    BlobReader.Range first = left.peek();
    String why = TAIL;
    if (isAligned(first) && first.length() >= DiskExtent.BLOCK) {
      why = spliceInto(bytes) ? TAIL : NO_PIPE;
    }
    boolean tail = !left.isEmpty() && left.peek().length() < DiskExtent.BLOCK;
    if (bytes.isEmpty() || tail) {
      BlobReader.Range next = left.peek();
      long count = Math.min(next.length(), BlobReader.CHUNK_BYTES);
      parts.blobs().read(next.first(count), name, bytes);
      parts.pipes().meter().readOut(count < DiskExtent.BLOCK ? TAIL : why, count);
      done(count);
    }
  }

  private static boolean isAligned(BlobReader.Range range) {
    return range.offset() % DiskExtent.BLOCK == 0;
  }

  /** False when there is no pipe for it, or the disk refuses. */
  private boolean spliceInto(BufferList bytes) {
    Pipe[] pipe = parts.pipes().tryAcquireForClient(1);
    if (pipe == null) {
      return false; // counted by the pool
    }
    long moved = 0;
    long count;
    do {
      count = splice(pipe[0], PIECE_BYTES - moved);
      moved += count;
    } while (count > 0 && !left.isEmpty() && isAligned(left.peek()));
    if (moved == 0) {
      pipe[0].discard();
      return false;
    }
    parts.counters().readIntoPipe(moved);
    parts.pipes().meter().readOut(SPLICED, moved);
    bytes.claimAppend(new PipeSegment(pipe[0], moved));
    return true;
  }

  /** One system call; returns 0 when there are no whole blocks, no room, or the disk refuses. */
  private long splice(Pipe pipe, long room) {
    BlobReader.Range next = left.peek();
    ExtentCursor where = new ExtentCursor(next.blob().disk());
    long run = Math.min(next.length(), where.contiguous(next.offset()));
    long whole = Math.min(room, run) / DiskExtent.BLOCK * DiskExtent.BLOCK;
    if (whole == 0) {
      return 0;
    }
    long moved = parts.files().spliceOut(where.disk(next.offset()), pipe.writeEnd(), whole);
    if (moved <= 0) {
      if (moved != -Sys.EAGAIN) {
        parts.counters().pipeRefused();
      }
      return 0;
    }
    done(moved);
    return moved;
  }

  private void done(long count) {
    BlobReader.Range range = left.poll();
    if (count < range.length()) {
      left.push(range.from(count));
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("closed twice: " + this);
      }
      closed = true;
      if (busy) {
        return;
      }
    }
    unpin.run();
  }

  @Override
  public synchronized String toString() {
    return "lazy["
        + remaining
        + " of "
        + length
        + " bytes of "
        + name
        + (busy ? ", one piece on its way" : "")
        + (failed ? ", failed" : "")
        + (closed ? ", closed]" : "]");
  }
}
