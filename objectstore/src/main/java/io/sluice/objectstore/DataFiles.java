package io.sluice.objectstore;

import io.sluice.bufferlist.Resources;
import io.sluice.bufferlist.Sys;
import io.sluice.bufferlist.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The data files as one space of bytes: file {@code n} holds {@code [n*fileBytes,
 * (n+1)*fileBytes)}.
 *
 * <p>Preallocated: their size is set once, and blocks are given by the file system 64 MiB ahead of
 * use, so that writes do not run into a full disk and a flush has little to journal.
 *
 * <p><b>Invariants:</b> written with O_DIRECT unless the superblock says buffered, so that their
 * page cache is read-only; addresses, offsets and lengths of direct calls are multiples of {@link
 * #alignment}; no call crosses a file's end (extents do not).
 *
 * <p><b>Threads:</b> any; calls block on the disk. <b>Owns</b> the descriptors.
 */
final class DataFiles implements AutoCloseable {
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;
  private static final int EOPNOTSUPP = 95;

  /** {@code direct} = reads pass the page cache by, for comparison. */
  private static final String READS_PROPERTY = "sluice.store.reads";

  /** Taken from the file system at a time: few calls, little lost on a small disk. */
  private static final long PROVISION_BYTES = 64 << 20;

  private final Sys sys;
  private final Path dir;
  private final Superblock layout;
  private final int[] fds;

  private final CachedFiles pages;

  private final AtomicIntegerArray dirty;
  private final AtomicLongArray provisionedEnd;
  private final AtomicLong blobsWritten = new AtomicLong();
  private final Object flushing = new Object();
  private volatile long blobsFlushed;
  private boolean flushFailed;

  private DataFiles(Sys sys, Path dir, Superblock layout, int[] fds, CachedFiles pages) {
    this.sys = sys;
    this.dir = dir;
    this.layout = layout;
    this.fds = fds;
    this.pages = pages;
    this.dirty = new AtomicIntegerArray(fds.length);
    this.provisionedEnd = new AtomicLongArray(fds.length);
    for (int i = 0; i < fds.length; i++) {
      provisionedEnd.set(i, i * layout.fileBytes());
    }
  }

  static DataFiles open(Sys sys, Path dir, Superblock layout) throws IOException {
    int[] fds = open(sys, dir, layout, Sys.O_RDWR | (layout.direct() ? Sys.O_DIRECT : 0));
    if (!layout.direct() || "direct".equals(System.getProperty(READS_PROPERTY))) {
      return new DataFiles(sys, dir, layout, fds, CachedFiles.borrowing(sys, layout, fds));
    }
    try {
      return new DataFiles(sys, dir, layout, fds, CachedFiles.open(sys, dir, layout));
    } catch (IOException e) {
      close(sys, fds, fds.length);
      throw e;
    }
  }

  /** All files of the space, in their order; none when one cannot be opened. */
  static int[] open(Sys sys, Path dir, Superblock layout, int flags) throws IOException {
    int[] fds =
        new int[(int) ((layout.totalBytes() + layout.fileBytes() - 1) / layout.fileBytes())];
    for (int i = 0; i < fds.length; i++) {
      int fd = sys.open(path(dir, i).toString(), flags | Sys.O_CLOEXEC, 0);
      if (fd < 0) {
        close(sys, fds, i);
        throw new SystemCallException(sys, "open " + path(dir, i), -fd);
      }
      fds[i] = fd;
      Resources.opened(Resources.Kind.FD);
    }
    return fds;
  }

  static Path path(Path dir, int file) {
    return dir.resolve("data." + file);
  }

  boolean direct() {
    return layout.direct();
  }

  /** Bytes that addresses, offsets and lengths must be multiples of; 1 in buffered mode. */
  int alignment() {
    return layout.alignment();
  }

  /** Where an address of the space is, for messages. */
  String where(long disk) {
    return path(dir, fileOf(disk)) + " at " + disk % layout.fileBytes();
  }

  private int fileOf(long disk) {
    return (int) (disk / layout.fileBytes());
  }

  /** At mount: the file system has given everything below {@code extent}'s end before. */
  void provisioned(DiskExtent extent) {
    provisionedEnd.accumulateAndGet(fileOf(extent.start()), extent.end(), Math::max);
  }

  /** Bytes of the data files that the file system has given. */
  long provisionedBytes() {
    long bytes = 0;
    for (int i = 0; i < fds.length; i++) {
      bytes += provisionedEnd.get(i) - i * layout.fileBytes();
    }
    return bytes;
  }

  /**
   * Makes sure that writes to {@code extent} find room on the file system; usually without a system
   * call.
   *
   * @return false when it is full
   */
  boolean provision(DiskExtent extent) throws IOException {
    int file = fileOf(extent.start());
    if (!layout.direct()) {
      return allocate(file, extent.start(), extent.end()); // what was freed was punched
    }
    return extent.end() <= provisionedEnd.get(file) || provisionUpTo(file, extent.end());
  }

  private synchronized boolean provisionUpTo(int file, long needed) throws IOException {
    long begin = provisionedEnd.get(file);
    if (needed <= begin) {
      return true;
    }
    long fileEnd = Math.min((file + 1) * layout.fileBytes(), layout.totalBytes());
    long ahead = Math.min(fileEnd, (needed / PROVISION_BYTES + 1) * PROVISION_BYTES);
    long end = allocate(file, begin, ahead) ? ahead : needed;
    if (end != ahead && !allocate(file, begin, end)) {
      return false;
    }
    provisionedEnd.set(file, end);
    return true;
  }

  /** True when what lies behind {@code extent} should be asked for, before somebody needs it. */
  boolean runsShort(DiskExtent extent) {
    int file = fileOf(extent.start());
    long fileEnd = Math.min((file + 1) * layout.fileBytes(), layout.totalBytes());
    long end = provisionedEnd.get(file);
    return layout.direct() && end < fileEnd && extent.end() > end - PROVISION_BYTES / 2;
  }

  /**
   * Asks the file system for the next blocks behind {@code extent}. Blocks; a full one is found out
   * later.
   */
  void provisionAhead(DiskExtent extent) throws IOException {
    int file = fileOf(extent.start());
    if (runsShort(extent)) {
      provisionUpTo(file, provisionedEnd.get(file) + DiskExtent.BLOCK);
    }
  }

  private boolean allocate(int file, long begin, long end) throws IOException {
    int status = sys.fallocate(fds[file], 0, begin % layout.fileBytes(), end - begin);
    if (status == -Sys.ENOSPC) {
      return false;
    }
    if (status < 0 && status != -EOPNOTSUPP) {
      throw new SystemCallException(sys, "fallocate " + path(dir, file), -status);
    }
    return true;
  }

  /**
   * In buffered mode an extent's pages may still be on their way to a socket: a reused one gets new
   * pages.
   */
  void freed(DiskExtent extent) throws IOException {
    if (layout.direct()) {
      return;
    }
    int file = fileOf(extent.start());
    long offset = extent.start() % layout.fileBytes();
    int status =
        sys.fallocate(
            fds[file], FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, extent.length());
    if (status < 0 && status != -EOPNOTSUPP) {
      throw new SystemCallException(sys, "punching " + where(extent.start()), -status);
    }
  }

  /** Writes all of it. */
  void write(long address, long count, long disk) throws IOException {
    int fd = fds[fileOf(disk)];
    for (long done = 0; done < count; ) {
      long offset = (disk + done) % layout.fileBytes();
      done += wrote(sys.pwrite(fd, address + done, count - done, offset), disk + done);
    }
  }

  /**
   * Writes a gathering of memory; a short count is possible.
   *
   * @param iov address of {@code count} struct iovec
   * @return bytes written; 0 = interrupted, try again
   */
  long writev(long iov, int count, long disk) throws IOException {
    return wrote(sys.pwritev(fds[fileOf(disk)], iov, count, disk % layout.fileBytes()), disk);
  }

  /** The same files through the page cache. */
  CachedFiles pages() {
    return pages;
  }

  /** True when reads through the page cache are meant to be. */
  boolean hasPages() {
    return pages.ownsFiles() || !layout.direct();
  }

  /** A transfer that passes the page cache by. */
  IoQueue.Transfer transfer(
      IoQueue.Kind kind, boolean gathers, long disk, IoQueue.Memory memory, IoQueue.Done done) {
    long offset = disk % layout.fileBytes();
    return new IoQueue.Transfer(kind, gathers, fds[fileOf(disk)], offset, memory, done);
  }

  boolean sameFile(long disk, long otherDisk) {
    return fileOf(disk) == fileOf(otherDisk);
  }

  /** A transfer wrote there: the next flush is for that file too. */
  void wrote(long disk) {
    dirty.set(fileOf(disk), 1);
  }

  private long wrote(long result, long disk) throws IOException {
    if (result == -Sys.EINTR) {
      return 0;
    }
    if (result <= 0) {
      throw new SystemCallException(
          sys, "write to " + where(disk), result == 0 ? Sys.EIO : (int) -result);
    }
    wrote(disk);
    return result;
  }

  /** Moves bytes from the head of a pipe; returns how many, or -errno with nothing moved. */
  long splice(int pipe, long disk, long count) {
    int file = fileOf(disk);
    long moved;
    do {
      moved = sys.splice(pipe, -1, fds[file], disk % layout.fileBytes(), count, Sys.SPLICE_F_MOVE);
    } while (moved == -Sys.EINTR);
    if (moved > 0) {
      dirty.set(file, 1);
    }
    return moved;
  }

  /** Reads all of it. */
  void read(long address, long count, long disk) throws IOException {
    int fd = fds[fileOf(disk)];
    for (long done = 0; done < count; ) {
      long got = sys.pread(fd, address + done, count - done, (disk + done) % layout.fileBytes());
      if (got == -Sys.EINTR) {
        continue;
      }
      if (got <= 0) {
        throw new SystemCallException(
            sys, "read of " + where(disk + done), got == 0 ? Sys.EIO : (int) -got);
      }
      done += got;
    }
  }

  /** A blob's last byte was written: its number, for {@link #isFlushed}. */
  long blobWritten() {
    return blobsWritten.incrementAndGet();
  }

  /** True when a flush began after that blob was written, and ended. */
  boolean isFlushed(long blobNumber) {
    return blobNumber <= blobsFlushed;
  }

  /** True when a blob was written that no flush has covered yet. */
  boolean hasUnflushed() {
    return blobsWritten.get() > blobsFlushed;
  }

  /**
   * Makes durable what was written before the call; one at a time, since who finds no file dirty
   * must not return before the flush that made it clean. Never to be retried when it fails.
   *
   * @param blobNumber of the last blob that must be flushed: false, and nothing is done, when
   *     another call has seen to that in the meantime
   */
  boolean flush(long blobNumber) throws IOException {
    if (isFlushed(blobNumber)) {
      return false;
    }
    synchronized (flushing) {
      if (isFlushed(blobNumber)) {
        return false;
      }
      if (flushFailed) { // and left no file dirty
        throw new IOException("an earlier flush of the data files failed");
      }
      flushFailed = true;
      long covered = blobsWritten.get();
      for (int file = 0; file < fds.length; file++) {
        if (dirty.getAndSet(file, 0) != 0) {
          SystemCallException.check(sys, "fdatasync " + path(dir, file), sys.fdatasync(fds[file]));
        }
      }
      flushFailed = false;
      blobsFlushed = covered;
      return true;
    }
  }

  /** Flushes what was written so far, if anything. */
  boolean flush() throws IOException {
    return flush(blobsWritten.get());
  }

  @Override
  public void close() {
    close(sys, fds, fds.length);
    pages.close();
  }

  /** Closes the first {@code count} of them. */
  static void close(Sys sys, int[] fds, int count) {
    for (int i = 0; i < count; i++) {
      sys.close(fds[i]);
      Resources.closed(Resources.Kind.FD);
    }
  }
}
