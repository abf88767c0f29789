package io.sluice.osd;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.PipePool;
import io.sluice.objectstore.MemoryStore;
import io.sluice.protocol.PgEntry;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** A monitor, OSDs and clients in one thread, from one seed. */
final class SimulatedCluster {
  static final long SECOND = 1_000_000_000L;

  /** Writes from here on are handed on as they come: many of the workload's are. */
  private static final long CUT_FROM = 1000;

  /** Objects that the disks of OSDs cannot read, until they are stored anew. */
  private final Map<Integer, Set<ObjectId>> damaged = new TreeMap<>();

  /** One life of an OSD. */
  private record Life(SimProcess process, MemoryStore store, Osd osd) {}

  private final SimScheduler scheduler;
  private final SimNetwork network;
  private final SimMonitor monitor;
  private final Map<Integer, Life> lives = new TreeMap<>();
  private final Map<Integer, MemoryStore> disks = new TreeMap<>();
  private long diskBytes = MemoryStore.DEFAULT_BYTES;
  private int lastNonce;
  private long lastClient;

  SimulatedCluster(long seed) {
    scheduler = new SimScheduler(seed);
    network = new SimNetwork(scheduler);
    monitor = new SimMonitor(network);
  }

  SimScheduler scheduler() {
    return scheduler;
  }

  SimNetwork network() {
    return network;
  }

  SimMonitor monitor() {
    return monitor;
  }

  /** For OSDs that start with an empty disk from here on. */
  void diskBytes(long bytes) {
    diskBytes = bytes;
  }

  /** Starts an OSD, with what its disk holds from an earlier life. */
  void start(int id) {
    SimProcess process = new SimProcess(scheduler, "osd" + id);
    SimMessenger messenger = new SimMessenger(network, process, EntityName.osd(id));
    Executor disk = diskOf(process);
    MemoryStore before = disks.get(id);
    MemoryStore store =
        before == null ? new MemoryStore(disk, null, diskBytes) : before.crash(disk);
    EntityAddr addr = EntityAddr.msgr2("127.0.0.1", 6800 + id, ++lastNonce);
    OsdIdentity identity =
        new OsdIdentity(
            id, SimMonitor.FSID, addr, "host" + id, List.of(AddrVec.of(SimMonitor.ADDR)));
    Osd osd =
        new Osd(
            identity,
            messenger,
            SimDisk.of(store, damaged(id)),
            new PipePool(null, new CopyMeter(), 0),
            failure -> {
              throw new AssertionError("osd." + id + " failed", failure);
            },
            CUT_FROM);
    messenger.listen(addr, osd);
    osd.start();
    disks.put(id, store);
    lives.put(id, new Life(process, store, osd));
  }

  /** Tasks of a disk: in order, each some time after the one before. */
  private Executor diskOf(SimProcess process) {
    long[] last = {0};
    return task -> {
      last[0] = Math.max(last[0], scheduler.nanos()) + scheduler.between(50_000, 3_000_000);
      process.at(last[0], task);
    };
  }

  Set<ObjectId> damaged(int id) {
    return damaged.computeIfAbsent(id, osd -> new HashSet<>());
  }

  boolean runs(int id) {
    return lives.containsKey(id);
  }

  /** As kill -9: what is not on the disk is gone. */
  void kill(int id) {
    Life life = lives.remove(id);
    life.process().kill();
    network.died(life.process());
  }

  /** As SIGSTOP. */
  void pause(int id) {
    lives.get(id).process().pause();
  }

  void resume(int id) {
    if (lives.containsKey(id)) {
      lives.get(id).process().resume();
    }
  }

  /** A clean stop: says goodbye, then ends. */
  void stop(int id) {
    lives.get(id).osd().stop();
    scheduler.after(
        SECOND / 20,
        () -> {
          if (lives.containsKey(id)) {
            kill(id);
          }
        });
  }

  Osd osd(int id) {
    return lives.get(id).osd();
  }

  MemoryStore disk(int id) {
    return disks.get(id);
  }

  SimClient newClient() {
    return new SimClient(network, 1000 + ++lastClient);
  }

  /** Makes a pool; returns its id. */
  long createPool(int size, int minSize, int pgNum) {
    long[] id = new long[1];
    monitor.change(builder -> id[0] = builder.createPool("pool", size, minSize, pgNum, 0));
    return id[0];
  }

  void run(long nanos) {
    scheduler.run(nanos);
  }

  /** Runs until the condition holds; false when it does not within that time. */
  boolean runUntil(long nanos, BooleanSupplier condition) {
    long until = scheduler.nanos() + nanos;
    while (!condition.getAsBoolean()) {
      if (scheduler.nanos() >= until) {
        return false;
      }
      scheduler.run(SECOND / 100);
    }
    return true;
  }

  /** Every group serves with all the copies it should have. */
  boolean isClean(int copies) {
    for (PgEntry entry : monitor.table().entries()) {
      boolean settled =
          entry.acting().size() == copies && entry.actingIsCurrent() && !entry.hasStaleUp();
      if (!settled || !lives.containsKey(entry.primary())) {
        return false;
      }
      PlacementGroup group = osd(entry.primary()).group(entry.pg());
      if (group == null || group.state() != PgState.ACTIVE) {
        return false;
      }
    }
    return true;
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    for (PgEntry entry : monitor.table().entries()) {
      text.append(entry).append('\n');
      for (int id : lives.keySet()) {
        PlacementGroup group = osd(id).group(entry.pg());
        text.append("  osd.").append(id).append(' ').append(group);
        if (group != null && group.machine().recovery() != null) {
          text.append(' ').append(group.machine().recovery());
          text.append(", writes in flight: ").append(group.replication().size());
          text.append(", waiting: ").append(group.queues().waiting());
          text.append(", trims: ").append(group.trimmer().isRunning());
        }
        text.append('\n');
      }
    }
    return text.toString();
  }

  PgEntry entry(PgId pg) {
    return monitor.table().entry(pg);
  }
}
