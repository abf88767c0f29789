package io.sluice.monitor;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.PayloadPlan;
import io.sluice.protocol.MgrMap;
import io.sluice.protocol.OsdMap;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.Loop;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authority over the maps: answers clients and OSDs from the agreed state, proposes what
 * changes it, and watches the OSDs.
 *
 * <p><b>Invariants:</b> what is answered was committed; a user who asks another monitor than before
 * does not look back ({@link LinearizableReads}); a proposer hears of its change after the state
 * shown here has it; nothing is asked of the OSDs' life but by the leader.
 *
 * <p><b>Threads:</b> all state belongs to one loop. Messenger and consensus call from their own
 * threads, and everything hops over. <b>Owns</b> neither messenger nor consensus.
 */
final class Monitor implements Dispatcher, MonMachine.Listener, MonContext {
  private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);

  /** A peer that lets this much pile up does not read: its connection is closed. */
  private static final long QUEUED_BYTES_MAX = 64L << 20;

  /**
   * Who this monitor is and what cluster it makes when there is none.
   *
   * @param monitors all monitors' names and published addresses
   * @param size default number of copies of a pool
   * @param failureDomain 0 OSDs, 1 hosts
   */
  record Identity(
      String name, UUID fsid, SortedMap<String, AddrVec> monitors, int size, int failureDomain) {}

  private final Identity identity;
  private final Loop loop;
  private final GlobalIdPool globalIds;
  private final Founding founding;
  private final OsdWatch watch;
  private final OsdReports reports = new OsdReports();
  private final ReportFeed feed;
  private final ClusterLogWriter log = new ClusterLogWriter(this);
  private final ClusterEvents events = new ClusterEvents(this, log);
  private final QuorumWatch quorum = new QuorumWatch(this);
  private final QuotaWatch quotas = new QuotaWatch(this);
  private final MonMetrics metrics = new MonMetrics(this);
  private final LinearizableReads reads;
  private final Subscriptions subscriptions = new Subscriptions();
  private final MessageTable table;

  /** Walked in the order of their arrival. */
  private final Map<Connection, Session> sessions = new LinkedHashMap<>();

  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  private final long startedAt;
  private MonConsensus consensus;
  private MonState state = MonState.EMPTY;
  private long nextSession = 1;
  private boolean leader;
  private boolean closed;

  Monitor(Identity identity, Loop loop, GlobalIdPool globalIds, Prober prober) {
    this.identity = identity;
    this.loop = loop;
    this.globalIds = globalIds;
    this.reads = new LinearizableReads(loop);
    this.founding = new Founding(identity, this, loop, globalIds);
    this.feed = new ReportFeed(identity, loop, reports);
    this.watch = new OsdWatch(loop, prober, new OsdVerdicts(this, events));
    this.table =
        new MessageTable(
            new ClientRequests(this, subscriptions, new Commands()),
            new OsdRequests(this, loop, watch, subscriptions));
    this.startedAt = loop.clock().nanos();
  }

  /** How the other monitors are reached; before the start. */
  void reach(ReportFeed.Connector connector) {
    onLoop(() -> feed.use(connector));
  }

  /** Takes up work over a consensus that calls this monitor's {@link MonMachine}. */
  void start(MonConsensus over) {
    onLoop(
        () -> {
          consensus = over;
          quorum.use(over);
          reads.use(over);
          feed.follow(!leader);
          proceed();
          tick();
        });
  }

  /**
   * Completes, once, when clients can be served: the cluster exists and there are global ids to
   * give.
   */
  CompletableFuture<Void> ready() {
    return founding.ready();
  }

  /** Names the manager to clients from now on. */
  void manager(MgrMap map) {
    onLoop(() -> subscriptions.manager(map));
  }

  void stop() {
    onLoop(
        () -> {
          closed = true;
          watch.lead(false);
          feed.follow(false);
          new ArrayList<>(sessions.values()).forEach(session -> session.close("the monitor stops"));
        });
  }

  private void onLoop(Runnable task) {
    if (loop.inLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  // What consensus says.

  @Override
  public void onState(MonState newState) {
    loop.execute(() -> show(newState));
  }

  @Override
  public void onLeadership(boolean nowLeader) {
    loop.execute(
        () -> {
          LOG.info("mon.{} {}", identity.name(), nowLeader ? "leads" : "follows");
          boolean ledSoFar = leader;
          leader = nowLeader;
          if (ledSoFar && !nowLeader) {
            reports.forget();
          }
          watch.lead(nowLeader);
          metrics.lead(nowLeader);
          events.lead(nowLeader);
          feed.follow(!nowLeader && !closed);
          proceed();
        });
  }

  @Override
  public void onFailure(Throwable cause) {
    failed.complete(cause);
  }

  /**
   * Completes when this monitor can agree on nothing any more: the process should end with an
   * error.
   */
  CompletableFuture<Throwable> failed() {
    return failed;
  }

  private void show(MonState newState) {
    MonState before = state;
    state = newState;
    if (state.exists()) {
      events.onState(before, state);
      Map<Integer, EntityAddr> up = new TreeMap<>();
      TreeSet<Integer> downAndIn = new TreeSet<>();
      OsdMap map = state.osdMap();
      for (int osd = 0; osd < map.maxOsd(); osd++) {
        if (map.isUp(osd)) {
          up.put(osd, map.addr(osd));
        } else if (map.isIn(osd)) {
          downAndIn.add(osd);
        }
      }
      watch.onMap(up, downAndIn);
      if (before.exists() && before.osdMap() != map) {
        reports.retain(state);
      }
      new ArrayList<>(sessions.values()).forEach(session -> subscriptions.serve(session, state));
    }
    proceed();
  }

  private void proceed() {
    if (consensus != null && !closed) {
      founding.proceed();
    }
  }

  private void tick() {
    if (closed) {
      return;
    }
    watch.tick();
    quorum.tick();
    quotas.tick();
    events.tick();
    log.flush();
    if (globalIds.low()) {
      proceed();
    }
    for (Session session : new ArrayList<>(sessions.values())) {
      if (session.connection.queuedBytes() > QUEUED_BYTES_MAX) {
        session.close("it does not read: " + session.connection.queuedBytes() + " bytes wait");
      } else {
        subscriptions.serve(session, state);
      }
    }
    loop.schedule(OsdWatch.TICK_NANOS, this::tick);
  }

  // What the messenger says.

  @Override
  public void onReady(Connection connection) {
    onReady(connection, false);
  }

  /**
   * A connection is there.
   *
   * @param withManager who made it wanted a manager
   */
  void onReady(Connection connection, boolean withManager) {
    onLoop(
        () -> {
          if (closed) {
            connection.close("the monitor stops");
          } else {
            sessions.put(connection, new Session(nextSession++, connection, withManager));
          }
        });
  }

  /** Commands may bring input; nothing else has data, and nobody makes us hold more. */
  @Override
  public PayloadPlan plan(Connection connection, MessageHead head) {
    MessageTable.checkData(head);
    return PayloadPlan.memory(head.dataLength());
  }

  @Override
  public void onMessage(Connection connection, IncomingMessage message) {
    onLoop(
        () -> {
          try (message) {
            Session session = sessions.get(connection);
            if (session == null || !state.exists() || !table.dispatch(session, message)) {
              LOG.debug("ignored {} from {}", message.head(), connection.peerName());
            }
          } catch (MalformedInputException e) {
            LOG.warn("{} at {}: {}", connection.peerName(), connection.remote(), e.getMessage());
            connection.close("malformed message: " + e.getMessage());
          }
        });
  }

  @Override
  public void onClosed(Connection connection, String reason) {
    onLoop(
        () -> {
          Session session = sessions.remove(connection);
          if (session != null) {
            LOG.debug("{} is gone: {}", session, reason);
            session.closed = true;
            watch.onSessionClosed(session);
          }
        });
  }

  // What requests may know and do.

  @Override
  public OsdReports reports() {
    return reports;
  }

  @Override
  public MonState state() {
    return state;
  }

  @Override
  public boolean isLeader() {
    return leader;
  }

  @Override
  public String leader() {
    return leader ? identity.name() : feed.leader();
  }

  @Override
  public UTime now() {
    return UTime.ofNanos(loop.clock().wallNanos());
  }

  @Override
  public long uptimeNanos() {
    return loop.clock().nanos() - startedAt;
  }

  @Override
  public ClusterLogWriter log() {
    return log;
  }

  @Override
  public MgrMap manager() {
    return subscriptions.manager();
  }

  @Override
  public int clients() {
    return (int) sessions.values().stream().filter(Session::isClient).count();
  }

  @Override
  public String name() {
    return identity.name();
  }

  @Override
  public CompletableFuture<Void> caughtUp() {
    return reads.caughtUp();
  }

  @Override
  public CompletableFuture<Outcome> propose(Change change) {
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    consensus
        .propose(ChangeCodec.encode(change))
        .whenComplete(
            (bytes, failure) ->
                loop.execute(
                    () -> {
                      if (failure != null) {
                        answer.completeExceptionally(failure);
                      } else {
                        answer.complete(Outcome.decode(bytes));
                      }
                    }));
    return answer;
  }

  /** What Prometheus is told. Any thread. */
  CompletableFuture<Map<String, Number>> metrics() {
    CompletableFuture<Map<String, Number>> told = new CompletableFuture<>();
    onLoop(() -> told.complete(this.metrics.now(sessions.size(), nextSession - 1)));
    return told;
  }

  /** What the admin socket shows. Any thread. */
  CompletableFuture<Map<String, Object>> status() {
    CompletableFuture<Map<String, Object>> status = new CompletableFuture<>();
    onLoop(
        () -> {
          Map<String, Object> all = new LinkedHashMap<>();
          all.put("name", "mon." + identity.name());
          all.put("fsid", identity.fsid().toString());
          all.put("state", leader ? "leader" : "peon");
          all.put("uptime_seconds", uptimeNanos() / 1_000_000_000);
          all.put("osdmap_epoch", state.epoch());
          all.put("oldest_osdmap_epoch", state.history().first());
          all.put("monmap_epoch", state.exists() ? state.monMap().epoch() : 0);
          all.put("next_global_id", state.nextGlobalId());
          all.put("sessions", sessions.size());
          status.complete(all);
        });
    return status;
  }
}
