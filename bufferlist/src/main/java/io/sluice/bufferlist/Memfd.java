package io.sluice.bufferlist;

import io.sluice.bufferlist.Resources.Kind;
import java.nio.ByteBuffer;

/**
 * A memory file of fixed size, mapped for reading and writing, all its pages allocated (a page that
 * cannot be had is an error here and now, not a SIGBUS later).
 *
 * <p><b>Owns</b> descriptor and mapping.
 */
final class Memfd implements AutoCloseable {
  private static final int MFD_CLOEXEC = 1;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;

  private final Sys sys;
  private final int fd;
  private final int length;
  private final Mapping mapping;
  private boolean closed;

  private Memfd(Sys sys, int fd, int length, Mapping mapping) {
    this.sys = sys;
    this.fd = fd;
    this.length = length;
    this.mapping = mapping;
  }

  static Memfd open(Sys sys, String name, int length) throws SystemCallException {
    int fd =
        (int) SystemCallException.check(sys, "memfd_create", sys.memfdCreate(name, MFD_CLOEXEC));
    Resources.opened(Kind.MEMFD);
    try {
      SystemCallException.check(sys, "fallocate of a memfd", sys.fallocate(fd, 0, 0, length));
      return new Memfd(sys, fd, length, Mapping.of(sys, fd, length, Mapping.PROT_READ_WRITE));
    } catch (SystemCallException e) {
      sys.close(fd);
      Resources.closed(Kind.MEMFD);
      throw e;
    }
  }

  int fd() {
    return fd;
  }

  int length() {
    return length;
  }

  ByteBuffer buffer() {
    return mapping.buffer();
  }

  long address() {
    return mapping.address();
  }

  /** Lets go of the pages, which whoever was sent them keeps, and takes fresh ones. */
  void renewPages() throws SystemCallException {
    int punched = sys.fallocate(fd, PUNCH_HOLE | KEEP_SIZE, 0, length);
    SystemCallException.check(sys, "punching a memfd", punched);
    SystemCallException.check(sys, "fallocate of a memfd", sys.fallocate(fd, 0, 0, length));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    int status = sys.close(fd);
    Resources.closed(Kind.MEMFD);
    mapping.close();
    if (status < 0) {
      throw new IllegalStateException("close of a memfd: " + sys.describe(-status));
    }
  }
}
