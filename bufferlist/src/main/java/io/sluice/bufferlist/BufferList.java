package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Bytes in order, in segments of any kind; what travels between messenger, placement group and
 * store.
 *
 * <p><b>Invariants:</b> {@link #length} is the sum of the segments' lengths; no segment is empty;
 * length, kind, alignment and contiguity are answered without looking at a byte. Whoever looks says
 * why: {@link #look}.
 *
 * <p><b>Threads:</b> one owner at a time, who gives it on by {@link #handOver}; any number may read
 * through one {@link BufferView}. <b>Owns</b> its segments: {@link #close} releases them. A method
 * that starts with {@code claim} takes over what it is given; {@link #share}, {@link #slice},
 * {@link #spliceOut} and {@link #twin} return another owner's list; a method that only looks leaves
 * ownership where it was.
 */
public final class BufferList implements AutoCloseable {
  private final Owner owner = Owner.none();
  private final List<Segment> segments = new ArrayList<>();
  private Carriage carriage;
  private int changes;
  private boolean closed;

  private HeapRun heap; // all of this list, when it was changed that often
  private int heapAtChanges;
  private boolean uncut; // the bytes are in heap only

  /** Empty; whoever makes it owns it. */
  public BufferList() {}

  private BufferList(HeapRun heap) {
    this.heap = heap;
    this.uncut = true;
  }

  /** A list over an array that nobody changes any more. */
  public static BufferList wrap(byte[] bytes) {
    return wrap(ByteBuffer.wrap(bytes));
  }

  /** The same over what remains of a buffer. */
  public static BufferList wrap(ByteBuffer buffer) {
    BufferList list = new BufferList();
    if (buffer.hasRemaining()) {
      list.claimAppend(MemorySegment.wrap(buffer));
    }
    return list;
  }

  /** In bytes. Never inspects. */
  public long length() {
    checkOpen();
    if (uncut) {
      return heap.length();
    }
    // Added up each time: a sink shortens a pipe segment while it drains it.
    long length = carriage == null ? 0 : carriage.pending();
    for (int i = 0; i < segments.size(); i++) {
      length += segments.get(i).length();
    }
    return length;
  }

  /** Never inspects. */
  public boolean isEmpty() {
    return length() == 0;
  }

  /** The segments in order, for sinks; still this list's. */
  public List<Segment> segments() {
    checkOpen();
    seal();
    return Collections.unmodifiableList(segments);
  }

  /** True when a byte of this list is in a pipe. Never inspects. */
  public boolean hasPipes() {
    return pipeCount() > 0;
  }

  /** Pipes that a twin of this list needs. Never inspects. */
  public int pipeCount() {
    checkOpen();
    int count = 0;
    for (Segment segment : segments) {
      count += segment instanceof PipeSegment ? 1 : 0;
    }
    return count;
  }

  /** How the segments lie: contiguous, aligned. Never inspects. */
  public Layout layout() {
    return new Layout(segments());
  }

  /** Appends a copy of the bytes; small ones share a segment. */
  public BufferList append(byte[] bytes) {
    return append(bytes, 0, bytes.length);
  }

  /** A copy of a part of the bytes. */
  public BufferList append(byte[] bytes, int offset, int count) {
    carriage().put(bytes, offset, count);
    return this;
  }

  /** The low byte. */
  public BufferList append(int value) {
    carriage().put((byte) value);
    return this;
  }

  /** Appends the text in UTF-8, without a length. */
  public BufferList append(String text) {
    return append(text.getBytes(StandardCharsets.UTF_8));
  }

  /** So many bytes 0. */
  public BufferList appendZeros(int count) {
    carriage().zeros(count);
    return this;
  }

  private Carriage carriage() {
    checkMine();
    if (carriage == null) {
      seal();
      carriage = new Carriage();
    }
    changes++;
    return carriage;
  }

  private void seal() {
    if (uncut) {
      uncut = false;
      heap.addTo(segments);
      heap = null;
    }
    if (carriage != null && carriage.pending() > 0) {
      segments.add(carriage.seal());
    }
  }

  /** Takes over one segment; an empty one is released at once. */
  public BufferList claimAppend(Segment segment) {
    checkMine();
    seal();
    changes++;
    if (segment.length() == 0) {
      segment.release();
    } else {
      segments.add(segment);
    }
    return this;
  }

  /** Takes over all of {@code other}: empty afterwards, and still its owner's to close. */
  public BufferList claimAppend(BufferList other) {
    checkMine();
    other.checkMine();
    if (other == this) {
      throw new IllegalArgumentException("a list cannot take over itself");
    }
    seal();
    other.seal();
    changes++;
    other.changes++;
    segments.addAll(other.segments);
    other.segments.clear();
    return this;
  }

  /** Takes over all of {@code other} in front of what is here. */
  public BufferList claimPrepend(BufferList other) {
    BufferList mine = new BufferList().claimAppend(this);
    claimAppend(other).claimAppend(mine);
    mine.close();
    return this;
  }

  /** Takes the first segment off the list: now the caller's. Null when empty. */
  public Segment pollSegment() {
    checkMine();
    seal();
    changes++;
    return segments.isEmpty() ? null : segments.remove(0);
  }

  /** Another owner's list of the same bytes, without copying; pipes as in {@link #slice}. */
  public BufferList share() {
    return slice(0, length());
  }

  /**
   * Another owner's list of {@code [offset, offset+count)}, without copying: memory and files are
   * shared; of a pipe its references are tee'd and what is before the slice is thrown away. A pipe
   * for which no spare one is to be had is mapped instead (counted under {@link
   * Inspection#NO_PIPE}) or, without that, becomes memory of this list.
   */
  public BufferList slice(long offset, long count) {
    checkMine();
    if (heap == null || heapAtChanges != changes) {
      heap = HeapRun.of(segments());
      heapAtChanges = changes;
    }
    return heap == HeapRun.NONE
        ? ListCutter.slice(this, offset, count)
        : new BufferList(heap.slice(offset, count));
  }

  /**
   * Removes {@code [offset, offset+count)} and returns it as another owner's list. No byte is
   * touched, but where a pipe is cut and there is no spare one: then it becomes memory, as in
   * {@link #slice}.
   */
  public BufferList spliceOut(long offset, long count) {
    checkMine();
    return ListCutter.spliceOut(this, offset, count);
  }

  /**
   * Another owner's list of the same bytes: memory and files shared, pipes tee'd into pipes of the
   * pool.
   *
   * @return null when the pool has not enough pipes or the kernel did not duplicate all bytes
   *     (counted); this list is unchanged then
   */
  public BufferList twin(PipePool pool) {
    checkMine();
    Pipe[] spares = pool.tryAcquire(pipeCount());
    return spares == null ? null : claimTwin(spares);
  }

  /** The same into empty pipes reserved before: taken over, those not needed are recycled. */
  public BufferList claimTwin(Pipe[] spares) {
    checkMine();
    if (spares.length < pipeCount()) {
      throw new IllegalArgumentException(spares.length + " pipes for a twin of " + this);
    }
    seal();
    return ListCutter.twin(segments, spares);
  }

  /** What happens to the bytes that are in pipes now is counted for {@code meter} from now on. */
  public BufferList chargeTo(CopyMeter meter) {
    checkMine();
    for (Segment segment : segments) {
      if (segment instanceof PipeSegment pipe) {
        pipe.pipe().chargeTo(meter);
      }
    }
    return this;
  }

  /** A look at the bytes: inspects when one is asked for, on any thread, until the list changes. */
  public BufferView look(Inspection reason) {
    return new BufferView(this, reason);
  }

  /**
   * The bytes in one array: a copy, counted under {@code reason}. Pipes are tee'd first, so that
   * this list stays whole; where no pipe is to be had for that, they become memory of this list.
   *
   * @param pool may be null for a list without pipes
   * @throws java.io.UncheckedIOException when a file segment cannot be read
   */
  public byte[] toByteArray(PipePool pool, Inspection reason) {
    return ListReader.bytes(this, pool == null ? Linux.instance() : pool.sys(), reason);
  }

  /** The same, but consumes: pipes are read out without a tee; this list is empty afterwards. */
  public byte[] claimBytes(PipePool pool, Inspection reason) {
    drainPipes(reason);
    byte[] bytes = toByteArray(pool, reason);
    clear();
    return bytes;
  }

  /** Turns every pipe into heap memory and gives the pipes back; counted for {@code reason}. */
  public BufferList drainPipes(Inspection reason) {
    checkMine();
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i) instanceof PipeSegment pipe) {
        PipeReader.drain(this, i, pipe, reason);
      }
    }
    return this;
  }

  /** CRC-32C with a raw seed, remembered per segment; throws for a pipe, which needs a reason. */
  public int crc32c(int seed) {
    if (hasPipes()) {
      throw new IllegalStateException("a checksum of a pipe needs a reason");
    }
    return crc32c(seed, Inspection.CRC);
  }

  /** The same; pipes are mapped for it and stay whole, counted under {@code reason}. */
  public int crc32c(int seed, Inspection reason) {
    return ListReader.crc32c(this, seed, reason);
  }

  /** One run of memory: a copy, unless it is that already. Counted under {@code reason}. */
  public BufferList rebuild(Inspection reason) {
    checkMine();
    return Rebuild.contiguous(this, reason);
  }

  /**
   * Makes every segment begin at an address and have a length that are multiples of {@code
   * alignment} (the last may be short): whatever is so already stays, the rest is copied together.
   *
   * @param buffers where page-aligned memory comes from; heap-allocated when they are spent
   * @return true when something had to be copied
   */
  public boolean rebuildAligned(int alignment, DirectBuffers buffers, Inspection reason) {
    checkMine();
    return Rebuild.aligned(this, alignment, buffers, reason);
  }

  /** Releases everything; the list goes on, empty. */
  public void clear() {
    checkMine();
    seal();
    changes++;
    heap = null;
    Releases releases = new Releases();
    for (int i = 0; i < segments.size(); i++) {
      releases.release(segments.get(i));
    }
    segments.clear();
    releases.end();
  }

  /** The next thread to use this list owns it, and the pipes in it. */
  public BufferList handOver() {
    checkMine();
    for (Segment segment : segments) {
      if (segment instanceof PipeSegment pipe) {
        pipe.handOver();
      }
    }
    owner.handOver();
    return this;
  }

  @Override
  public void close() {
    if (!closed) {
      uncut = false;
      clear();
      closed = true;
    }
  }

  /** The same bytes in another segment: views go on. */
  void replace(int index, Segment same) {
    segments.set(index, same);
  }

  /** The segments themselves, to be cut and replaced. */
  List<Segment> changing() {
    segments();
    changes++;
    return segments;
  }

  /** Differs when the segments do. */
  int changes() {
    checkOpen();
    return changes;
  }

  private void checkMine() {
    checkOpen();
    owner.check(this);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("list used after close");
    }
  }

  @Override
  public String toString() {
    return closed
        ? "BufferList[closed]"
        : "BufferList[" + length() + " bytes " + (uncut ? heap : segments) + "]";
  }
}
