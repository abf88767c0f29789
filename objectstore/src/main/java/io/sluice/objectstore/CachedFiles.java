package io.sluice.objectstore;

import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The data files of a {@link DataFiles} through the page cache. Nothing is ever written here: what
 * was written with O_DIRECT comes in when it is read.
 *
 * <p>Opened twice. Middling reads go where the kernel reads ahead as it does for anybody. Large
 * ones know all of their blocks beforehand, say so ({@link #expect}) and have nothing read ahead:
 * what a host's {@code read_ahead_kb} is (128 or 8192) decides neither how deep the disk's queue is
 * nor how much is read that nobody wants.
 *
 * <p><b>Threads:</b> any; calls may wait for the disk, but {@link #readNow}. <b>Owns</b> its
 * descriptors, unless it borrows those of the data files.
 */
final class CachedFiles implements AutoCloseable {
  /**
   * Asked for with one call. The kernel cuts a call to what the disk takes at once, a megabyte or
   * more by default; what it cuts away is read when it is needed.
   */
  private static final long EXPECTED_BYTES = PipePool.PIPE_BYTES;

  private final Sys sys;
  private final Superblock layout;
  private final int[] ahead;
  private final int[] exact;
  private final boolean owns;

  private CachedFiles(Sys sys, Superblock layout, int[] ahead, int[] exact, boolean owns) {
    this.sys = sys;
    this.layout = layout;
    this.ahead = ahead;
    this.exact = exact;
    this.owns = owns;
  }

  static CachedFiles open(Sys sys, Path dir, Superblock layout) throws IOException {
    int[] ahead = DataFiles.open(sys, dir, layout, Sys.O_RDONLY);
    try {
      int[] exact = DataFiles.open(sys, dir, layout, Sys.O_RDONLY);
      for (int fd : exact) {
        sys.fadvise(fd, 0, 0, Sys.POSIX_FADV_RANDOM); // advice: it works without
      }
      return new CachedFiles(sys, layout, ahead, exact, true);
    } catch (IOException e) {
      DataFiles.close(sys, ahead, ahead.length);
      throw e;
    }
  }

  /** Where the data files themselves are read: buffered ones, or without any page cache. */
  static CachedFiles borrowing(Sys sys, Superblock layout, int[] fds) {
    return new CachedFiles(sys, layout, fds, fds, false);
  }

  boolean ownsFiles() {
    return owns;
  }

  private static int descriptor(int[] fds, Superblock layout, long disk) {
    return fds[(int) (disk / layout.fileBytes())];
  }

  private long offset(long disk) {
    return disk % layout.fileBytes();
  }

  /**
   * Reads all of it if the page cache holds it; otherwise false, and the disk may be on its way.
   */
  boolean readNow(long address, long count, long disk) {
    return sys.preadNow(descriptor(ahead, layout, disk), address, count, offset(disk)) == count;
  }

  /** A read for an {@link IoQueue}, whose blocks the page cache keeps for the next one. */
  IoQueue.Transfer read(boolean gathers, long disk, IoQueue.Memory memory, IoQueue.Done done) {
    int fd = descriptor(ahead, layout, disk);
    return new IoQueue.Transfer(IoQueue.Kind.READ, gathers, fd, offset(disk), memory, done);
  }

  /** What {@link #spliceOut} will ask for: the disk may begin. Only advice, so it cannot fail. */
  void expect(long disk, long count) {
    if (!owns) {
      return;
    }
    int fd = descriptor(exact, layout, disk);
    for (long done = 0; done < count; done += EXPECTED_BYTES) {
      long part = Math.min(EXPECTED_BYTES, count - done);
      sys.fadvise(fd, offset(disk) + done, part, Sys.POSIX_FADV_WILLNEED);
    }
  }

  /**
   * Moves blocks into an empty-enough pipe; returns how many bytes, or -errno. What is read again
   * comes from memory.
   *
   * <p>The pipe, and the socket after it, hold the cache's own pages. Nothing ever writes to these:
   * a later O_DIRECT write to the blocks drops the pages from the cache and leaves their contents
   * to whoever holds them, so blocks need to be kept only until they are in the pipe.
   */
  long spliceOut(long disk, int pipe, long count) {
    int fd = descriptor(exact, layout, disk);
    int flags = Sys.SPLICE_F_MOVE | Sys.SPLICE_F_NONBLOCK;
    long moved;
    do {
      moved = sys.splice(fd, offset(disk), pipe, -1, count, flags);
    } while (moved == -Sys.EINTR);
    return moved;
  }

  @Override
  public void close() {
    if (owns) {
      DataFiles.close(sys, ahead, ahead.length);
      DataFiles.close(sys, exact, exact.length);
    }
  }
}
