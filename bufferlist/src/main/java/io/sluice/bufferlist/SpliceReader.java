package io.sluice.bufferlist;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Splices from a socket, file or pipe into as many pooled pipes as it takes: {@code splice_from}.
 *
 * <p>A pipe holds slots, not bytes: how much fits is known from the calls' results only. EAGAIN is
 * said both for "nothing there" and "pipe full"; with bytes in the pipe the source is asked
 * (FIONREAD), tried once more, and if it says EAGAIN with bytes waiting, the pipe is full and the
 * next one begun. Small runs, and what no pipe is to be had for, go to memory (the latter counted
 * by the pool).
 *
 * <p>Event loop: {@link #advance} when the source is readable, until {@link Progress#DONE}. Worker:
 * {@link #finish}, or {@link #await} and {@link #claim} by turns. After an error what came is still
 * there to {@link #claim}, and the move can be resumed.
 *
 * <p><b>Threads:</b> one owner. <b>Owns</b> the pipes and bytes until {@link #claim}; {@link
 * #close} closes pipes with bytes in them. The descriptor stays the caller's.
 */
public final class SpliceReader implements AutoCloseable {
  /**
   * Shorter runs go to memory: there a pipe's system calls cost about what the copy costs.
   * Measured: docs/bufferlist-benchmarks.md; whoever chooses between pipes and memory takes it from
   * here.
   */
  public static final int PIPES_FROM = 64 << 10;

  private static final int FLAGS = Sys.SPLICE_F_MOVE | Sys.SPLICE_F_NONBLOCK;

  /** A worker that waits for a socket is woken for as much, or for all that is to come. */
  private static final int WAKE_BYTES = PipePool.PIPE_BYTES;

  /**
   * A pipe with so much in it is not waited for. Its slots may be taken before it holds a pipe's
   * worth, and the small rest in a pipe of its own would be a write of its own.
   */
  private static final int HAND_ON_BYTES = PipePool.PIPE_BYTES / 2;

  /** copy_splice_read says EAGAIN for EFAULT too: then it is never going to work. */
  private static final int FILE_TRIES = 3;

  private final Owner owner = Owner.none();
  private final PipePool pool;
  private final CopyMeter meter;
  private final Endpoint from;
  private final long length;
  private final Deque<Pipe> reserved = new ArrayDeque<>();
  private final BufferList list = new BufferList();
  private final MemoryFiller memory;
  private Pipe pipe;
  private long inPipe;
  private long moved;
  private boolean noPipes;
  private int fileTries;
  private int wakesAt = 1;

  /** Begins a move of {@code length} bytes; pipes from {@link #PIPES_FROM} on. */
  public SpliceReader(PipePool pool, Endpoint from, long length) {
    this(pool, pool.meter(), from, length, PIPES_FROM);
  }

  /**
   * @param meter of the owner who pays
   * @param pipesFrom shorter runs go to memory; 0 = always pipes
   */
  public SpliceReader(PipePool pool, CopyMeter meter, Endpoint from, long length, int pipesFrom) {
    if (length < 0) {
      throw new IllegalArgumentException("length " + length);
    }
    this.pool = pool;
    this.meter = meter;
    this.from = from;
    this.length = length;
    this.memory = new MemoryFiller(pool.sys(), meter, from, list);
    int count = (int) ((length + PipePool.PIPE_BYTES - 1) / PipePool.PIPE_BYTES);
    Pipe[] pipes = length < pipesFrom ? null : pool.tryAcquire(count, meter);
    noPipes = pipes == null;
    if (pipes != null) {
      reserved.addAll(Arrays.asList(pipes));
    }
  }

  /** Bytes that came. */
  public long moved() {
    return moved;
  }

  /** Bytes still to come. */
  public long remaining() {
    return length - moved;
  }

  /** Moves what can be moved without waiting for a socket or pipe (a file blocks). */
  public Progress advance() throws MoveException {
    return advance(Long.MAX_VALUE);
  }

  /**
   * The same, about {@code atMost} bytes, so that one connection does not starve the others.
   *
   * @throws MoveException why it cannot go on; what came can be claimed
   */
  public Progress advance(long atMost) throws MoveException {
    owner.check(this);
    wakeAt(1); // an event loop asks for any byte
    return move(atMost, Integer.MAX_VALUE);
  }

  /**
   * @param enough in the pipe at hand to stop with it when no more can be had at once
   */
  private Progress move(long atMost, int enough) throws MoveException {
    long until = atMost > length - moved ? length : moved + atMost;
    boolean asked = false;
    while (moved < until) {
      long count = once(until - moved);
      if (count > 0) {
        moved += count;
        asked = false;
      } else if (count == 0) {
        return Progress.ENDED;
      } else if (count == -Sys.EAGAIN) {
        if (inPipe >= enough) {
          seal();
          return Progress.MORE;
        }
        if (inPipe == 0 || !from.isFile() && pool.sys().readable(from.fd()) <= 0) {
          return Progress.WAIT;
        }
        if (asked || from.isFile()) {
          seal();
        }
        asked = true;
      } else if (count != -Sys.EINTR) {
        throw failed((int) -count);
      }
    }
    return moved == length ? Progress.DONE : Progress.MORE;
  }

  /** One system call's worth; 0 = ended, or -errno. */
  private long once(long wanted) {
    if (from.isFile() && inPipe >= PipePool.PIPE_BYTES) {
      seal();
    }
    if (!nextPipe()) {
      return memory.fill(moved, wanted);
    }
    long offset = from.isFile() ? from.offset() + moved : -1;
    long whole = from.isFile() ? pagesOf(offset, wanted) : wanted;
    if (whole == 0) {
      seal();
      return memory.fill(moved, wanted);
    }
    long count = pool.sys().splice(from.fd(), offset, pipe.writeEnd(), -1, whole, FLAGS);
    if (count > 0) {
      inPipe += count;
      fileTries = 0;
      meter.splicedIn.add(count);
    } else if (count == -Sys.EINVAL || from.isFile() && stuck(count)) {
      // It cannot splice, or not this: read instead, from here on.
      meter.fallback("splice_in_refused");
      seal();
      noPipes = true;
      return memory.fill(moved, wanted);
    }
    return count;
  }

  private boolean stuck(long count) {
    return count == -Sys.EAGAIN && inPipe == 0 && ++fileTries >= FILE_TRIES;
  }

  /**
   * What of a file goes into the pipe at hand, as each of its pages takes a slot: nothing more is
   * asked of a full one. Of an O_DIRECT file whole blocks; 0 when it does not begin at one.
   */
  private long pagesOf(long offset, long wanted) {
    if (offset % from.alignment() != 0) {
      return 0;
    }
    long most = Math.max(from.alignment(), PipePool.PIPE_BYTES - inPipe);
    return Math.min(most, wanted - wanted % from.alignment());
  }

  private boolean nextPipe() {
    if (pipe == null && !noPipes) {
      pipe = reserved.poll();
      if (pipe == null) {
        Pipe[] more = pool.tryAcquire(1, meter);
        pipe = more == null ? null : more[0];
      }
      inPipe = 0;
      noPipes = pipe == null;
      memory.end();
    }
    return pipe != null;
  }

  /** The pipe is full, or will get no more. */
  private void seal() {
    if (pipe != null) {
      list.claimAppend(new PipeSegment(pipe, inPipe));
      pipe = null;
      inPipe = 0;
    }
  }

  private MoveException failed(int errno) {
    if (pipe != null) {
      pipe.taint();
      seal();
    }
    return new MoveException(pool.sys(), "splice from " + from, errno, moved, remaining());
  }

  /**
   * Moves everything, waiting for the source. Blocks.
   *
   * @return {@link Progress#DONE} or {@link Progress#ENDED}
   */
  public Progress finish() throws IOException {
    return await(Long.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * Moves about {@code atMost} bytes, waiting for the source, so that what {@link #claim} gives can
   * go on while its pages are warm: a pipe that takes no more, or is half full when nothing more is
   * there, goes on as it is. Blocks.
   *
   * @return {@link Progress#MORE} when there is more to come, {@link Progress#DONE} or {@link
   *     Progress#ENDED}
   */
  public Progress await(long atMost) throws IOException {
    return await(atMost, HAND_ON_BYTES);
  }

  private Progress await(long atMost, int enough) throws IOException {
    owner.check(this);
    long until = atMost > length - moved ? length : moved + atMost;
    Progress now = Progress.ENDED;
    try {
      now = move(until - moved, enough);
      while (now == Progress.WAIT) {
        wakeAt((int) Math.min(WAKE_BYTES, until - moved));
        Readiness.await(pool.sys(), from.fd(), Sys.POLLIN);
        now = move(until - moved, enough);
      }
      return now;
    } finally {
      if (now != Progress.MORE) {
        wakeAt(1);
      }
    }
  }

  /**
   * A hint: without it the worker wakes for every segment that comes. It stays from one part to the
   * next, as the kernel also acknowledges by it: at once up to there, and late beyond.
   */
  private void wakeAt(int bytes) {
    if (from.kind() == Endpoint.Kind.SOCKET && bytes != wakesAt) {
      pool.sys().setsockopt(from.fd(), Sys.SOL_SOCKET, Sys.SO_RCVLOWAT, bytes);
      wakesAt = bytes;
    }
  }

  /** What has come so far, in order: the caller's to close. The move can go on. */
  public BufferList claim() {
    owner.check(this);
    seal();
    if (moved == length) {
      memory.close();
    } else {
      memory.end();
    }
    return new BufferList().claimAppend(list);
  }

  @Override
  public void close() {
    owner.check(this);
    wakeAt(1);
    seal();
    memory.close();
    reserved.forEach(Pipe::recycle);
    reserved.clear();
    list.close();
  }

  @Override
  public String toString() {
    return "SpliceReader[" + moved + " of " + length + " from " + from + "]";
  }
}
