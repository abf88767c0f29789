package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import io.sluice.messenger.Messenger;
import io.sluice.protocol.Errno;
import io.sluice.protocol.Features;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OsdMap;
import io.sluice.types.AddrVec;
import io.sluice.types.Loop;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets every operation to the primary of its placement group, and again to the next one, until it
 * is answered.
 *
 * <p><b>Invariants:</b> an operation keeps its transaction id for life, so OSDs can tell a
 * repetition from a new operation; ids are sent in growing order on every connection, so operations
 * on one object arrive in the order they were asked for; an operation whose group has no primary
 * waits; one whose pool is unknown fails only after the monitor has confirmed that no newer map has
 * it.
 *
 * <p><b>Threads:</b> the client's loop. <b>Owns</b> the sessions and the pending operations.
 */
final class Objecter implements MapTracker.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Objecter.class);

  /** A checksum that is wrong so often is wrong for good: memory is changing under us. */
  private static final int CRC_RESETS_MAX = 3;

  /** An OSD that drops us so often on the same operations, and stays up, will do it again. */
  private static final int RESETS_MAX = 32;

  private static final long EAGAIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Messenger messenger;
  private final Loop loop;
  private final MapTracker maps;
  private final MonSession mon;
  private final TreeMap<Long, PendingOp> pending = new TreeMap<>();
  private final Map<Integer, OsdSession> sessions = new HashMap<>();
  private final Waiting waiting = new Waiting();
  private long lastTid;
  private RadosException closed;

  Objecter(Messenger messenger, Loop loop, MapTracker maps, MonSession mon) {
    this.messenger = messenger;
    this.loop = loop;
    this.maps = maps;
    this.mon = mon;
    maps.listener(this);
  }

  UTime now() {
    return UTime.ofNanos(loop.clock().wallNanos());
  }

  int inFlight() {
    return pending.size();
  }

  /**
   * Starts an operation and takes over its payload.
   *
   * @param timeoutNanos 0 = for ever
   */
  CompletableFuture<OpReply> submit(Operation operation, long timeoutNanos) {
    CompletableFuture<OpReply> done = new CompletableFuture<>();
    PendingOp op = new PendingOp(++lastTid, operation, done);
    pending.put(op.tid, op);
    if (closed != null) {
      fail(op, closed);
      return done;
    }
    if (timeoutNanos > 0) {
      op.deadline = loop.schedule(timeoutNanos, () -> timedOut(op));
    }
    if (retarget(op, maps.current())) {
      dispatch(op);
    }
    return done;
  }

  /** Looks the target up under a map; false when the map does not have the pool. */
  private boolean retarget(PendingOp op, OsdMap map) {
    Operation operation = op.operation;
    Target target =
        map == null
            ? null
            : Target.of(
                map,
                operation.object().pool(),
                operation.object().hash(),
                operation.onWholeGroup());
    if (target == null) {
      op.target = null;
      leave(op);
      confirmPoolGone(op);
      return false;
    }
    if (!target.equals(op.target)) {
      op.target = target;
      op.mustSend = true;
      op.resets = 0;
    }
    return true;
  }

  /** Hands the operation to its primary's session, which sends it at once or when it is ready. */
  private void dispatch(PendingOp op) {
    int primary = op.target.primary();
    OsdSession chosen = primary < 0 ? null : session(primary);
    if (op.session != chosen) {
      leave(op);
    }
    op.session = chosen;
    if (chosen != null && op.mustSend && chosen.isReady() && !chosen.holdsBack(op)) {
      send(op);
    }
  }

  /**
   * Takes the operation off its session. A reply that is being received into the caller's buffer is
   * cut off first: nobody may write there once the operation is elsewhere or over.
   */
  private void leave(PendingOp op) {
    OsdSession session = op.session;
    boolean receiving = op.receiving;
    op.session = null;
    op.receiving = false;
    op.answering = false;
    if (receiving && session != null) {
      session.reset("an answer is no longer wanted");
    }
    if (session != null) {
      session.left(op);
    }
  }

  private void send(PendingOp op) {
    if (op.operation.isPausedBy(maps.current().flags())) {
      return; // until a map says otherwise: OSDs would not refuse it
    }
    Payload payload = op.operation.payload();
    if (op.attempts > 0
        && payload != null
        && !payload.stillMatches()
        && ++op.crcResets >= CRC_RESETS_MAX) {
      fail(
          op,
          new RadosException(
              Errno.EIO, op.operation.what() + " (its bytes changed while it was sent)"));
      return;
    }
    op.session.send(op, maps.epoch(), Features.PACIFIC);
  }

  private OsdSession session(int osd) {
    AddrVec addrs = maps.current().addrs(osd);
    OsdSession session = sessions.get(osd);
    if (session == null || !session.addrs().equals(addrs)) {
      if (session != null) {
        session.close("osd." + osd + " has another address now");
      }
      session = new OsdSession(osd, addrs, this, messenger, loop);
      sessions.put(osd, session);
      session.open();
    }
    return session;
  }

  /** The session can send: its connection is ready, or goes on with what waited. */
  void sessionReady(OsdSession session) {
    List<PendingOp> waiting =
        pending.values().stream().filter(op -> op.session == session && op.mustSend).toList();
    for (PendingOp op : session.next(waiting)) {
      if (op.session == session) {
        send(op);
      }
    }
  }

  /** An OSD that has dropped the operations on a group takes them now. */
  void unblocked(OsdSession session, PgId pg) {
    pending.values().stream()
        .filter(op -> op.session == session && op.target.pg().equals(pg))
        .forEach(op -> op.mustSend = true);
    sessionReady(session);
  }

  /** A session's connection ended; true when it should be made again. */
  boolean sessionLost(OsdSession session, boolean wasReady, String reason) {
    if (sessions.get(session.osd()) != session) {
      return false;
    }
    boolean needed = false;
    for (PendingOp op : new ArrayList<>(pending.values())) {
      if (op.session == session) {
        needed |= survives(op, wasReady, reason);
      }
    }
    if (!needed) {
      sessions.remove(session.osd());
    }
    return needed;
  }

  private boolean survives(PendingOp op, boolean wasReady, String reason) {
    boolean corrupt = op.answering && reason.contains("checksum");
    op.receiving = false;
    op.answering = false;
    op.resets += wasReady && !op.mustSend ? 1 : 0;
    op.mustSend = true;
    op.crcResets += corrupt ? 1 : 0;
    if (op.crcResets >= CRC_RESETS_MAX || op.resets >= RESETS_MAX) {
      fail(
          op,
          new RadosException(
              Errno.EIO,
              op.operation.what() + " (the connection broke again and again: " + reason + ")"));
      return false;
    }
    return true;
  }

  /** The operation that still waits for an answer from this session, or null. */
  PendingOp waitingOn(OsdSession session, long tid) {
    PendingOp op = pending.get(tid);
    return op != null && op.session == session ? op : null;
  }

  /**
   * An answer has come.
   *
   * @param pages its output where that was asked for as it came, taken over; else null
   */
  void replied(PendingOp op, MOSDOpReply reply, int received, BufferList pages) {
    boolean over = false;
    try {
      over = ends(op, reply);
      if (over) {
        end(op);
        over =
            op.done.complete(
                new OpReply(
                    reply.result(),
                    reply.ops(),
                    reply.replayVersion(),
                    reply.userVersion(),
                    received,
                    pages));
      }
    } finally {
      if (!over && pages != null) {
        pages.close();
      }
    }
  }

  /** True when the operation has succeeded. */
  private boolean ends(PendingOp op, MOSDOpReply reply) {
    if (reply.retryAttempt() != op.attempts - 1) {
      LOG.debug("{}: ignoring the answer to attempt {}", op, reply.retryAttempt());
      return false;
    }
    if (reply.result() == Errno.EAGAIN.result()) {
      op.mustSend = true;
      waiting.sentBack(op, maps.current());
      loop.schedule(EAGAIN_PAUSE_NANOS, () -> again(op));
      return false;
    }
    if (reply.result() < 0) {
      fail(op, new RadosException(reply.result(), op.operation.what()));
      return false;
    }
    Payload payload = op.operation.payload();
    if (payload != null && op.attempts == 1) {
      payload.settled();
    }
    return true;
  }

  private void again(PendingOp op) {
    if (pending.get(op.tid) == op && op.target != null && op.mustSend) {
      dispatch(op);
    }
  }

  void takeMap(MOSDMap message) {
    switch (maps.take(message)) {
      case EPOCHS -> mon.subscribe();
      case WHOLE -> mon.subscribeToWhole();
      case NOTHING -> {}
    }
  }

  @Override
  public void mapsChanged(List<OsdMap> newer, boolean gap) {
    OsdMap newest = newer.get(newer.size() - 1);
    List<PendingOp> all = new ArrayList<>(pending.values());
    for (OsdMap map : newer) {
      all.forEach(op -> retarget(op, map));
    }
    closeStaleSessions(newest);
    for (PendingOp op : all) {
      if (op.target != null && pending.get(op.tid) == op) {
        op.mustSend |= gap;
        if (op.mustSend || op.session == null) {
          dispatch(op);
        }
      }
    }
  }

  private void closeStaleSessions(OsdMap map) {
    for (OsdSession session : new ArrayList<>(sessions.values())) {
      if (!map.isUp(session.osd()) || !map.addrs(session.osd()).equals(session.addrs())) {
        sessions.remove(session.osd());
        session.close("osd." + session.osd() + " is not up there any more");
        for (PendingOp op : pending.values()) {
          op.mustSend |= op.session == session;
          op.receiving &= op.session != session;
        }
      }
    }
  }

  /**
   * Asks whether there is a newer map, and fails the operation when there is none with its pool.
   */
  private void confirmPoolGone(PendingOp op) {
    if (op.confirming) {
      return;
    }
    op.confirming = true;
    mon.requests()
        .newestEpoch()
        .thenCompose(newest -> maps.atLeast((int) (long) newest))
        .whenComplete(
            (map, error) -> {
              op.confirming = false;
              if (pending.get(op.tid) != op) {
                return;
              }
              if (error != null || map.pool(op.operation.object().pool()) == null) {
                fail(
                    op,
                    new RadosException(Errno.ENOENT, op.operation.what() + " (the pool is gone)"));
              } else if (op.target == null && retarget(op, map)) {
                dispatch(op);
              }
            });
  }

  private void timedOut(PendingOp op) {
    if (pending.get(op.tid) != op) {
      return;
    }
    String where =
        op.target == null || op.target.primary() < 0 ? " (no OSD serves its placement group)" : "";
    fail(op, new RadosException(Errno.ETIMEDOUT, op.operation.what() + where));
  }

  private void fail(PendingOp op, RadosException reason) {
    end(op);
    op.done.completeExceptionally(reason);
  }

  private void end(PendingOp op) {
    pending.remove(op.tid);
    waiting.ended(op);
    leave(op);
    if (op.deadline != null) {
      op.deadline.cancel();
    }
    if (op.operation.payload() != null) {
      op.operation.payload().close();
    }
  }

  void close(RadosException reason) {
    closed = reason;
    sessions.values().forEach(session -> session.close("client closed"));
    sessions.clear();
    new ArrayList<>(pending.values()).forEach(op -> fail(op, reason));
  }
}
