package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.zip.CRC32C;

/**
 * Bytes in heap or direct memory: a view of a shared, reference-counted allocation.
 *
 * <p><b>Invariants:</b> the bytes do not change while a segment covers them. <b>Owns</b> one
 * reference; the last one to go runs the releaser (return to a pool, unmap). <b>Threads:</b> one
 * owner; reading through {@link #buffer} is safe from any.
 */
public final class MemorySegment implements Segment {
  private static final Runnable NOTHING = () -> {};

  /** What all views of one allocation share. */
  private static final class Allocation {
    private static final AtomicIntegerFieldUpdater<Allocation> REFERENCES =
        AtomicIntegerFieldUpdater.newUpdater(Allocation.class, "references");

    /** All of it; of which the segments are views. */
    private final ByteBuffer bytes;

    private final Runnable releaser;

    /** Beyond the first one; not counted at all when there is nothing to release. */
    private volatile int references;

    private volatile ChecksumCache checksums;

    private Allocation(ByteBuffer bytes, Runnable releaser) {
      this.bytes = bytes;
      this.releaser = releaser;
    }

    private synchronized ChecksumCache checksums() {
      if (checksums == null) {
        checksums = new ChecksumCache();
      }
      return checksums;
    }
  }

  private final ByteBuffer view;
  private final Allocation allocation;

  /** Where the view begins in the allocation. */
  private final int start;

  private boolean released;

  private MemorySegment(ByteBuffer view, Allocation allocation, int start) {
    this.view = view;
    this.allocation = allocation;
    this.start = start;
  }

  /** Takes the remaining bytes of {@code buffer}, which the caller must not change any more. */
  public static MemorySegment wrap(ByteBuffer buffer) {
    return wrap(buffer, NOTHING);
  }

  /** The same, with what to do when the last view is released. */
  public static MemorySegment wrap(ByteBuffer buffer, Runnable releaser) {
    ByteBuffer bytes = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
    return new MemorySegment(bytes, new Allocation(bytes, releaser), 0);
  }

  /** Another owner's view of {@code [offset, offset+length)}. */
  public MemorySegment share(int offset, int length) {
    checkOpen();
    MemorySegment part = part(offset, length);
    if (!isPlain()) {
      Allocation.REFERENCES.incrementAndGet(allocation);
    }
    return part;
  }

  /** The same of plain heap, also when this segment has been released: its bytes are there. */
  MemorySegment plainPart(int offset, int length) {
    assert isPlain() : this;
    return part(offset, length);
  }

  private MemorySegment part(int offset, int length) {
    ByteBuffer part =
        offset == 0 && length == view.capacity()
            ? view
            : view.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN);
    return new MemorySegment(part, allocation, start + offset);
  }

  /** True when nothing happens at release: the garbage collector has the bytes. */
  boolean isPlain() {
    return allocation.releaser == NOTHING;
  }

  /** Bytes, whether released or not. */
  int capacity() {
    return view.capacity();
  }

  /** A fresh read-only buffer over the bytes; valid until release. */
  public ByteBuffer buffer() {
    checkOpen();
    return view.asReadOnlyBuffer();
  }

  /** False where the bytes lie in the heap. */
  public boolean isDirect() {
    return view.isDirect();
  }

  /** The bytes themselves, little-endian, for those who neither move its position nor write. */
  ByteBuffer view() {
    checkOpen();
    return view;
  }

  /** Whoever has just checked these bytes says what their CRC-32C (seed -1) is. */
  public void vouch(int crc) {
    checkOpen();
    allocation.checksums().remember(start, start + view.capacity(), crc);
  }

  /** CRC-32C with a raw seed, remembered for all views of the same bytes. */
  public int crc32c(int seed) {
    checkOpen();
    int length = view.capacity();
    return isSmall()
        ? Crc32c.update(seed, view)
        : allocation.checksums().crc(seed, start, start + length, this::freshCrc);
  }

  /** True when {@link #crc32c} need not read the bytes. */
  public boolean isVouched() {
    return !isSmall()
        && allocation.checksums != null
        && allocation.checksums.knows(start, start + view.capacity());
  }

  /** Reading it is as cheap as remembering its checksum. */
  boolean isSmall() {
    return view.capacity() < ChecksumCache.WORTH_BYTES;
  }

  private int freshCrc() {
    CRC32C crc = new CRC32C();
    crc.update(view.duplicate());
    return Crc32c.seeded(Crc32c.SEED, crc, view.capacity());
  }

  /** The bytes have been changed against the rule: what is remembered of them is void. */
  public void invalidateChecksum() {
    allocation.checksums().forget();
  }

  /**
   * One segment for this and the next, which are released, without a copy; null, with both as they
   * were, when they are not neighbours in one allocation.
   */
  MemorySegment join(MemorySegment next) {
    checkOpen();
    next.checkOpen();
    if (allocation != next.allocation || start + view.capacity() != next.start) {
      return null;
    }
    int length = view.capacity() + next.view.capacity();
    ByteBuffer both = allocation.bytes.slice(start, length).order(ByteOrder.LITTLE_ENDIAN);
    next.release(); // whose reference is one too many now
    released = true;
    return new MemorySegment(both, allocation, start);
  }

  @Override
  public long length() {
    return view.capacity();
  }

  @Override
  public void release() {
    checkOpen();
    released = true;
    if (!isPlain() && Allocation.REFERENCES.decrementAndGet(allocation) < 0) {
      allocation.releaser.run();
    }
  }

  private void checkOpen() {
    if (released) {
      throw new IllegalStateException("segment used after release");
    }
  }

  @Override
  public String toString() {
    return (view.isDirect() ? "direct[" : "heap[") + view.capacity() + "]";
  }
}
