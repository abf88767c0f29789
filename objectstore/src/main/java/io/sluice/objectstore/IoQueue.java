package io.sluice.objectstore;

/**
 * Reads and writes of the data files, hundreds in flight, each completing on its own and in any
 * order.
 *
 * <p>{@link RingQueue} where the kernel has io_uring, {@link PoolQueue} where it has none or a test
 * wants to see the calls. Neither has a thread per transfer, and neither retries: a short count or
 * an error is the caller's to judge.
 *
 * <p><b>Threads:</b> {@link #submit} any. {@link Transfer#done} runs on a thread of the queue and
 * must not block it.
 */
interface IoQueue extends AutoCloseable {
  /** What to do with a run of a file. */
  enum Kind {
    READ,
    WRITE
  }

  /** Told once, with the bytes transferred or {@code -errno}. */
  @FunctionalInterface
  interface Done {
    void done(long result);
  }

  /**
   * One system call's worth: a run of a file, and the memory it comes from or goes to.
   *
   * @param memory address of {@code count} bytes, or, when {@code gathers}, of an array of {@code
   *     count} struct iovec; all of it stays until {@code done}
   * @param offset in the file, bytes
   */
  record Transfer(Kind kind, boolean gathers, int fd, long offset, Memory memory, Done callback) {
    void done(long result) {
      callback.done(result);
    }
  }

  /** An address and how many bytes, or iovecs, lie there. */
  record Memory(long address, int count) {}

  void submit(Transfer transfer);

  /** Transfers that were submitted and are not done. */
  int inFlight();

  /** For {@code perf dump}: {@code io_uring} or {@code pool}. */
  String name();

  /** Waits for what was submitted. What comes later is refused with ECANCELED. */
  @Override
  void close();
}
