package io.sluice.objectstore;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link IoQueue} on an event loop whose I/O is io_uring's: transfers complete in that loop,
 * between whatever else it serves, sockets included.
 *
 * <p>Many submissions share an {@code io_uring_enter}: those of one task of the loop, and those
 * that other threads bring while it is busy. At most {@value #IN_FLIGHT_MAX} are the kernel's at a
 * time; the others wait here, in order.
 *
 * <p>Through {@code IoUringIoOps}' public constructor, which fills a submission entry:
 *
 * <pre>
 * opcode | flags | ioprio | fd | off | addr | len | rw_flags | user_data | buf_index | personality | ...
 * 22 READ, 23 WRITE: addr, len = memory        1 READV, 2 WRITEV: addr, len = struct iovec
 * </pre>
 *
 * <p><b>Threads:</b> {@link #submit} any; all else the loop's. <b>Owns</b> its registration, not
 * the loop.
 */
final class RingQueue implements IoQueue, IoUringIoHandle {
  static final int ECANCELED = 125;

  /** More than any disk has queues for; the ring's completion queue holds more. */
  static final int IN_FLIGHT_MAX = 512;

  private static final Logger LOG = LoggerFactory.getLogger(RingQueue.class);

  /** What a registration answers when it takes nothing any more. */
  private static final long REFUSED = 0;

  private static final byte READV = 1;
  private static final byte WRITEV = 2;
  private static final byte READ = 22;
  private static final byte WRITE = 23;
  private static final int START_SECONDS = 30;

  private final IoEventLoop loop;
  private final IoRegistration registration;
  private final Queue<Transfer> offered = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final CountDownLatch drained = new CountDownLatch(1);
  private final Transfer[] slots = new Transfer[IN_FLIGHT_MAX];
  private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();

  /** Of the loop: whoever closes waits for the last transfer. */
  private boolean closing;

  private boolean closed;

  /**
   * Registers with a loop, from another thread.
   *
   * @throws IllegalStateException when the loop's I/O is not io_uring's
   */
  RingQueue(IoEventLoop loop) {
    this.loop = loop;
    for (int slot = 0; slot < IN_FLIGHT_MAX; slot++) {
      freeSlots.add(slot);
    }
    var registered = loop.register(this);
    if (!registered.awaitUninterruptibly(START_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the loop did not answer in " + START_SECONDS + " s");
    }
    if (!registered.isSuccess()) {
      throw new IllegalStateException("no io_uring on this loop", registered.cause());
    }
    this.registration = registered.getNow();
  }

  @Override
  public void submit(Transfer transfer) {
    inFlight.incrementAndGet();
    offered.add(transfer);
    if (loop.inEventLoop()) {
      pass();
    } else if (!scheduled.getAndSet(true)) {
      try {
        loop.execute(this::passOffered);
      } catch (RejectedExecutionException e) { // the loop has ended
        scheduled.set(false);
        if (offered.remove(transfer)) {
          inFlight.decrementAndGet();
          transfer.done(-ECANCELED);
        }
      }
    }
  }

  private void passOffered() {
    scheduled.set(false);
    pass();
  }

  /** Gives to the kernel what it has room for. */
  private void pass() {
    while (!freeSlots.isEmpty()) {
      Transfer next = offered.poll();
      if (next == null) {
        return;
      }
      int slot = freeSlots.poll();
      slots[slot] = next;
      long refusal = closed ? -ECANCELED : give(next, slot);
      if (refusal <= 0) {
        finished(slot, refusal);
      }
    }
  }

  /** Returns 1 when the ring has it; otherwise what to answer. */
  private long give(Transfer transfer, int slot) {
    try {
      return registration.submit(entry(transfer, slot)) == REFUSED ? -ECANCELED : 1;
    } catch (RuntimeException e) { // the ring is full and the kernel takes nothing: not entered
      LOG.warn("{}: a transfer is left to a worker: {}", this, e.toString());
      return 0;
    }
  }

  private static IoUringIoOps entry(Transfer transfer, int slot) {
    boolean read = transfer.kind() == Kind.READ;
    byte opcode = transfer.gathers() ? (read ? READV : WRITEV) : (read ? READ : WRITE);
    return new IoUringIoOps(
        opcode,
        (byte) 0,
        (short) 0,
        transfer.fd(),
        transfer.offset(),
        transfer.memory().address(),
        transfer.memory().count(),
        0,
        (long) slot,
        (short) 0,
        (short) 0,
        0,
        0);
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    IoUringIoEvent completion = (IoUringIoEvent) event;
    finished((int) completion.userData(), completion.res());
    pass();
  }

  private void finished(int slot, long result) {
    Transfer transfer = slots[slot];
    slots[slot] = null;
    freeSlots.push(slot);
    try {
      transfer.done(result);
    } catch (Throwable e) { // an Error would end the loop, and with it every other transfer
      LOG.error("{}: the end of a transfer was not taken", this, e);
    }
    if (inFlight.decrementAndGet() == 0 && closing) {
      closed = true;
      drained.countDown();
    }
  }

  @Override
  public int inFlight() {
    return inFlight.get();
  }

  @Override
  public String name() {
    return "io_uring";
  }

  /**
   * @throws IllegalStateException when the kernel has not ended all of them in {@link
   *     Presence#LONG_ENOUGH}: files and memory are still its own
   */
  @Override
  public void close() {
    close(Presence.LONG_ENOUGH);
  }

  void close(Duration bound) {
    if (drained.getCount() == 0) {
      return;
    }
    if (loop.inEventLoop()) {
      throw new IllegalStateException("a queue's own loop cannot wait for it");
    }
    loop.execute(
        () -> {
          pass();
          closing = true;
          if (inFlight.get() == 0) {
            closed = true;
            drained.countDown();
          }
        });
    long deadline = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    for (long left = 1; drained.getCount() > 0 && left > 0; ) {
      left = deadline - System.nanoTime();
      try {
        drained.await(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (drained.getCount() > 0) {
      throw new IllegalStateException(inFlight + " transfers have not ended in " + bound);
    }
    registration.cancel();
  }

  @Override
  public String toString() {
    return "RingQueue[" + inFlight + " in flight]";
  }
}
