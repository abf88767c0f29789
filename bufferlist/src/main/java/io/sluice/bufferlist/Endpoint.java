package io.sluice.bufferlist;

/**
 * Where bytes are spliced from or to. The descriptor stays the caller's.
 *
 * @param offset of the first byte in a file; -1 for what has no offset
 * @param alignment what an O_DIRECT file asks of offsets, lengths and addresses; 1 otherwise
 */
public record Endpoint(Kind kind, int fd, long offset, int alignment) {
  /** What the kernel does with a splice to or from it differs. */
  public enum Kind {
    SOCKET,
    PIPE,
    FILE,
    DIRECT_FILE
  }

  /** A stream socket; with O_NONBLOCK for {@code advance}, as SPLICE_F_NONBLOCK is not enough. */
  public static Endpoint socket(int fd) {
    return new Endpoint(Kind.SOCKET, fd, -1, 1);
  }

  /** Somebody else's pipe, or a character device. */
  public static Endpoint pipe(int fd) {
    return new Endpoint(Kind.PIPE, fd, -1, 1);
  }

  /** A file through the page cache, from {@code offset} on. Blocks. */
  public static Endpoint file(int fd, long offset) {
    return new Endpoint(Kind.FILE, fd, offset, 1);
  }

  /**
   * A file opened with O_DIRECT. Blocks.
   *
   * @param offset for writing a multiple of {@code alignment}
   * @param alignment see {@link Sys#directIoAlignment}
   */
  public static Endpoint directFile(int fd, long offset, int alignment) {
    if (Integer.bitCount(alignment) != 1 || alignment > DirectBuffers.SMALLEST) {
      throw new IllegalArgumentException("alignment " + alignment);
    }
    return new Endpoint(Kind.DIRECT_FILE, fd, offset, alignment);
  }

  boolean isFile() {
    return offset >= 0;
  }

  @Override
  public String toString() {
    return kind + "[fd " + fd + (isFile() ? " @" + offset + "]" : "]");
  }
}
