package io.sluice.bufferlist;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Throws bytes of a pipe away without touching them: splice to {@code /dev/null} drops the
 * references to the pages. Where that is refused they are read and forgotten.
 *
 * <p><b>Owns</b> one descriptor for the whole process, opened at first use and never closed.
 */
final class Discards {
  private static final AtomicInteger NULL_DEVICE = new AtomicInteger(-1);

  private Discards() {}

  private static int nullDevice() {
    int fd = NULL_DEVICE.get();
    if (fd >= 0) {
      return fd;
    }
    int opened = Linux.instance().open("/dev/null", Sys.O_WRONLY | Sys.O_CLOEXEC, 0);
    if (opened >= 0 && !NULL_DEVICE.compareAndSet(-1, opened)) {
      Linux.instance().close(opened);
    }
    return NULL_DEVICE.get();
  }

  /** Consumes up to {@code count} bytes of the segment; returns how many, or -errno. */
  static long from(Sys sys, PipeSegment segment, long count) {
    int fd = segment.lease().readEnd();
    int nowhere = nullDevice();
    long gone =
        nowhere < 0
            ? nowhere
            : sys.splice(fd, -1, nowhere, -1, count, Sys.SPLICE_F_MOVE | Sys.SPLICE_F_NONBLOCK);
    if (gone < 0) {
      TransferBuffer transfer = TransferBuffer.get();
      gone = sys.read(fd, transfer.address(), Math.min(count, TransferBuffer.BYTES));
    }
    if (gone > 0) {
      segment.consumed(gone);
    }
    return gone;
  }
}
