package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bytes in a file or memfd, {@code [offset, offset+length)}, sent by sendfile or splice without
 * passing through user memory. The bytes must stay unchanged until whoever was sent them has
 * answered.
 *
 * <p><b>Owns</b> one reference to the descriptor; the last one to go runs the releaser.
 */
public final class FileSegment implements Segment {
  private static final Runnable NOTHING = () -> {};

  /** What all segments that share a descriptor share. */
  private record Lease(Runnable releaser, Runnable settler, AtomicInteger references) {
    Lease(Runnable releaser, Runnable settler) {
      this(releaser, settler, new AtomicInteger(1));
    }
  }

  private final int fd;
  private final ByteBuffer mapping;
  private final long offset;
  private final long length;
  private final Lease lease;
  private boolean released;

  private FileSegment(int fd, ByteBuffer mapping, long offset, long length, Lease lease) {
    this.fd = fd;
    this.mapping = mapping;
    this.offset = offset;
    this.length = length;
    this.lease = lease;
  }

  /** A range of an open file, {@code releaser} run when its last sharer lets go. */
  public static FileSegment of(int fd, long offset, long length, Runnable releaser) {
    return new FileSegment(fd, null, offset, length, new Lease(releaser, NOTHING));
  }

  /**
   * The same of a file that is mapped: whoever must look reads the mapping.
   *
   * @param mapping of the whole file, from its first byte; valid until the releaser has run
   */
  public static FileSegment mapped(
      int fd, ByteBuffer mapping, long offset, long length, Runnable releaser) {
    return mapped(new Range(fd, mapping, offset, length), releaser, NOTHING);
  }

  /** A range of a mapped file. */
  record Range(int fd, ByteBuffer mapping, long offset, long length) {}

  /**
   * @param settler what {@link #settle} does
   */
  static FileSegment mapped(Range of, Runnable releaser, Runnable settler) {
    long offset = of.offset();
    long length = of.length();
    ByteBuffer mapping = of.mapping();
    if (offset < 0 || length < 0 || offset > mapping.capacity() - length) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + mapping.capacity());
    }
    return new FileSegment(of.fd(), mapping, offset, length, new Lease(releaser, settler));
  }

  /** Another owner's segment of {@code [from, from+count)}. */
  public FileSegment share(long from, long count) {
    checkOpen();
    if (from < 0 || count < 0 || from > length - count) {
      throw new IndexOutOfBoundsException(from + "+" + count + " of " + length);
    }
    lease.references().incrementAndGet();
    return new FileSegment(fd, mapping, offset + from, count, lease);
  }

  /** One range for this and the next, which are released; null when they are not neighbours. */
  FileSegment join(FileSegment next) {
    checkOpen();
    next.checkOpen();
    if (lease != next.lease || offset + length != next.offset) {
      return null;
    }
    next.release(); // whose reference is one too many now
    released = true;
    return new FileSegment(fd, mapping, offset, length + next.length, lease);
  }

  /**
   * Everybody who was sent these bytes, from this segment or from one that shares with it, has
   * answered, without reset, timeout or cancel in between: what they lie in may be filled again in
   * place.
   */
  public void settle() {
    checkOpen();
    lease.settler().run();
  }

  /** Of the file; stays the lease's to close. */
  public int fd() {
    checkOpen();
    return fd;
  }

  /** Where the bytes begin in the file. */
  public long offset() {
    return offset;
  }

  /** A fresh read-only view of the bytes, valid until release; null when the file is not mapped. */
  public ByteBuffer mapped() {
    checkOpen();
    return mapping == null ? null : mapping.slice((int) offset, (int) length).asReadOnlyBuffer();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void release() {
    checkOpen();
    released = true;
    if (lease.references().decrementAndGet() == 0) {
      lease.releaser().run();
    }
  }

  private void checkOpen() {
    if (released) {
      throw new IllegalStateException("segment used after release");
    }
  }

  @Override
  public String toString() {
    return "file[fd " + fd + " @" + offset + "+" + length + "]";
  }
}
