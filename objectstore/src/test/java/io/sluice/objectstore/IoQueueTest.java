package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Sockets;
import io.sluice.bufferlist.Sys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hundreds of transfers in flight from one loop, each ending on its own, beside sockets. */
class IoQueueTest {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 600;
  private static final Linux SYS = Linux.instance();
  private static final byte RECV = 27;

  @TempDir Path dir;
  private final byte[] content = new byte[BLOCKS * BLOCK];
  private final ByteBuffer memory = ByteBuffer.allocateDirect(BLOCKS * BLOCK);
  private final long address = DirectBuffers.addressOf(memory);

  /** Of the test, so that it outlives what the kernel writes to it. */
  private final ByteBuffer scratch =
      ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.nativeOrder());

  private final long scratchAddress = DirectBuffers.addressOf(scratch);
  private IoQueue queue;
  private int fd;

  @BeforeEach
  void open() throws Exception {
    new Random(1).nextBytes(content);
    Path file = Files.write(dir.resolve("file"), content);
    fd = SYS.open(file.toString(), Sys.O_RDWR | Sys.O_CLOEXEC, 0);
    assertThat(fd).isNotNegative();
  }

  @AfterEach
  void close() {
    if (queue != null) {
      queue.close();
    }
    SYS.close(fd);
  }

  private IoEventLoop openRing() {
    Assumptions.assumeTrue(IoRing.isAvailable(), "this kernel has no io_uring, or forbids it");
    IoEventLoop loop = IoRing.shared().loop();
    queue = new RingQueue(loop);
    return loop;
  }

  private IoQueue.Transfer readBlock(int block, IoQueue.Done done) {
    long offset = (long) block * BLOCK;
    IoQueue.Memory into = new IoQueue.Memory(address + offset, BLOCK);
    return new IoQueue.Transfer(IoQueue.Kind.READ, false, fd, offset, into, done);
  }

  private static void await(CountDownLatch latch, String what) throws InterruptedException {
    assertThat(latch.await(30, TimeUnit.SECONDS)).as(what).isTrue();
  }

  /** Who waits for a transfer hears of its end before it is counted out. */
  private void awaitNoneInFlight() throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (queue.inFlight() != 0) {
      assertThat(System.nanoTime()).as("%s still in flight", queue).isLessThan(until);
      Thread.sleep(1);
    }
  }

  private byte[] read() {
    byte[] bytes = new byte[memory.capacity()];
    memory.get(0, bytes);
    return bytes;
  }

  @Test
  void shouldHaveHundredsInFlightFromOneTaskOfOneLoop() throws Exception {
    IoEventLoop loop = openRing();
    CountDownLatch ended = new CountDownLatch(BLOCKS);
    CompletableFuture<Integer> inFlight = new CompletableFuture<>();
    ConcurrentLinkedQueue<Long> results = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    loop.execute(
        () -> {
          for (int i = 0; i < BLOCKS; i++) {
            queue.submit(
                readBlock(
                    i,
                    result -> {
                      results.add(result);
                      threads.add(Thread.currentThread());
                      ended.countDown();
                    }));
          }
          // Nothing can end while this task runs: all of it is in flight, from one thread.
          inFlight.complete(queue.inFlight());
        });
    assertThat(inFlight.get(30, TimeUnit.SECONDS)).isEqualTo(BLOCKS);
    assertThat(BLOCKS).isGreaterThan(RingQueue.IN_FLIGHT_MAX); // some had to wait their turn
    await(ended, "all reads end");
    assertThat(results).hasSize(BLOCKS).containsOnly((long) BLOCK);
    assertThat(threads.stream().distinct()).hasSize(1);
    assertThat(threads.peek().getName()).startsWith("store-ring");
    assertThat(read()).isEqualTo(content);
    awaitNoneInFlight();
  }

  @Test
  void shouldEndInAnyOrder() throws Exception {
    openRing();
    int[] pipe = new int[2];
    assertThat(SYS.pipe2(pipe, Sys.O_CLOEXEC)).isZero();
    ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch quick = new CountDownLatch(300);
    IoQueue.Memory into = new IoQueue.Memory(scratchAddress, 1);
    queue.submit( // first, and nothing comes until somebody writes
        new IoQueue.Transfer(
            IoQueue.Kind.READ,
            false,
            pipe[0],
            -1,
            into,
            result -> {
              order.add("slow " + result);
              slow.countDown();
            }));
    for (int i = 0; i < 300; i++) {
      queue.submit(
          readBlock(
              i,
              result -> {
                order.add("quick");
                quick.countDown();
              }));
    }
    await(quick, "reads behind a slow one end");
    assertThat(slow.getCount()).isEqualTo(1);
    assertThat(SYS.write(pipe[1], scratchAddress + 1, 1)).isEqualTo(1);
    await(slow, "the slow one ends");
    assertThat(order).hasSize(301);
    assertThat(order.toArray()[300]).isEqualTo("slow 1");
    SYS.close(pipe[0]);
    SYS.close(pipe[1]);
  }

  /** Something else that the loop serves: receives from a socket. */
  private static final class Receiver implements IoUringIoHandle {
    final CompletableFuture<Thread> received = new CompletableFuture<>();

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      if (((IoUringIoEvent) event).res() == 1) {
        received.complete(Thread.currentThread());
      } else {
        received.completeExceptionally(new AssertionError("recv " + event));
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void shouldEndInTheLoopThatServesSockets() throws Exception {
    IoEventLoop loop = openRing();
    int[] ends = Sockets.tcp(BLOCK, BLOCK);
    Receiver receiver = new Receiver();
    IoRegistration registration = loop.register(receiver).get(30, TimeUnit.SECONDS);
    registration.submit(
        new IoUringIoOps(
            RECV,
            (byte) 0,
            (short) 0,
            ends[1],
            0,
            scratchAddress,
            1,
            0,
            7L,
            (short) 0,
            (short) 0,
            0,
            0));
    CompletableFuture<Thread> disk = new CompletableFuture<>();
    queue.submit(readBlock(0, result -> disk.complete(Thread.currentThread())));
    Thread ofDisk = disk.get(30, TimeUnit.SECONDS);
    assertThat(receiver.received).isNotDone();
    assertThat(SYS.write(ends[0], scratchAddress + 1, 1)).isEqualTo(1);
    assertThat(receiver.received.get(30, TimeUnit.SECONDS)).isSameAs(ofDisk);
    registration.cancel();
    Sockets.close(ends);
  }

  @Test
  void shouldTakeWhatManyThreadsBring() throws Exception {
    openRing();
    CountDownLatch ended = new CountDownLatch(8 * BLOCKS);
    AtomicInteger whole = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < BLOCKS; i++) {
                  queue.submit(
                      readBlock(
                          i,
                          result -> {
                            whole.addAndGet(result == BLOCK ? 1 : 0);
                            ended.countDown();
                          }));
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join(30_000);
    }
    await(ended, "all reads end");
    assertThat(whole.get()).isEqualTo(8 * BLOCKS);
    assertThat(read()).isEqualTo(content);
  }

  @Test
  void shouldNotCloseOverWhatTheKernelHasNorRefuseWhatWaitsBehindIt() throws Exception {
    openRing();
    int[] pipe = new int[2];
    assertThat(SYS.pipe2(pipe, Sys.O_CLOEXEC)).isZero();
    CountDownLatch slow = new CountDownLatch(RingQueue.IN_FLIGHT_MAX);
    IoQueue.Memory into = new IoQueue.Memory(scratchAddress, 1);
    for (int i = 0; i < RingQueue.IN_FLIGHT_MAX; i++) {
      queue.submit(
          new IoQueue.Transfer(
              IoQueue.Kind.READ, false, pipe[0], -1, into, result -> slow.countDown()));
    }
    CompletableFuture<Long> last = new CompletableFuture<>();
    queue.submit(readBlock(0, last::complete));
    try {
      assertThatThrownBy(() -> ((RingQueue) queue).close(Duration.ofMillis(20)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(RingQueue.IN_FLIGHT_MAX + 1 + " transfers");
      assertThat(last).isNotDone();
    } finally {
      SYS.write(pipe[1], address, RingQueue.IN_FLIGHT_MAX);
    }
    await(slow, "the reads of the pipe end");
    assertThat(last.get(30, TimeUnit.SECONDS)).isEqualTo(BLOCK);
    queue.close();
    SYS.close(pipe[0]);
    SYS.close(pipe[1]);
  }

  @Test
  void shouldOutliveATransferWhoseEndFails() throws Exception {
    openRing();
    queue.submit(
        readBlock(
            0,
            result -> {
              throw new AssertionError("of the test");
            }));
    CompletableFuture<Long> next = new CompletableFuture<>();
    queue.submit(readBlock(1, next::complete));
    assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo(BLOCK);
    queue.close();
    assertThat(queue.inFlight()).isZero();
  }

  private void open(String kind) {
    if (kind.equals("io_uring")) {
      openRing();
    } else {
      queue = new PoolQueue(SYS, 3);
    }
    assertThat(queue.name()).isEqualTo(kind);
  }

  private long result(IoQueue.Kind kind, boolean gathers, int file, long offset, IoQueue.Memory of)
      throws Exception {
    CompletableFuture<Long> result = new CompletableFuture<>();
    queue.submit(new IoQueue.Transfer(kind, gathers, file, offset, of, result::complete));
    return result.get(30, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"io_uring", "pool"})
  void shouldMoveManyRunsInOneTransferAndTellShortAndFailed(String kind) throws Exception {
    open(kind);
    for (int i = 0; i < 3; i++) { // backwards
      scratch.putLong(i * 16, address + (long) (2 - i) * BLOCK).putLong(i * 16 + 8, BLOCK);
    }
    IoQueue.Memory three = new IoQueue.Memory(scratchAddress, 3);
    assertThat(result(IoQueue.Kind.READ, true, fd, 0, three)).isEqualTo(3 * BLOCK);
    ByteBuffer expected = ByteBuffer.wrap(content);
    for (int i = 0; i < 3; i++) {
      assertThat(memory.slice((2 - i) * BLOCK, BLOCK)).isEqualTo(expected.slice(i * BLOCK, BLOCK));
    }
    long end = (long) BLOCKS * BLOCK;
    assertThat(result(IoQueue.Kind.WRITE, true, fd, end, three)).isEqualTo(3 * BLOCK);
    assertThat(Files.size(dir.resolve("file"))).isEqualTo(end + 3 * BLOCK);
    IoQueue.Memory block = new IoQueue.Memory(address, BLOCK);
    assertThat(result(IoQueue.Kind.READ, false, fd, end + 3 * BLOCK - 10, block)).isEqualTo(10);
    assertThat(result(IoQueue.Kind.WRITE, false, -1, 0, block)).isEqualTo(-Sys.EBADF);
    queue.close();
    assertThat(result(IoQueue.Kind.READ, false, fd, 0, block)).isEqualTo(-RingQueue.ECANCELED);
  }
}
