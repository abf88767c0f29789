package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.Messenger;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdAddrs;
import io.sluice.protocol.OsdBeacon;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdFailure;
import io.sluice.protocol.OsdLease;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.OsdStopping;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgRecovered;
import io.sluice.protocol.PgTable;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A monitor written for the simulation, and for OSDs over real sockets in one process: the maps,
 * the serving rule, beacons and leases, nothing else.
 *
 * <p><b>Threads:</b> loop 0 of its messenger, which has no other.
 */
final class SimMonitor implements Dispatcher {
  static final EntityAddr ADDR = EntityAddr.msgr2("127.0.0.1", 3300, 0);
  static final java.util.UUID FSID = new java.util.UUID(7, 7);
  static final long LEASE = 3_000_000_000L;

  /** A lease is over by so much when its OSD is marked down. */
  private static final long GRACE = 500_000_000L;

  private static final long TICK = 100_000_000L;

  /**
   * Ticks further apart mean that the whole process stood still: nobody was silent, as OsdWatch.
   */
  private static final long STALL = 1_000_000_000L;

  /** What it cannot know from messages. */
  interface World {
    /** Whether an OSD that published that address is alive. */
    boolean listens(EntityAddr addr);

    /** Is told of every epoch. */
    default void trace(int epoch) {}
  }

  private final Messenger messenger;
  private final World world;
  private final long lease;
  private final List<ClusterMap> history = new ArrayList<>();
  private final Set<Connection> subscribers = new LinkedHashSet<>();
  private final Map<Integer, Long> lastBeacon = new TreeMap<>();
  private long lastTick;
  private final Map<Integer, OsdStats> stats = new TreeMap<>();
  private OsdMap map;
  private PgTable table = PgTable.EMPTY;

  SimMonitor(SimNetwork network) {
    this(
        new SimMessenger(network, new SimProcess(network.scheduler(), "mon"), EntityName.mon(0)),
        new World() {
          @Override
          public boolean listens(EntityAddr addr) {
            return network.listens(addr);
          }

          @Override
          public void trace(int epoch) {
            network.scheduler().trace(epoch);
          }
        },
        LEASE);
    network.listen(new SimNetwork.Listener((SimMessenger) messenger, this, ADDR));
  }

  /**
   * @param messenger whose connections are to come to us
   * @param lease nanoseconds; who is silent for longer is marked down
   */
  SimMonitor(Messenger messenger, World world, long lease) {
    this.messenger = messenger;
    this.world = world;
    this.lease = lease;
    map = OsdMap.create(FSID, now()).build();
    publish(map, Map.of());
    tick();
  }

  OsdMap map() {
    return map;
  }

  /** What each OSD said last of itself. */
  Map<Integer, OsdStats> stats() {
    return stats;
  }

  PgTable table() {
    return table;
  }

  private long nanos() {
    return messenger.loop(0).clock().nanos();
  }

  private UTime now() {
    return UTime.ofNanos(messenger.loop(0).clock().wallNanos());
  }

  /** Makes the next epoch. */
  void change(Consumer<OsdMapBuilder> edit) {
    OsdMapBuilder builder = map.next(now());
    edit.accept(builder);
    publish(builder.build(), Map.of());
  }

  private void publish(OsdMap candidate, Map<PgId, Set<Integer>> recovered) {
    table = PgTable.next(table, candidate, recovered);
    map = candidate.withPgTemp(table.pgTemp());
    ClusterMap message = new ClusterMap(map.epoch(), map.encode(), List.copyOf(table.entries()));
    history.add(message);
    world.trace(map.epoch());
    subscribers.forEach(subscriber -> subscriber.send(message.toEnvelope()));
  }

  private void tick() {
    long now = nanos();
    if (now - lastTick > STALL) {
      lastBeacon.replaceAll((osd, heard) -> now);
    }
    lastTick = now;
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.isUp(osd) && now - lastBeacon.getOrDefault(osd, 0L) > lease + GRACE) {
        markDown(osd);
      }
    }
    messenger.loop(0).schedule(TICK, this::tick);
  }

  /** When it was heard of last; 0: never. */
  long lastBeacon(int osd) {
    return lastBeacon.getOrDefault(osd, 0L);
  }

  private void markDown(int osd) {
    change(builder -> builder.markDown(osd));
  }

  @Override
  public void onMessage(Connection connection, IncomingMessage incoming) {
    try (incoming) {
      int version = incoming.head().version();
      byte[] front = incoming.head().front();
      switch (incoming.head().type()) {
        case MessageType.SLUICE_OSD_BOOT -> onBoot(OsdBoot.decode(version, front));
        case MessageType.SLUICE_OSD_BEACON ->
            onBeacon(connection, OsdBeacon.decode(version, front));
        case MessageType.SLUICE_OSD_FAILURE -> onFailure(OsdFailure.decode(version, front));
        case MessageType.SLUICE_PG_RECOVERED -> onRecovered(PgRecovered.decode(version, front));
        case MessageType.SLUICE_CLUSTER_MAP_SUBSCRIBE ->
            onSubscribe(connection, ClusterMapSubscribe.decode(version, front));
        case MessageType.SLUICE_OSD_STATS -> onStats(OsdStats.decode(version, front));
        case MessageType.SLUICE_OSD_STOPPING -> onStopping(OsdStopping.decode(version, front));
        case MessageType.MON_SUBSCRIBE, MessageType.LOG -> {} // nothing is configured, nor read
        default -> throw new IllegalStateException("type " + incoming.head().type());
      }
    }
  }

  private void onBoot(OsdBoot boot) {
    int osd = boot.osd();
    if (map.isUp(osd)) {
      if (map.addrs(osd).equals(boot.addrs())) {
        return;
      }
      markDown(osd);
    }
    lastBeacon.put(osd, nanos());
    change(
        builder -> {
          builder.addOsd(osd, new java.util.UUID(osd, osd), boot.host(), 1.0);
          builder.markUp(osd, OsdAddrs.all(boot.addrs()));
        });
  }

  private void onBeacon(Connection connection, OsdBeacon beacon) {
    if (map.isUp(beacon.osd())) {
      lastBeacon.put(beacon.osd(), nanos());
      connection.send(new OsdLease(beacon.sentNanos(), lease, map.epoch()).toEnvelope());
    }
  }

  private void onFailure(OsdFailure failure) {
    boolean same = map.isUp(failure.osd()) && map.addr(failure.osd()).nonce() == failure.nonce();
    if (same && !world.listens(map.addr(failure.osd()))) {
      markDown(failure.osd());
    }
  }

  private void onRecovered(PgRecovered report) {
    PgEntry entry = table.entry(report.pg());
    if (entry != null && entry.intervalSince() == report.intervalSince()) {
      publish(map.next(now()).build(), Map.of(report.pg(), new LinkedHashSet<>(report.current())));
    }
  }

  private void onStats(OsdStats told) {
    stats.put(told.osd(), told);
  }

  private void onStopping(OsdStopping stopping) {
    if (map.isUp(stopping.osd())) {
      markDown(stopping.osd());
    }
  }

  private void onSubscribe(Connection connection, ClusterMapSubscribe subscribe) {
    subscribers.add(connection);
    history.stream()
        .filter(message -> message.epoch() >= subscribe.fromEpoch())
        .forEach(message -> connection.send(message.toEnvelope()));
  }

  @Override
  public void onClosed(Connection connection, String reason) {
    subscribers.remove(connection);
    int osd = (int) connection.peerName().number();
    boolean isOsd = connection.peerName().type() == EntityName.OSD;
    if (isOsd && map.isUp(osd) && !world.listens(map.addr(osd))) {
      markDown(osd);
    }
  }
}
