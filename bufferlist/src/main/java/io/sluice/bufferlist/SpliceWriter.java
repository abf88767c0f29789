package io.sluice.bufferlist;

import java.io.IOException;

/**
 * Moves a list to a socket, pipe or file: {@code splice_to}. Pipes are spliced, memory gathered,
 * files sent from their descriptors; an O_DIRECT file gets the pages themselves.
 *
 * <p>Event loop: {@link #advance} when the target is writable, until {@link Progress#DONE}. Worker:
 * {@link #finish}. After an error the move can be resumed, or what has not moved claimed by {@link
 * #claimRest}.
 *
 * <p><b>Invariants:</b> {@code moved + remaining} is the list's length at the start.
 * <b>Threads:</b> one owner. <b>Owns</b> the bytes until they have moved; {@link #close} releases
 * the rest. The descriptor stays the caller's.
 */
public final class SpliceWriter implements AutoCloseable {
  private final Owner owner = Owner.none();
  private final Sys sys;
  private final Endpoint to;
  private final BufferList list = new BufferList();
  private final Sink sink;
  private final long length;

  /** Of the first segment, unless that is a pipe, which is shortened itself. */
  private long headDone;

  private long taken;

  /**
   * Takes over the bytes of {@code source}, which is empty afterwards (and still its owner's to
   * close).
   *
   * @param pool for spare pipes, where a file segment goes to a file; and the system calls
   * @param meter of the owner who pays
   */
  public SpliceWriter(PipePool pool, CopyMeter meter, BufferList source, Endpoint to) {
    this(pool, meter, to, source.length());
    list.claimAppend(source);
  }

  /**
   * For bytes that come in parts, each by {@link #claimAppend}.
   *
   * @param length of all parts together
   */
  public SpliceWriter(PipePool pool, CopyMeter meter, Endpoint to, long length) {
    if (length < 0) {
      throw new IllegalArgumentException("length " + length);
    }
    this.sys = pool.sys();
    this.to = to;
    this.length = length;
    this.sink =
        switch (to.kind()) {
          case SOCKET, PIPE -> new StreamSink(sys, meter, to);
          case FILE -> new FileSink(pool, meter, to);
          case DIRECT_FILE -> new DirectFileSink(pool, meter, to);
        };
  }

  /** The same, counted in total only. */
  public SpliceWriter(PipePool pool, BufferList source, Endpoint to) {
    this(pool, pool.meter(), source, to);
  }

  /** Takes over the next part: {@code part} is empty afterwards, and still its owner's to close. */
  public SpliceWriter claimAppend(BufferList part) {
    owner.check(this);
    if (part.length() > length - taken - (list.length() - headDone)) {
      throw new IllegalArgumentException(part + " is more than was to come: " + this);
    }
    list.claimAppend(part);
    return this;
  }

  /** Bytes that are at the target. */
  public long moved() {
    return taken - sink.held();
  }

  /** Bytes not yet at the target. */
  public long remaining() {
    return length - moved();
  }

  /** Moves what the target takes without waiting (a file blocks). */
  public Progress advance() throws MoveException {
    return advance(Long.MAX_VALUE);
  }

  /**
   * The same, about {@code atMost} bytes.
   *
   * @throws MoveException why it cannot go on; nothing is lost
   */
  public Progress advance(long atMost) throws MoveException {
    owner.check(this);
    long until = atMost > length - taken ? length : taken + atMost;
    while (taken < until) {
      var segments = list.segments();
      if (segments.isEmpty()) {
        return Progress.MORE; // when the next part has come
      }
      boolean pipe = segments.get(0) instanceof PipeSegment;
      boolean more = segments.size() > 1 || length - taken > list.length() - headDone;
      long count = sink.take(segments, headDone, more);
      if (count > 0) {
        took(pipe, count);
      } else if (count == -Sys.EAGAIN && !to.isFile()) {
        return Progress.WAIT;
      } else if (count != -Sys.EINTR) {
        throw failed((int) -count);
      }
    }
    if (taken < length) {
      return Progress.MORE;
    }
    long flushed;
    do {
      flushed = sink.flush();
    } while (flushed == -Sys.EINTR);
    if (flushed < 0) {
      throw failed((int) -flushed);
    }
    return Progress.DONE;
  }

  private void took(boolean pipe, long count) {
    taken += count;
    long left = count + headDone;
    if (pipe) {
      left = 0;
      if (list.segments().get(0).length() == 0) {
        list.pollSegment().release();
      }
    }
    while (left > 0 && left >= list.segments().get(0).length()) {
      Segment done = list.pollSegment();
      left -= done.length();
      done.release();
    }
    headDone = left;
  }

  private MoveException failed(int errno) {
    if (!list.segments().isEmpty() && list.segments().get(0) instanceof PipeSegment pipe) {
      pipe.pipe().taint();
    }
    return new MoveException(sys, "splice to " + to, errno, moved(), remaining());
  }

  /** Moves everything that has come, waiting for the target. Blocks. */
  public SpliceWriter finish() throws IOException {
    while (advance() == Progress.WAIT) {
      Readiness.await(sys, to.fd(), Sys.POLLOUT);
    }
    return this;
  }

  /** What has not moved, in order: the caller's to close. The move is over. */
  public BufferList claimRest() {
    owner.check(this);
    BufferList rest = new BufferList();
    long held = sink.held();
    MemorySegment first = sink.claimHeld();
    if (first != null) {
      rest.claimAppend(first);
      taken -= held;
    }
    if (headDone > 0) {
      list.spliceOut(0, headDone).close();
      headDone = 0;
    }
    return rest.claimAppend(list);
  }

  @Override
  public void close() {
    owner.check(this);
    list.close();
  }

  @Override
  public String toString() {
    return "SpliceWriter[" + moved() + " of " + length + " to " + to + "]";
  }
}
