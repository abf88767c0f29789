package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.MessengerConfig;
import io.sluice.objectstore.CollectionId;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A monitor and two OSDs in the test's process, over real sockets, pipes and files: osd.0 is the
 * primary of every group, osd.1 the replica, while both live.
 *
 * <p><b>Owns</b> all of them, and the clients that were made here.
 */
final class LiveCluster implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;
  private static final int OSDS = 2;
  private static final int START_BYTES = 16;

  /** No OSD is down, and nothing sent again, because a machine had no time for it. */
  private static final long LEASE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final Path dir;
  private final int maxPipes;
  private final CopyMeter meter = new CopyMeter();
  private final PipePool noPipes = new PipePool(Linux.instance(), meter, 0);
  private final EpollMessenger monitorMessenger;
  private final EntityAddr monitorAddr;
  private final SimMonitor monitor;
  private final Map<Integer, FrameProxy> proxies = new TreeMap<>();
  private final Map<Integer, LiveOsd> osds = new TreeMap<>();
  private final List<LiveClient> clients = new ArrayList<>();
  private int lastNonce;

  LiveCluster(Path dir, int maxPipes) throws Exception {
    this.dir = dir;
    this.maxPipes = maxPipes;
    monitorMessenger =
        new EpollMessenger(
            new MessengerConfig(EntityName.mon(0), 1, 1, Linux.instance(), noPipes, null));
    LateDispatcher late = new LateDispatcher();
    monitorAddr = monitorMessenger.listen(EntityAddr.msgr2("127.0.0.1", 0, 0), late);
    monitor = onMonitor(() -> new SimMonitor(monitorMessenger, this::listens, LEASE_NANOS));
    late.behind = monitor;
    for (int id = 0; id < OSDS; id++) {
      proxies.put(id, new FrameProxy());
      start(id);
    }
    onMonitor(
        () -> {
          monitor.change(builder -> builder.primaryAffinity(1, 0));
          return null;
        });
  }

  private <T> T onMonitor(Callable<T> task) throws Exception {
    return LoopTurn.of(monitorMessenger.loop(0), task);
  }

  private boolean listens(EntityAddr addr) {
    synchronized (osds) {
      return osds.values().stream().anyMatch(osd -> osd.lives() && osd.published.equals(addr));
    }
  }

  private void start(int id) throws Exception {
    LiveOsd osd =
        new LiveOsd(
            id, ++lastNonce, dir.resolve("osd" + id), maxPipes, proxies.get(id), monitorAddr);
    synchronized (osds) {
      osds.put(id, osd);
    }
    await(id + " up", () -> onMonitor(() -> monitor.map().isUp(id)) && osd.osd.amUp());
  }

  /** The OSD ends where it stands, and begins a new life with what is on its disk. */
  void restart(int id) throws Exception {
    osd(id).close();
    start(id);
  }

  /** Starts those again that have stopped by themselves. */
  void revive() throws Exception {
    for (int id = 0; id < OSDS; id++) {
      if (!osd(id).lives()) {
        restart(id);
      }
    }
  }

  /** Waits until the monitor has heard so many more beacons of it. */
  void awaitBeacons(int id, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      long last = onMonitor(() -> monitor.lastBeacon(id));
      await("a beacon of osd." + id, () -> onMonitor(() -> monitor.lastBeacon(id)) != last);
    }
  }

  LiveOsd osd(int id) {
    synchronized (osds) {
      return osds.get(id);
    }
  }

  FrameProxy proxy(int id) {
    return proxies.get(id);
  }

  /** Another client; ended with the cluster. */
  LiveClient client() throws Exception {
    LiveClient client = new LiveClient(1000 + clients.size(), monitorAddr);
    clients.add(client);
    return client;
  }

  /** A pool of one group with two copies; returns its id. */
  long createPool(String integrity) throws Exception {
    return createPool("p-" + integrity, PoolInfo.integrityTag(integrity));
  }

  long createPool(String name, String... tags) throws Exception {
    long pool =
        onMonitor(
            () -> {
              long[] id = new long[1];
              monitor.change(builder -> id[0] = builder.createPool(name, OSDS, 1, 1, 0));
              for (String tag : tags) {
                PoolInfo made = monitor.map().pool(id[0]);
                int next = monitor.map().epoch() + 1;
                monitor.change(builder -> builder.changePool(made.withApplication(tag, next)));
              }
              return id[0];
            });
    awaitClean(pool);
    return pool;
  }

  private static PgId group(long pool) {
    return new PgId(pool, 0);
  }

  /** Both copies are current, and the primary serves. */
  void awaitClean(long pool) throws Exception {
    await(
        "group of pool " + pool + " clean",
        () -> {
          PgEntry entry = onMonitor(() -> monitor.table().entry(group(pool)));
          PlacementGroup primary = entry == null ? null : osd(0).osd.group(group(pool));
          return entry != null
              && entry.acting().size() == OSDS
              && entry.actingIsCurrent()
              && !entry.hasStaleUp()
              && primary != null
              && entry.primary() == 0
              && primary.state() == PgState.ACTIVE
              && primary.permit() != null;
        });
    for (LiveClient client : clients) {
      await("the client knows pool " + pool, () -> client.hasPool(pool));
    }
  }

  PlacementGroup primary(long pool) {
    return osd(0).osd.group(group(pool));
  }

  /** What one OSD's store holds of an object; fails with what the store says. */
  byte[] stored(int osd, long pool, String name) throws Exception {
    ObjectId object =
        ObjectId.head(
            pool, "", "", name, onMonitor(() -> monitor.map().locate(pool, name, "", "").hash()));
    try (BufferList bytes =
        osd(osd)
            .store
            .read(new CollectionId(group(pool)), object, 0, 64 << 20)
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      return bytes.toByteArray(osd(osd).pipes, Inspection.COMPARE);
    }
  }

  /** Changes a byte in an OSD's data file, behind its back: of the blob that begins like these. */
  void changeStored(int osd, byte[] bytes, int at) throws Exception {
    long block = whereStored(osd, bytes);
    assertThat(block).as("where it is in the data file of osd." + osd).isNotNegative();
    try (RandomAccessFile file = dataFile(osd)) {
      file.seek(block + at);
      file.write(bytes[at] ^ 1);
      file.getChannel().force(true);
    }
  }

  /** The place in an OSD's data file of what begins like these bytes, committed or not; or -1. */
  long whereStored(int osd, byte[] bytes) throws Exception {
    try (RandomAccessFile file = dataFile(osd)) {
      byte[] start = new byte[START_BYTES];
      for (long block = 0; block + START_BYTES <= file.length(); block += ChecksumVector.BLOCK) {
        file.seek(block);
        file.readFully(start);
        if (Arrays.equals(start, 0, START_BYTES, bytes, 0, START_BYTES)) {
          return block;
        }
      }
      return -1;
    }
  }

  private RandomAccessFile dataFile(int osd) throws IOException {
    return new RandomAccessFile(dir.resolve("osd" + osd).resolve("data.0").toFile(), "rw");
  }

  /** Nothing is held by anybody: no pipe, no staged byte that was not committed, no operation. */
  void awaitIdle() throws Exception {
    for (int id = 0; id < OSDS; id++) {
      LiveOsd osd = osd(id);
      await(osd + " has all its pipes back: " + osd.pipes, () -> osd.pipes.inUse() == 0);
      await(osd + " has answered everything", () -> osd.counter("op_wip") == 0);
    }
  }

  /** Bytes that an OSD's store can allocate. */
  long free(int id) {
    return (long) osd(id).store.perf().get("free_bytes");
  }

  static void await(String what, Callable<Boolean> condition) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.call()) {
      assertThat(System.nanoTime())
          .as("waited " + PATIENCE_SECONDS + " s for: " + what)
          .isLessThan(until);
      Thread.sleep(2);
    }
  }

  @Override
  public void close() throws IOException {
    clients.forEach(LiveClient::close);
    for (LiveOsd osd : List.copyOf(osds.values())) {
      osd.close();
    }
    monitorMessenger.close();
    noPipes.close();
    for (FrameProxy proxy : proxies.values()) {
      proxy.close();
    }
  }
}
