package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CheckedPipes;
import io.sluice.bufferlist.ChecksumVector;
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
 * when it is asked for. Nobody looks at it; or, for somebody who cannot check it, the worker does
 * while it lies in the pipe ({@link PipeCheck}).
 *
 * <p>The pipe gets pages of its own or the page cache's, see {@link CachedFiles#spliceOut}: either
 * way it holds what was on disk whatever happens to the blocks afterwards. Where there is no pipe,
 * the disk refuses, a block ends short or is not what it should be, the bytes are read into memory
 * and checked, like any others; what is wrong with them is then said in full.
 *
 * <p><b>Threads:</b> one owner; a worker while a piece is being brought. <b>Owns</b> the pins of
 * its extents, and its place in the pieces.
 */
final class LazyPieces implements LazyBytes {
  /** What a pipe of the pool holds, in pages. */
  private static final int PIECE_BYTES = PipePool.PIPE_BYTES;

  /** How bytes left, in the copy meter. */
  private static final String SPLICED = "spliced";

  private static final String CHECKED = "checked";

  private static final String TAIL = "copied_tail";
  private static final String NO_PIPE = "copied_no_pipe";
  private static final String WRONG = "copied_wrong";

  /** What lazy pieces work with. */
  record Parts(
      DataFiles files,
      BlobReader blobs,
      PipePool pipes,
      StoreCounters counters,
      Executor workers,
      PipeCheck check,
      CheckedPipes checked,
      ReadAhead ahead) {}

  private final Parts parts;
  private final Object name;
  private final ChecksumVector stored;
  private final Deque<BlobReader.Range> left = new ArrayDeque<>();
  private final Runnable unpin;
  private final long length;

  /** The disk was told of all of it; only for the worker that tells it, or brings a piece. */
  private boolean expected;

  /** All below is guarded by this. */
  private long remaining;

  private boolean busy;
  private boolean telling;
  private boolean counted;

  /** The first piece, which was asked for while the disk was being told. */
  private CompletableFuture<BufferList> asked;

  private boolean failed;
  private boolean closed;

  /**
   * @param pieces each on a block boundary, but for the end of the last
   * @param stored their checksums where each block is to be checked before it leaves; else null
   * @param unpin run once, when the extents are needed no more
   */
  LazyPieces(Parts parts, Object name, List<Piece> pieces, ChecksumVector stored, Runnable unpin) {
    this.parts = parts;
    this.name = name;
    this.stored = stored;
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
      if (telling) {
        asked = new CompletableFuture<>();
        return asked;
      }
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

  /**
   * The turn at the socket may be far: the disk may begin meanwhile, unless it has been told of
   * enough. Called at most once, before anything else.
   */
  void expectAhead() {
    boolean known = stored != null && parts.checked().holds(diskOf(left.peek()), stored.crcs());
    if (known || !parts.files().pages().ownsFiles() || !parts.ahead().tryTake(length)) {
      return;
    }
    counted = true;
    telling = true;
    try {
      parts.workers().execute(this::tell);
    } catch (RejectedExecutionException e) {
      told();
    }
  }

  private void tell() {
    try {
      expectAll();
    } finally {
      told();
    }
  }

  private void told() {
    CompletableFuture<BufferList> first;
    boolean last;
    synchronized (this) {
      telling = false;
      first = asked;
      asked = null;
      last = closed && first == null;
    }
    if (first != null) {
      bring(first);
    } else if (last) {
      end();
    }
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
      end();
    }
    return last;
  }

  private void fill(BufferList bytes) throws StoreException {
    BlobReader.Range first = left.peek();
    String why = TAIL;
    if (isAligned(first) && first.length() >= DiskExtent.BLOCK) {
      why = spliceInto(bytes);
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

  private void expectAll() {
    if (!expected) {
      expected = true;
      left.stream().filter(LazyPieces::isAligned).forEach(this::expect);
    }
  }

  /** Its whole blocks: what is left of the last one is read into memory. */
  private void expect(BlobReader.Range range) {
    ExtentCursor where = new ExtentCursor(range.blob().disk());
    long end = range.end() / DiskExtent.BLOCK * DiskExtent.BLOCK;
    for (long at = range.offset(); at < end; ) {
      long run = Math.min(end - at, where.contiguous(at));
      parts.files().pages().expect(where.disk(at), run);
      at += run;
    }
  }

  private static boolean isAligned(BlobReader.Range range) {
    return range.offset() % DiskExtent.BLOCK == 0;
  }

  /** Returns why what comes next must be read into memory: all of the piece, or its tail. */
  private String spliceInto(BufferList bytes) {
    long place = diskOf(left.peek());
    PipeSegment known = stored == null ? null : known(place);
    if (known != null) {
      left(bytes, known);
      return TAIL;
    }
    Pipe[] pipe = parts.pipes().tryAcquireForClient(1);
    if (pipe == null) {
      return NO_PIPE; // counted by the pool
    }
    expectAll();
    List<BlobReader.Range> before = stored == null ? null : List.copyOf(left);
    long moved = 0;
    long count;
    do {
      count = splice(pipe[0], PIECE_BYTES - moved);
      moved += count;
    } while (count > 0 && !left.isEmpty() && isAligned(left.peek()));
    if (moved == 0) {
      pipe[0].discard();
      return NO_PIPE;
    }
    PipeSegment segment = new PipeSegment(pipe[0], moved);
    PipeCheck.Verdict verdict = stored == null ? PipeCheck.Verdict.RIGHT : look(segment);
    if (verdict != PipeCheck.Verdict.RIGHT) {
      segment.release();
      left.clear();
      left.addAll(before);
      return verdict == PipeCheck.Verdict.WRONG ? WRONG : NO_PIPE;
    }
    if (stored != null) {
      parts.checked().offer(place, segment, stored.crcs(), firstBlock(), blocksOfAPiece());
    }
    left(bytes, segment);
    return TAIL;
  }

  private void left(BufferList bytes, PipeSegment segment) {
    parts.counters().readIntoPipe(segment.length());
    parts.pipes().meter().readOut(stored == null ? SPLICED : CHECKED, segment.length());
    bytes.claimAppend(segment);
  }

  private static long diskOf(BlobReader.Range range) {
    return new ExtentCursor(range.blob().disk()).disk(range.offset());
  }

  /** What comes next, if somebody has looked at it lately; or null. */
  private PipeSegment known(long place) {
    PipeSegment found =
        parts.checked().find(place, stored.crcs(), firstBlock(), blocksOfAPiece(), parts.pipes());
    for (long gone = 0; found != null && gone < found.length(); ) {
      long count = Math.min(found.length() - gone, left.peek().length());
      done(count);
      gone += count;
    }
    return found;
  }

  private long blocksOfAPiece() {
    return Math.min(PIECE_BYTES, remaining()) / DiskExtent.BLOCK;
  }

  /** Of what is left, among all blocks of the read. */
  private int firstBlock() {
    return (int) ((length - remaining()) / DiskExtent.BLOCK);
  }

  private PipeCheck.Verdict look(PipeSegment segment) {
    try {
      return parts.check().look(segment, stored, firstBlock());
    } catch (RuntimeException | Error e) {
      segment.release();
      throw e;
    }
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
    long moved = parts.files().pages().spliceOut(where.disk(next.offset()), pipe.writeEnd(), whole);
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
      if (busy || telling) {
        return;
      }
    }
    end();
  }

  private void end() {
    if (counted) {
      parts.ahead().give(length);
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
