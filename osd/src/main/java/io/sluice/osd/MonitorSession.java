package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.Messenger;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.MConfig;
import io.sluice.protocol.MLog;
import io.sluice.protocol.MLogAck;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.Message;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdBeacon;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdFailure;
import io.sluice.protocol.OsdLease;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.OsdStopping;
import io.sluice.protocol.PgRecovered;
import io.sluice.protocol.PgScrub;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our conversation with the monitor: boot, beacons for the lease, and every map.
 *
 * <p>It has a loop and a connection of its own: bulk data must not delay a beacon. A broken
 * connection is made again, to the next monitor of the list, after a pause that grows.
 *
 * <p><b>Threads:</b> its loop; {@link #recovered}, {@link #failed}, {@link #log}, {@link #execute}
 * and {@link #stop} any.
 */
final class MonitorSession implements Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(MonitorSession.class);
  private static final long BEACON_NANOS =
      500_000_000L; // the lease is 3 s: five beacons may be lost
  private static final int BEATS_PER_STATS = 4;
  private static final long BOOT_RETRY_NANOS = 1_000_000_000L;
  private static final long RETRY_FIRST_NANOS = 100_000_000L;
  private static final long RETRY_LAST_NANOS = 2_000_000_000L;

  /** What the daemon does with what the monitor says. Called on the session's loop. */
  interface Listener {
    void onMap(ClusterMap map);

    /** The lease holds again, or for another map than before. */
    void onLease();

    /** The newest map we have, 0 before the first. */
    int epoch();

    /** What the monitor shall know of us and our groups. */
    OsdStats stats();

    /** The monitors' configuration for us, whenever it changes: names and values. */
    void onConfig(Map<String, String> options);

    /** The monitor wants a group scrubbed. */
    void onScrub(PgScrub scrub);

    /** True while the newest map says that we are up as we are now. */
    boolean amUp();
  }

  private final int whoami;
  private final Messenger messenger;
  private final List<AddrVec> monitors;
  private final Supplier<OsdBoot> boot;
  private final Lease lease;
  private final Listener listener;
  private final Loop loop;
  private final ClusterLogSender log = new ClusterLogSender();
  private Connection connection;
  private boolean ready;
  private int nextMonitor;
  private long retryNanos = RETRY_FIRST_NANOS;
  private long lastBootNanos;
  private boolean booted;
  private int beats;
  private volatile boolean stopped;

  /**
   * @param monitors addresses, tried in turn
   */
  MonitorSession(
      int whoami,
      Messenger messenger,
      List<AddrVec> monitors,
      Supplier<OsdBoot> boot,
      Lease lease,
      Listener listener) {
    this.whoami = whoami;
    this.messenger = messenger;
    this.monitors = List.copyOf(monitors);
    this.boot = boot;
    this.lease = lease;
    this.listener = listener;
    this.loop = messenger.dedicatedLoop();
  }

  void start() {
    loop.execute(this::connect);
    loop.schedule(BEACON_NANOS, this::beat);
  }

  /** Runs a task where maps come. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  private void connect() {
    if (stopped || connection != null) {
      return;
    }
    int rank = nextMonitor % monitors.size();
    nextMonitor++;
    connection = messenger.connect(EntityName.mon(rank), monitors.get(rank), this, loop);
  }

  @Override
  public void onReady(Connection from) {
    if (from != connection) {
      return;
    }
    ready = true;
    retryNanos = RETRY_FIRST_NANOS;
    LOG.info("connected to the monitor at {}", from.remote());
    send(new ClusterMapSubscribe(listener.epoch() == 0 ? 0 : listener.epoch() + 1));
    send(new MMonSubscribe(Map.of("config", MMonSubscribe.Item.from(0)), ""));
    bootUnlessUp();
    beacon();
    MLog untold = log.again(boot.get());
    if (untold != null) {
      send(untold);
    }
  }

  private void bootUnlessUp() {
    if (listener.amUp()) {
      booted = true;
      return;
    }
    lastBootNanos = loop.clock().nanos();
    send(boot.get());
  }

  private void beat() {
    if (stopped) {
      return;
    }
    loop.schedule(BEACON_NANOS, this::beat);
    if (!ready) {
      return;
    }
    beacon();
    if (listener.amUp() && ++beats % BEATS_PER_STATS == 0) {
      send(listener.stats());
    }
    if (!listener.amUp() && loop.clock().nanos() - lastBootNanos >= BOOT_RETRY_NANOS) {
      if (booted) {
        LOG.warn("the map at epoch {} says that we are down; booting again", listener.epoch());
        booted = false;
        log(
            MLog.Entry.WARNING,
            "Monitor daemon marked osd." + whoami + " down, but it is still running");
      }
      bootUnlessUp();
    }
  }

  private void beacon() {
    send(new OsdBeacon(whoami, listener.epoch(), loop.clock().nanos()));
  }

  @Override
  public void onMessage(Connection from, IncomingMessage message) {
    try (message) {
      byte[] front = message.head().front();
      int version = message.head().version();
      switch (message.head().type()) {
        case MessageType.SLUICE_OSD_LEASE -> onLease(OsdLease.decode(version, front));
        case MessageType.SLUICE_CLUSTER_MAP -> listener.onMap(ClusterMap.decode(version, front));
        case MessageType.CONFIG -> listener.onConfig(MConfig.decode(version, front).options());
        case MessageType.LOG_ACK -> log.acknowledged(MLogAck.decode(version, front));
        case MessageType.SLUICE_PG_SCRUB -> listener.onScrub(PgScrub.decode(version, front));
        default -> LOG.debug("the monitor sent a message of type {}", message.head().type());
      }
      booted |= listener.amUp();
    }
  }

  private void onLease(OsdLease granted) {
    if (stopped) {
      return;
    }
    lease.renew(granted.sentNanos() + granted.durationNanos(), granted.epoch());
    listener.onLease();
  }

  @Override
  public void onClosed(Connection from, String reason) {
    if (from != connection) {
      return;
    }
    connection = null;
    ready = false;
    if (!stopped) {
      LOG.info("no connection to the monitor ({}); again in {} ms", reason, retryNanos / 1_000_000);
      loop.schedule(retryNanos, this::connect);
      retryNanos = Math.min(2 * retryNanos, RETRY_LAST_NANOS);
    }
  }

  /** Says that these OSDs hold everything of the group that was acknowledged in that interval. */
  void recovered(PgId pg, int interval, List<Integer> osds) {
    loop.execute(() -> send(new PgRecovered(pg, interval, osds)));
  }

  /** Says that nobody listens at the address of that life of a peer. */
  void failed(int osd, int nonce) {
    loop.execute(() -> send(new OsdFailure(osd, nonce)));
  }

  /**
   * A line for the cluster's log.
   *
   * @param priority as in {@link MLog.Entry}
   */
  void log(int priority, String text) {
    loop.execute(
        () -> {
          UTime now = UTime.ofNanos(loop.clock().wallNanos());
          send(log.add(boot.get(), now, priority, text));
        });
  }

  private void send(Message message) {
    if (ready) {
      connection.send(message.toEnvelope());
    }
  }

  /** Gives up the lease and asks to be marked down. */
  void stop() {
    stopped = true;
    lease.drop();
    loop.execute(() -> send(new OsdStopping(whoami)));
  }
}
