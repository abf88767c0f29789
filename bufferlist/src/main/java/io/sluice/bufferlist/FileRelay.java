package io.sluice.bufferlist;

/** Moves a piece of one file to another, through a spare pipe, or memory when there is none. */
final class FileRelay {
  private final PipePool pool;
  private final Sys sys;
  private final CopyMeter meter;

  FileRelay(PipePool pool, CopyMeter meter) {
    this.pool = pool;
    this.sys = pool.sys();
    this.meter = meter;
  }

  /** Bytes moved, 0 = the file ends early, or -errno. */
  long move(FileSegment file, long skip, int to, long position) {
    Pipe[] spare = pool.tryAcquire(1, meter);
    long wanted = file.length() - skip;
    if (spare != null) {
      PipeSegment pipe = fill(spare[0], file, skip, wanted);
      if (pipe != null) {
        try {
          long moved = sys.splice(pipe.pipe().readEnd(), -1, to, position, pipe.length(), 0);
          pipe.consumed(Math.max(0, moved));
          if (moved != -Sys.EINVAL) {
            return moved;
          }
        } finally {
          pipe.release();
        }
      }
    }
    return copy(file, skip, to, position);
  }

  /** The head of the range in a pipe; null when it cannot be spliced. */
  PipeSegment fill(Pipe pipe, FileSegment file, long skip, long wanted) {
    int flags = Sys.SPLICE_F_MOVE | Sys.SPLICE_F_NONBLOCK;
    long count = sys.splice(file.fd(), file.offset() + skip, pipe.writeEnd(), -1, wanted, flags);
    if (count <= 0) {
      pipe.discard();
      return null;
    }
    return new PipeSegment(pipe, count);
  }

  private long copy(FileSegment file, long skip, int to, long position) {
    TransferBuffer transfer = TransferBuffer.get();
    long room = Math.min(TransferBuffer.BYTES, file.length() - skip);
    long count = sys.pread(file.fd(), transfer.address(), room, file.offset() + skip);
    return count <= 0 ? count : sys.pwrite(to, transfer.address(), count, position);
  }

  /**
   * Bytes of a pipe to a file that splice refuses: what was read out and not written goes on until
   * it is written, or an error, which loses it.
   */
  long copy(PipeSegment pipe, int to, long position) {
    TransferBuffer transfer = TransferBuffer.get();
    long room = Math.min(TransferBuffer.BYTES, pipe.length());
    // Look at the bytes first: they leave the pipe only when they are in the file.
    java.nio.ByteBuffer bytes = pipe.map(Inspection.UNALIGNED_WRITE);
    if (bytes == null) {
      return -Sys.EINVAL;
    }
    transfer.first((int) room).put(bytes.slice(0, (int) room));
    long written = sys.pwrite(to, transfer.address(), room, position);
    for (long gone = 0; gone < written; ) {
      long more = Discards.from(sys, pipe, written - gone);
      if (more <= 0) {
        return -Sys.EIO;
      }
      gone += more;
    }
    return written;
  }
}
