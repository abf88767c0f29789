package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.client.RadosException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * One OSD is killed, or stopped past its lease, in the middle of a stream of writes and appends.
 */
class FailoverTest {
  private static final int RECORD = 12;

  /** A stream of writes of new objects and of appends of numbered records, until told to stop. */
  private static final class Stream {
    /** The number that its bytes are made from: a machine may be fast, and its disk large. */
    final Map<String, Integer> written = new ConcurrentHashMap<>();

    final Map<String, Integer> appended = new ConcurrentHashMap<>();
    final AtomicBoolean stop = new AtomicBoolean();
    final AtomicLong lastAckNanos = new AtomicLong(System.nanoTime());
    final AtomicLong longestGapNanos = new AtomicLong();
    final List<Thread> threads = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();

    void start(IoContext pool) {
      for (int worker = 0; worker < 4; worker++) {
        String prefix = "w" + worker;
        run(() -> write(pool, prefix));
        run(() -> append(pool, prefix + "-log"));
      }
    }

    private interface Work {
      void run() throws RadosException;
    }

    private void run(Work work) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  work.run();
                } catch (RadosException | RuntimeException | Error e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }

    private void write(IoContext pool, String prefix) throws RadosException {
      for (int i = 0; !stop.get(); i++) {
        Cluster.await(pool.writeFull(prefix + "-" + i, content(i)));
        written.put(prefix + "-" + i, i);
        acknowledged();
      }
    }

    private static byte[] content(int number) {
      byte[] bytes = new byte[number % 5 == 0 ? 200_000 : 3_000];
      new java.util.Random(number).nextBytes(bytes);
      return bytes;
    }

    private void append(IoContext pool, String name) throws RadosException {
      for (int i = 0; !stop.get(); i++) {
        byte[] record =
            String.format("%0" + (RECORD - 1) + "d\n", i).getBytes(StandardCharsets.US_ASCII);
        Cluster.await(pool.append(name, pool.cluster().payloads().copyOf(ByteBuffer.wrap(record))));
        appended.put(name, i + 1);
        acknowledged();
      }
    }

    private void acknowledged() {
      long now = System.nanoTime();
      long gap = now - lastAckNanos.getAndSet(now);
      longestGapNanos.accumulateAndGet(gap, Math::max);
    }

    void finish() throws InterruptedException {
      stop.set(true);
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(120));
        assertThat(thread.isAlive()).as("every operation ends").isFalse();
      }
      assertThat(failures).isEmpty();
    }

    /** Everything acknowledged is there, and every append once. */
    void check(IoContext pool) throws RadosException {
      for (Map.Entry<String, Integer> object : written.entrySet()) {
        byte[] expected = content(object.getValue());
        byte[] bytes = Cluster.await(pool.read(object.getKey(), 0, expected.length + 1));
        assertThat(bytes).as(object.getKey()).isEqualTo(expected);
      }
      for (Map.Entry<String, Integer> log : appended.entrySet()) {
        byte[] bytes = Cluster.await(pool.read(log.getKey(), 0, 64 << 20));
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < log.getValue(); i++) {
          expected.append(String.format("%0" + (RECORD - 1) + "d\n", i));
        }
        assertThat(new String(bytes, StandardCharsets.US_ASCII))
            .as(log.getKey())
            .isEqualTo(expected.toString());
      }
    }
  }

  @Test
  void shouldLoseAndDoubleNothingWhenOneOsdIsKilledAmongWrites() throws Exception {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = Cluster.await(client.open("p"));
        Stream stream = new Stream();
        stream.start(pool);
        Thread.sleep(3_000);
        cluster.signal("osd.1", "9");
        long killed = System.nanoTime();
        int before = stream.written.size();
        Awaitility.await()
            .atMost(60, TimeUnit.SECONDS)
            .until(() -> stream.written.size() > before + 20);
        System.out.printf(
            "osd.1 killed: 20 more objects written after %.1f s, longest silence %.1f s%n",
            (System.nanoTime() - killed) / 1e9, stream.longestGapNanos.get() / 1e9);
        cluster.sluice("cluster", "revive", "osd.1").ok();
        Thread.sleep(2_000);
        stream.finish();
        stream.check(pool);
        Thrasher.awaitClean(cluster, 3);
        stream.check(pool);
        // The revived one now counts: the other two may go, and it serves with what it was given.
        cluster.sluice("pool", "set", "p", "min_size", "1").ok();
        cluster.signal("osd.0", "9");
        cluster.signal("osd.2", "9");
        stream.check(pool);
        System.out.printf(
            "%d objects and %d appends acknowledged, all there once, from the revived osd.1 alone%n",
            stream.written.size(),
            stream.appended.values().stream().mapToInt(Integer::intValue).sum());
      }
    }
  }

  @Test
  void shouldAcknowledgeNothingWhenPrimaryWasPausedPastItsLease() throws Exception {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = Cluster.await(client.open("p"));
        Stream stream = new Stream();
        stream.start(pool);
        Thread.sleep(2_000);
        cluster.signal("osd.2", "STOP");
        int before = stream.written.size();
        Awaitility.await()
            .atMost(60, TimeUnit.SECONDS)
            .until(() -> stream.written.size() > before + 20);
        cluster.signal("osd.2", "CONT");
        Thread.sleep(3_000);
        stream.finish();
        stream.check(pool);
        Thrasher.awaitClean(cluster, 3);
        stream.check(pool);
      }
    }
  }
}
