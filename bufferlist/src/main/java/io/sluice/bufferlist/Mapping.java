package io.sluice.bufferlist;

import com.sun.jna.Pointer;
import io.sluice.bufferlist.Resources.Kind;
import java.nio.ByteBuffer;

/**
 * Memory mapped from a memfd.
 *
 * <p><b>Owns</b> the mapping: nothing may touch a buffer over it after {@link #close}; the
 * descriptor may be closed before.
 */
final class Mapping implements AutoCloseable {
  static final int PROT_READ = 1;
  static final int PROT_READ_WRITE = 3;

  private static final int MAP_SHARED = 1;

  private final Sys sys;
  private final long address;
  private final int length;
  private final ByteBuffer buffer;
  private boolean closed;

  private Mapping(Sys sys, long address, int length) {
    this.sys = sys;
    this.address = address;
    this.length = length;
    this.buffer = new Pointer(address).getByteBuffer(0, length);
  }

  static Mapping of(Sys sys, int fd, int length, int protection) throws SystemCallException {
    long address =
        SystemCallException.check(sys, "mmap", sys.mmap(length, protection, MAP_SHARED, fd, 0));
    Resources.opened(Kind.MAPPING);
    return new Mapping(sys, address, length);
  }

  long address() {
    checkOpen();
    return address;
  }

  /** The one buffer over the whole mapping: duplicate it before moving its position. */
  ByteBuffer buffer() {
    checkOpen();
    return buffer;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Resources.closed(Kind.MAPPING);
    int status = sys.munmap(address, length);
    if (status < 0) {
      throw new IllegalStateException("munmap: " + sys.describe(-status));
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("mapping used after close");
    }
  }
}
