package io.sluice.bufferlist;

import java.io.IOException;

/** A move of bytes that cannot go on, with why and how far it came; nothing is lost by it. */
public final class MoveException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What a caller can do about it differs. */
  public enum Kind {
    /** The peer closed or reset: the connection is over. */
    PEER_GONE,
    /** The disk, quota or file size limit is reached. */
    NO_SPACE,
    /** The device failed: fail-stop. */
    DEVICE,
    /** Not a descriptor that can do this, or a bad offset: the caller's mistake. */
    BAD_ENDPOINT,
    /** Fewer bytes were in a pipe or file than were counted into it. */
    LOST,
    /** Anything else the kernel may say. */
    OTHER
  }

  private final Kind kind;
  private final int errno;
  private final long moved;
  private final long remaining;

  MoveException(Sys sys, String call, int errno, long moved, long remaining) {
    super(
        call
            + ": "
            + (errno == 0 ? "ended early" : sys.describe(errno) + " (errno " + errno + ")")
            + " after "
            + moved
            + " bytes, "
            + remaining
            + " to go");
    this.kind = kindOf(errno);
    this.errno = errno;
    this.moved = moved;
    this.remaining = remaining;
  }

  private static Kind kindOf(int errno) {
    return switch (errno) {
      case 0, Sys.EAGAIN -> Kind.LOST;
      case Sys.EPIPE, Sys.ECONNRESET -> Kind.PEER_GONE;
      case Sys.ENOSPC, Sys.EDQUOT, Sys.EFBIG -> Kind.NO_SPACE;
      case Sys.EIO -> Kind.DEVICE;
      case Sys.EBADF, Sys.EINVAL, Sys.ESPIPE -> Kind.BAD_ENDPOINT;
      default -> Kind.OTHER;
    };
  }

  /** What the caller can do about it. */
  public Kind kind() {
    return kind;
  }

  /** Positive; 0 when a call moved nothing though it should have. */
  public int errno() {
    return errno;
  }

  /** Bytes that had moved before. */
  public long moved() {
    return moved;
  }

  /** Bytes that had not moved. */
  public long remaining() {
    return remaining;
  }
}
