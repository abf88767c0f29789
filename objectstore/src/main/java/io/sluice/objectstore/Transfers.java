package io.sluice.objectstore;

import io.sluice.bufferlist.DirectBuffer;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Sys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs of memory and the blocks of the data files that they belong to, moved together with as few
 * calls as the kernel allows: runs that are neighbours on disk share one, up to IOV_MAX of them.
 *
 * <p><b>Threads:</b> one owner until {@link #submit}; then the queue's, which tells the listener
 * once, when all of it is done. <b>Owns</b> the memory of its iovecs.
 */
final class Transfers {
  /** IOV_MAX. */
  private static final int IOVECS_MAX = 1024;

  private static final int IOVEC_BYTES = 16;

  private record Run(long disk, long address, int length) {}

  /** Told when everything has moved, or something has not: short, refused or failed. */
  interface Listener {
    /**
     * @param whole true when every byte moved
     * @param failure of the first call that failed: {@code -errno}, or 0 when it came short, which
     *     an interrupted one did
     */
    void ended(boolean whole, long failure);
  }

  private final IoQueue.Kind kind;
  private final DataFiles files;
  private final DirectBuffers buffers;
  private final List<Run> runs = new ArrayList<>();
  private final AtomicInteger pending = new AtomicInteger(1);
  private final AtomicBoolean broken = new AtomicBoolean();
  private volatile long failure;
  private boolean throughPages;
  private DirectBuffer iovecs;
  private Listener listener;

  /**
   * @param buffers where the memory for iovecs comes from; when there is none, each run is a call
   */
  Transfers(IoQueue.Kind kind, DataFiles files, DirectBuffers buffers) {
    this.kind = kind;
    this.files = files;
    this.buffers = buffers;
  }

  /** A read whose blocks the page cache keeps. */
  Transfers throughPages() {
    throughPages = true;
    return this;
  }

  /** Memory for {@code [from, from+length)} of a blob, whose blocks may lie in several places. */
  void add(ExtentCursor where, long from, long address, int length) {
    for (int done = 0; done < length; ) {
      int part = (int) Math.min(length - done, where.contiguous(from + done));
      runs.add(new Run(where.disk(from + done), address + done, part));
      done += part;
    }
  }

  /** Gives all of it to the queue; returns how many calls that takes. */
  int submit(IoQueue queue, Listener told) {
    listener = told;
    if (runs.size() > 1) {
      runs.sort(Comparator.comparingLong(Run::disk));
      join();
    }
    iovecs = runs.size() > 1 ? iovecs(Math.min(runs.size(), 1 << 16)) : null;
    ByteBuffer entries = iovecs == null ? null : iovecs.buffer().order(ByteOrder.nativeOrder());
    int calls = 0;
    for (int first = 0; first < runs.size(); calls++) {
      int count = entries == null ? 1 : neighbours(first);
      submit(queue, first, count, entries);
      first += count;
    }
    ended();
    return calls;
  }

  /** Runs that are neighbours on disk and in memory become one. */
  private void join() {
    int last = 0;
    for (int i = 1; i < runs.size(); i++) {
      Run before = runs.get(last);
      Run next = runs.get(i);
      long length = (long) before.length() + next.length();
      if (before.disk() + before.length() == next.disk()
          && before.address() + before.length() == next.address()
          && files.sameFile(before.disk(), next.disk())
          && length <= Integer.MAX_VALUE) {
        runs.set(last, new Run(before.disk(), before.address(), (int) length));
      } else {
        last++;
        runs.set(last, next);
      }
    }
    runs.subList(last + 1, runs.size()).clear();
  }

  private DirectBuffer iovecs(int count) {
    try {
      return buffers.tryAcquire(count * IOVEC_BYTES);
    } catch (OutOfMemoryError e) {
      return null;
    }
  }

  /** How many runs from there on lie one behind the other. */
  private int neighbours(int first) {
    int count = 1;
    while (first + count < runs.size() && count < IOVECS_MAX && first + count < 1 << 16) {
      Run last = runs.get(first + count - 1);
      Run next = runs.get(first + count);
      if (last.disk() + last.length() != next.disk() || !files.sameFile(last.disk(), next.disk())) {
        break;
      }
      count++;
    }
    return count;
  }

  private void submit(IoQueue queue, int first, int count, ByteBuffer entries) {
    long bytes = 0;
    for (int i = first; i < first + count; i++) {
      Run run = runs.get(i);
      bytes += run.length();
      if (count > 1) {
        entries.putLong(i * IOVEC_BYTES, run.address());
        entries.putLong(i * IOVEC_BYTES + Long.BYTES, run.length());
      }
    }
    Run head = runs.get(first);
    IoQueue.Memory memory =
        count > 1
            ? new IoQueue.Memory(iovecs.address() + (long) first * IOVEC_BYTES, count)
            : new IoQueue.Memory(head.address(), head.length());
    long expected = bytes;
    pending.incrementAndGet();
    IoQueue.Done done = result -> moved(head.disk(), result, expected);
    queue.submit(
        throughPages
            ? files.pages().read(count > 1, head.disk(), memory, done)
            : files.transfer(kind, count > 1, head.disk(), memory, done));
  }

  private void moved(long disk, long result, long expected) {
    if (kind == IoQueue.Kind.WRITE && result > 0) {
      files.wrote(disk);
    }
    if (result != expected && !broken.getAndSet(true)) {
      boolean again = result == -Sys.EINTR || result == -Sys.EAGAIN;
      failure = again ? 0 : Math.min(result, 0);
    }
    ended();
  }

  private void ended() {
    if (pending.decrementAndGet() == 0) {
      if (iovecs != null) {
        iovecs.release();
      }
      listener.ended(!broken.get(), failure);
    }
  }
}
