package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.client.Payload;
import io.sluice.client.RadosException;
import io.sluice.clustertests.ThrashModel.State;
import io.sluice.protocol.Errno;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that never rest: random operations through our client, pipelined appends, and the
 * unmodified {@code rados}, each worker on objects of its own, everything acknowledged kept in a
 * {@link ThrashModel}.
 */
final class ThrashWorkload {
  private static final int OBJECTS_A_WORKER = 12;
  private static final int APPENDS_IN_FLIGHT = 8;
  private static final int RECORD = 12;
  private static final int OBJECT_BYTES_MAX = 600_000;

  final ThrashModel model = new ThrashModel();
  final AtomicLong acknowledged = new AtomicLong();
  final List<String> failures = new ArrayList<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private final TestCluster cluster;
  private final IoContext pool;
  private final long seed;

  ThrashWorkload(TestCluster cluster, IoContext pool, long seed) {
    this.cluster = cluster;
    this.pool = pool;
    this.seed = seed;
  }

  private interface Work {
    void run() throws Exception;
  }

  void start(boolean withRados) {
    for (int worker = 0; worker < 4; worker++) {
      String name = "w" + worker;
      Random random = new Random(seed * 31 + worker);
      run(name, () -> operate(name, random));
    }
    run("pipeline", this::pipeline);
    if (withRados) {
      run("rados", () -> rados(new Random(seed * 31 + 99)));
    }
  }

  private void run(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Exception | Error e) {
                fail(name + ": " + e);
              }
            },
            name);
    threads.add(thread);
    thread.start();
  }

  private void fail(String what) {
    synchronized (failures) {
      failures.add(what);
    }
  }

  /** Ends all workers; the cluster must be able to serve by now. */
  void finish() throws InterruptedException {
    stop.set(true);
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(120));
      if (thread.isAlive()) {
        fail(thread.getName() + " never got an answer");
      }
    }
  }

  private void operate(String worker, Random random) throws Exception {
    while (!stop.get()) {
      String object = worker + "-" + random.nextInt(OBJECTS_A_WORKER);
      if (model.inDoubt(object)) {
        continue;
      }
      State before = model.of(object);
      if (random.nextInt(5) == 0) {
        String wrong = model.judge(object, look(object));
        if (!wrong.isEmpty()) {
          fail("while thrashed: " + wrong);
        }
        continue;
      }
      step(object, before, random);
      acknowledged.incrementAndGet();
    }
  }

  private void step(String object, State before, Random random) throws RadosException {
    byte[] bytes =
        bytes(
            random,
            random.nextInt(4) == 0 ? 64_000 + random.nextInt(300_000) : 1 + random.nextInt(6_000));
    int size = before.exists() ? before.data().length : 0;
    int choice = random.nextInt(10);
    if (choice < 3 || size > OBJECT_BYTES_MAX) {
      settle(object, before, before.withData(bytes), pool.writeFull(object, bytes));
    } else if (choice < 5) {
      settle(object, before, before.appended(bytes), pool.append(object, payload(bytes)));
    } else if (choice < 7) {
      int offset = random.nextInt(size + 5_000);
      settle(
          object,
          before,
          before.patched(offset, bytes),
          pool.write(object, offset, payload(bytes)));
    } else if (choice < 8 && before.exists()) {
      settle(object, before, State.ABSENT, pool.remove(object));
    } else if (choice < 9 || before.xattrs().isEmpty()) {
      String name = "x" + random.nextInt(3);
      byte[] value = bytes(random, 1 + random.nextInt(500));
      settle(object, before, before.withXattr(name, value), pool.setXattr(object, name, value));
    } else {
      String name = before.xattrs().keySet().iterator().next();
      settle(object, before, before.withoutXattr(name), pool.removeXattr(object, name));
    }
  }

  private void settle(String object, State before, State after, CompletableFuture<?> operation)
      throws RadosException {
    try {
      Cluster.await(operation);
      model.acknowledged(object, after);
    } catch (RadosException e) {
      model.doubtful(object, before, after);
      fail(object + ": " + e.getMessage());
    }
  }

  /** Many appends in flight on one object: each once, in the order they were sent. */
  private void pipeline() throws Exception {
    String object = "pipeline";
    Deque<CompletableFuture<Long>> inFlight = new ArrayDeque<>();
    StringBuilder sent = new StringBuilder();
    for (int i = 0; !stop.get(); i++) {
      String record = String.format("%0" + (RECORD - 1) + "d%n", i);
      inFlight.add(pool.append(object, payload(record.getBytes(StandardCharsets.US_ASCII))));
      sent.append(record);
      if (inFlight.size() == APPENDS_IN_FLIGHT) {
        Cluster.await(inFlight.remove());
        acknowledged.incrementAndGet();
      }
    }
    for (CompletableFuture<Long> append : inFlight) {
      Cluster.await(append);
    }
    model.acknowledged(
        object, State.ABSENT.withData(sent.toString().getBytes(StandardCharsets.US_ASCII)));
  }

  private void rados(Random random) throws Exception {
    java.nio.file.Path file = cluster.path("rados-input");
    while (!stop.get()) {
      String object = "rados-" + random.nextInt(6);
      if (model.inDoubt(object)) {
        continue;
      }
      State before = model.of(object);
      byte[] bytes = bytes(random, 1 + random.nextInt(random.nextInt(5) == 0 ? 5_000_000 : 50_000));
      java.nio.file.Files.write(file, bytes);
      int choice = random.nextInt(4);
      if (choice == 0 && before.exists()) {
        command(object, before, State.ABSENT, "rm", object);
      } else if (choice == 1 && before.exists() && before.data().length < 5_000_000) {
        command(object, before, before.appended(bytes), "append", object, file.toString());
      } else {
        // `rados put` of more than 4 MiB is several operations: it ends in the same bytes all the
        // same.
        command(object, before, before.withData(bytes), "put", object, file.toString());
      }
    }
  }

  private void command(String object, State before, State after, String... words) {
    List<String> line = new ArrayList<>(List.of("-p", pool.poolName()));
    line.addAll(List.of(words));
    Finished done = cluster.ceph("rados", line.toArray(String[]::new));
    if (done.exit() == 0) {
      model.acknowledged(object, after);
      acknowledged.incrementAndGet();
    } else {
      model.doubtful(object, before, after);
      fail("rados: " + done);
    }
  }

  /** The object as the cluster shows it now. */
  State look(String object) throws RadosException {
    try {
      byte[] bytes = Cluster.await(pool.read(object, 0, 64 << 20));
      return new State(bytes, Cluster.await(pool.xattrs(object)));
    } catch (RadosException e) {
      if (e.is(Errno.ENOENT)) {
        return State.ABSENT;
      }
      throw e;
    }
  }

  /** Everything acknowledged is there, nothing else is, and the listing says the same. */
  List<String> verify() throws RadosException {
    List<String> wrong = new ArrayList<>();
    List<String> exist = new ArrayList<>();
    for (String object : model.names()) {
      State seen = look(object);
      String difference = model.judge(object, seen);
      if (!difference.isEmpty()) {
        wrong.add(difference);
      }
      if (seen.exists()) {
        exist.add(object);
      }
    }
    List<String> listed = new ArrayList<>();
    io.sluice.client.ObjectListing listing = pool.list();
    for (List<String> page = listing.next(); !page.isEmpty(); page = listing.next()) {
      listed.addAll(page);
    }
    listed.sort(null);
    if (!listed.equals(exist)) {
      wrong.add("listed " + listed + "\n but exist " + exist);
    }
    return wrong;
  }

  /**
   * Everything is there, and is on each copy: leaves only one alive at a time, each in turn, and
   * reads everything from it. The cluster is clean before, and after.
   */
  void verifyOnEachCopy(int osds, int copies) throws RadosException {
    assertThat(verify()).isEmpty();
    cluster.sluice("pool", "set", pool.poolName(), "min_size", "1").ok();
    for (int first = 0; first < osds; first++) {
      List<String> killed = new ArrayList<>();
      for (int i = 1; i < copies; i++) { // every placement group keeps one
        killed.add("osd." + (first + i) % osds);
      }
      killed.forEach(osd -> cluster.signal(osd, "9"));
      assertThat(verify()).as("without " + killed).isEmpty();
      killed.forEach(osd -> cluster.sluice("cluster", "revive", osd).ok());
      Thrasher.awaitClean(cluster, osds);
    }
  }

  private Payload payload(byte[] bytes) {
    return pool.cluster().payloads().copyOf(ByteBuffer.wrap(bytes));
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
