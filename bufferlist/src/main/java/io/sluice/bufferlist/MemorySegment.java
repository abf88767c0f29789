package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bytes in heap or direct memory: a view of a shared, reference-counted allocation.
 *
 * <p><b>Owns</b> one reference; the last one to go runs the releaser (return to a pool, unmap).
 */
public final class MemorySegment implements Segment {
  private static final Runnable NOTHING = () -> {};

  private final ByteBuffer view;
  private final Runnable releaser;
  private final AtomicInteger references;
  private boolean released;

  private MemorySegment(ByteBuffer view, Runnable releaser, AtomicInteger references) {
    this.view = view;
    this.releaser = releaser;
    this.references = references;
  }

  /** Takes the remaining bytes of {@code buffer}, which the caller must not change any more. */
  public static MemorySegment wrap(ByteBuffer buffer) {
    return wrap(buffer, NOTHING);
  }

  /** The same, with what to do when the last view is released. */
  public static MemorySegment wrap(ByteBuffer buffer, Runnable releaser) {
    return new MemorySegment(buffer.slice(), releaser, new AtomicInteger(1));
  }

  /** Another owner's view of {@code [offset, offset+length)}. */
  public MemorySegment share(int offset, int length) {
    checkOpen();
    references.incrementAndGet();
    return new MemorySegment(view.slice(offset, length), releaser, references);
  }

  /** A fresh read-only buffer over the bytes; valid until release. */
  public ByteBuffer buffer() {
    checkOpen();
    return view.asReadOnlyBuffer();
  }

  @Override
  public long length() {
    return view.capacity();
  }

  @Override
  public void release() {
    checkOpen();
    released = true;
    if (references.decrementAndGet() == 0) {
      releaser.run();
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
