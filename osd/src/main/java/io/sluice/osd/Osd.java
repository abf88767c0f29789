package io.sluice.osd;

import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.Messenger;
import io.sluice.messenger.PayloadPlan;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.MCommand;
import io.sluice.protocol.MLog;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PgScrub;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.AddrVec;
import io.sluice.types.Clock;
import io.sluice.types.EntityName;
import io.sluice.types.PgId;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logic of an OSD: follows the monitor's maps, keeps the placement groups, and brings every
 * message to the group it is for.
 *
 * <p>It sees the world through its messengers, store and their clock only, so that a simulation can
 * run many of them in one thread.
 *
 * <p><b>Threads:</b> callbacks of connections come on their loops; maps on the monitor session's
 * loop; a placement group works on its own.
 */
final class Osd implements Dispatcher, MonitorSession.Listener, PeerSessions.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Osd.class);

  private static final long TENDING_PAUSE_NANOS = 5_000_000_000L;

  private final OsdIdentity identity;
  private final Messenger messenger;
  private final ObjectStore store;
  private final PipePool pipes;
  private final Clock clock;
  private final OsdCounters counters = new OsdCounters();
  private final DaemonCommands commands = new DaemonCommands();
  private final OpTracker tracker;
  private final Intake intake = new Intake();
  private final PeerIntake peerIntake;
  private final MapArchive maps = new MapArchive();
  private final Lease lease;
  private final PeerSessions peers;
  private final RemoteObjects remote;
  private final MonitorSession monitor;
  private final PgServices services;
  private final PgRegistry groups;
  private final MapGate gate;
  private final PayloadPlanner planner;
  private final OsdOptions options = new OsdOptions();
  private final ScrubSchedule scrubs;
  private volatile ClusterView view;
  private volatile boolean closed;

  /**
   * @param messenger the caller's; it listens for us, at the address that the identity publishes
   * @param onFailure ends the daemon: a placement group met what it must not meet
   * @param store opened; stays the caller's to close, after this
   */
  Osd(
      OsdIdentity identity,
      Messenger messenger,
      ObjectStore store,
      PipePool pipes,
      Consumer<Throwable> onFailure) {
    this(identity, messenger, store, pipes, onFailure, Limits.PIPE_BYTES);
  }

  /**
   * @param cutFrom bytes from which on a write is handed on as it comes
   */
  Osd(
      OsdIdentity identity,
      Messenger messenger,
      ObjectStore store,
      PipePool pipes,
      Consumer<Throwable> onFailure,
      long cutFrom) {
    this.identity = identity;
    this.messenger = messenger;
    this.store = store;
    this.pipes = pipes;
    this.clock = messenger.loop(0).clock();
    this.tracker = new OpTracker(clock, options);
    this.lease = new Lease(clock);
    this.peers = new PeerSessions(messenger, this, this);
    this.remote = new RemoteObjects(peers, pipes, clock::nanos);
    this.monitor =
        new MonitorSession(identity.osd(), messenger, identity.monitors(), this::boot, lease, this);
    this.services =
        new PgServices(
            identity.osd(),
            clock,
            store,
            pipes,
            peers,
            remote,
            monitor,
            lease,
            maps,
            counters,
            new Fullness(store, clock),
            new Payers(pipes.meter(), id -> group(id) != null),
            options,
            new MemoryGate(Limits.GATE_BYTES),
            new MemoryGate(Limits.WHOLE_PAYLOADS_BYTES),
            new CutStreams(),
            new LogRoom(Limits.LOGS_BYTES),
            new ByteBudget(Limits.NOTIFICATIONS_BYTES));
    this.peerIntake = new PeerIntake(pipes, scope -> groupFor(scope.pg(), scope.interval()));
    this.groups = new PgRegistry(services, messenger, onFailure);
    this.gate =
        new MapGate(
            message -> ClusterView.of(message, identity.osd(), identity.published()),
            groups,
            monitor::execute,
            this::take);
    this.planner = new PayloadPlanner(services, groups::get, this::poolOf, cutFrom);
    this.scrubs =
        new ScrubSchedule(options, messenger.loop(0), () -> view, () -> this.groups.all().values());
    OsdCommands.addTo(commands, this, tracker, store.caches());
  }

  /** What it answers to {@code ceph tell}; the daemon adds what it knows. */
  DaemonCommands commands() {
    return commands;
  }

  /** What is known of the group of that name; null for nothing. */
  Object query(String text) {
    PgId id = PgQuery.parse(text);
    return PgQuery.of(id == null ? null : groups.get(id), view);
  }

  private PoolInfo poolOf(PgId id) {
    ClusterView now = view;
    return now == null ? null : now.pool(id);
  }

  /** Connects to the monitor and goes on from there. */
  void start() {
    options.limit(store.caches());
    monitor.start();
    scrubs.start();
    tend();
  }

  private void tend() {
    if (!closed) {
      tracker.complain(text -> monitor.log(MLog.Entry.WARNING, text));
      store.caches().letGoOfIdle();
      messenger.loop(0).schedule(TENDING_PAUSE_NANOS, this::tend);
    }
  }

  /** What the monitors' configuration says. */
  OsdOptions options() {
    return options;
  }

  ScrubSchedule scrubs() {
    return scrubs;
  }

  private OsdBoot boot() {
    return new OsdBoot(
        identity.osd(),
        identity.fsid(),
        AddrVec.of(identity.published()),
        identity.host(),
        store.space().total());
  }

  @Override
  public void onMap(ClusterMap message) {
    if (!closed) {
      gate.add(message);
    }
  }

  private void take(ClusterMap message, ClusterView next) {
    if (closed) {
      return;
    }
    LOG.debug("map {} {}", next.epoch(), next.amUp() ? "up" : "down");
    maps.add(message, next.map().fsid());
    services.fullness().follow(next.map().fullRatios());
    peers.update(next);
    groups.advance(next);
    // Last: who sees this epoch finds its groups.
    view = next;
    remote.update(next);
  }

  @Override
  public void onLease() {
    for (PlacementGroup group : groups.all().values()) {
      if (group.replies().waiting() > 0) {
        group.loop().execute(group::leaseChanged);
      }
    }
  }

  @Override
  public int epoch() {
    ClusterView now = view;
    return now == null ? 0 : now.epoch();
  }

  @Override
  public boolean amUp() {
    ClusterView now = view;
    return now != null && now.amUp();
  }

  @Override
  public OsdStats stats() {
    return report().stats(store);
  }

  @Override
  public void onConfig(Map<String, String> said) {
    options.take(said);
    obeyOptions();
  }

  private void obeyOptions() {
    messenger.inject(options.injectedFaults());
    options.limit(store.caches());
  }

  /** An option for this OSD alone; {@code value} null: as the monitors say again. */
  boolean tell(String option, String value) {
    boolean taken = options.tell(option, value);
    obeyOptions();
    return taken;
  }

  @Override
  public void onScrub(PgScrub asked) {
    scrub(asked.pg(), asked.deep(), asked.repair());
  }

  /** Starts it, where we are the group's primary; null elsewhere. */
  Object scrub(PgId id, boolean deep, boolean repair) {
    PlacementGroup group = id == null ? null : groups.get(id);
    if (group == null || !group.state().isPrimary()) {
      return null;
    }
    group.loop().execute(() -> group.scrubber().start(deep, repair));
    return Map.of("pgid", id.toString(), "deep", deep, "repair", repair);
  }

  @Override
  public void onLost(int osd) {
    remote.lost(osd, messenger.loop(0));
    for (PlacementGroup group : groups.all().values()) {
      group.loop().execute(() -> group.peerLost(osd));
    }
  }

  @Override
  public void onRefused(int osd, int nonce) {
    monitor.failed(osd, nonce);
  }

  @Override
  public PayloadPlan plan(Connection connection, MessageHead head) {
    return planner.plan(connection, head);
  }

  @Override
  public void onMessage(Connection connection, IncomingMessage message) {
    try (message) {
      int type = message.head().type();
      if (closed) {
        connection.close("shutting down");
      } else if (type == MessageType.OSD_OP) {
        onOperation(connection, message);
      } else if (type == MessageType.OSD_OP_REPLY) {
        remote.onReply(message);
      } else if (type == MessageType.COMMAND) {
        commands.answer(connection, MCommand.decode(message.head().tid(), message.head().front()));
      } else if (PeerMessage.covers(type) && connection.peerName().type() == EntityName.OSD) {
        peerIntake.take(connection, message);
      } else {
        LOG.debug("{} sent a message of type {}", connection.peerName(), type);
      }
    }
  }

  /** What waits for a map of the connection's operations will be asked for again, by others. */
  @Override
  public void onClosed(Connection connection, String reason) {
    ClientSession session = connection.attachment(ClientSession.class);
    if (session != null && session.end()) {
      for (PlacementGroup group : groups.all().values()) {
        group.loop().execute(() -> group.letGoOf(connection));
      }
    }
  }

  private void onOperation(Connection connection, IncomingMessage message) {
    MessageHead head = message.head();
    MOSDOp bare = MOSDOp.decode(head.version(), head.tid(), head.front(), head.dataLength());
    StepPayloads data = new StepPayloads(message);
    long heap = OpCost.heap(bare);
    // Who waits for another OSD's may be inside there itself.
    boolean gated = heap > Limits.GATED_BYTES && connection.peerName().type() != EntityName.OSD;
    MOSDOp request = gated ? bare : data.attach(bare, pipes);
    ClientSession session = ClientSession.of(connection);
    long cost = Intake.costOf(bare, heap, gated);
    ClientOp op =
        new ClientOp(
            connection,
            request,
            data.claim(request),
            clock.nanos(),
            over -> over(over, session, cost));
    op.takeRoom(session.claimRoom());
    if (gated) {
      op.take((OpCost.copies(bare) ? remote.copying() : services.gate()).share(heap));
    }
    tracker.begin(op);
    counters.inFlight.increment();
    counters.bytesIn.add(request.dataLength());
    intake.begin(session, cost);
    session.sendMaps(maps, request.epoch());
    PlacementGroup group = groupFor(request.pg(), request.epoch());
    if (group != null) {
      op.handOver();
      group.loop().execute(() -> group.handleClient(op));
    } else {
      services.drop(op);
    }
  }

  /**
   * The group; for a map that has not come yet a group that waits for it; null when there is none.
   */
  private PlacementGroup groupFor(PgId id, int mapEpoch) {
    boolean early = Integer.compareUnsigned(mapEpoch, epoch()) > 0;
    return early ? groups.getEarly(id) : groups.get(id);
  }

  private void over(ClientOp op, ClientSession session, long cost) {
    tracker.end(op);
    counters.inFlight.decrement();
    intake.end(session, cost);
  }

  /** Gives up the lease and tells the monitor; nothing is answered from here on. */
  void stop() {
    monitor.stop();
  }

  /**
   * Ends the placement groups and the connections to peers. Returns when no group will touch the
   * store.
   */
  void close() {
    closed = true;
    scrubs.stop();
    peers.close();
    groups.close();
  }

  /** Null when it is not known. */
  PlacementGroup group(PgId id) {
    return groups.get(id);
  }

  OsdReport report() {
    return new OsdReport(identity, view, groups.all(), counters, lease, maps, intake, tracker);
  }
}
