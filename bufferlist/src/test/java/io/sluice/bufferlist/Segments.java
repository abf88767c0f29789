package io.sluice.bufferlist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Makes segments of every kind out of given bytes.
 *
 * <p><b>Owns</b> its pools: {@link #close} says that everything came back.
 */
final class Segments implements AutoCloseable {
  enum Kind {
    HEAP,
    DIRECT,
    MEMFD_SLOT,
    FILE_RANGE,
    MAPPED,
    PIPE
  }

  private static final int SLOT_BYTES = 65_536;
  private static final int SLOT_OFFSET = 7;

  private final PipePool pool;
  private final CopyMeter meter = new CopyMeter();
  private final MemfdPool memfds = new MemfdPool(Linux.instance(), meter, SLOT_BYTES, 8);
  private final DirectBuffers buffers = new DirectBuffers(8 << 20);

  /**
   * @param pool of the pipes; stays the caller's
   */
  Segments(PipePool pool) {
    this.pool = pool;
  }

  DirectBuffers buffers() {
    return buffers;
  }

  /** Null when there is no more of that kind; the bytes fit a slot. */
  Segment tryMake(Kind kind, byte[] bytes) {
    return switch (kind) {
      case HEAP -> MemorySegment.wrap(ByteBuffer.wrap(bytes));
      case DIRECT -> direct(bytes);
      case MEMFD_SLOT -> slot(bytes);
      case FILE_RANGE -> file(bytes);
      case MAPPED -> mapped(bytes);
      case PIPE -> {
        Pipe[] pipe = pool.tryAcquire(1);
        yield pipe == null ? null : Pipes.filled(pipe[0], bytes);
      }
    };
  }

  private Segment direct(byte[] bytes) {
    DirectBuffer lease = buffers.tryAcquire(bytes.length);
    if (lease == null) {
      return null;
    }
    lease.buffer().put(0, bytes);
    return lease.claimSegment(0, bytes.length);
  }

  private Segment slot(byte[] bytes) {
    MemfdBuffer slot = memfds.tryAcquire();
    if (slot == null) {
      return null;
    }
    slot.buffer().position(SLOT_OFFSET).put(bytes);
    Segment segment = slot.segment(SLOT_OFFSET, bytes.length);
    slot.release();
    return segment;
  }

  private static Segment file(byte[] bytes) {
    int fd = Medium.unnamed(0);
    ByteBuffer direct = ByteBuffer.allocateDirect(Math.max(1, bytes.length)).put(bytes);
    long wrote =
        Linux.instance().pwrite(fd, DirectBuffers.addressOf(direct), bytes.length, SLOT_OFFSET);
    if (wrote != bytes.length) {
      throw new IllegalStateException("pwrite of " + bytes.length + ": " + wrote);
    }
    return FileSegment.of(fd, SLOT_OFFSET, bytes.length, () -> Linux.instance().close(fd));
  }

  private static Segment mapped(byte[] bytes) {
    try {
      Memfd memfd = Memfd.open(Linux.instance(), "mapped", Math.max(1, bytes.length));
      memfd.buffer().put(0, bytes);
      return MemorySegment.wrap(memfd.buffer().slice(0, bytes.length), memfd::close);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    long leased = buffers.leasedBytes() + memfds.inUse();
    buffers.close();
    memfds.close();
    if (leased != 0) {
      throw new AssertionError(leased + " of direct memory or slots did not come back");
    }
  }
}
