package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MCommand;
import io.sluice.protocol.MCommandReply;
import io.sluice.protocol.MGetPoolStats;
import io.sluice.protocol.MGetPoolStatsReply;
import io.sluice.protocol.MLog;
import io.sluice.protocol.MMonCommand;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MMonGetVersion;
import io.sluice.protocol.MMonGetVersionReply;
import io.sluice.protocol.MMonMap;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MPing;
import io.sluice.protocol.MPoolOp;
import io.sluice.protocol.MPoolOpReply;
import io.sluice.protocol.MStatfs;
import io.sluice.protocol.MStatfsReply;
import io.sluice.protocol.PoolStats;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers clients: maps, versions, commands, pools.
 *
 * <p>What is in the pools is what their primaries said last. What needs the agreed state waits
 * until this monitor has it; where nobody leads for long, the client is sent away to ask another.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class ClientRequests {
  private static final Logger LOG = LoggerFactory.getLogger(ClientRequests.class);
  private static final long KIB = 1024;
  private static final UUID ANY_CLUSTER = new UUID(0, 0);

  private static final CompletableFuture<CommandReply> FOREIGN =
      CompletableFuture.completedFuture(
          CommandReply.failed(new CommandException(Errno.EPERM, "wrong fsid")));

  private final MonContext context;
  private final Subscriptions subscriptions;
  private final Commands commands;

  ClientRequests(MonContext context, Subscriptions subscriptions, Commands commands) {
    this.context = context;
    this.subscriptions = subscriptions;
    this.commands = commands;
  }

  void getMap(Session session) {
    session.send(new MMonMap(context.state().monMap().encode()));
  }

  void subscribe(Session session, MMonSubscribe message) {
    subscriptions.subscribe(session, message, context.state());
  }

  private void whenCaughtUp(Session session, Runnable answer) {
    context
        .caughtUp()
        .whenComplete(
            (nothing, failure) -> {
              if (failure == null) {
                answer.run();
              } else {
                session.close("no monitor leads: " + failure.getMessage());
              }
            })
        .exceptionally(
            failure -> {
              LOG.error("{} was not answered", session, failure);
              return null;
            });
  }

  /** Clients ask before they believe that something is not there. */
  void getVersion(Session session, MMonGetVersion message) {
    whenCaughtUp(session, () -> sendVersion(session, message));
  }

  private void sendVersion(Session session, MMonGetVersion message) {
    MonState state = context.state();
    long newest =
        switch (message.what()) {
          case "osdmap" -> state.epoch();
          case "monmap" -> state.monMap().epoch();
          case "mgrmap" -> subscriptions.manager().epoch();
          case "fsmap" -> Subscriptions.FILE_SYSTEMS_EPOCH;
          default -> 0;
        };
    long oldest = message.what().equals("osdmap") ? state.history().first() : Math.min(1, newest);
    session.send(new MMonGetVersionReply(message.handle(), newest, oldest));
  }

  /** Says how it is, as Ceph's does: {@code {"health": {...}, "mon_status": {...}}}. */
  void ping(Session session) {
    CommandCall call = new CommandCall("{\"prefix\":\"ping\"}", new byte[0], context);
    ObjectNode pong = CommandCall.object();
    pong.set("health", Health.of(context).toJson());
    pong.set("mon_status", ClusterCommands.monStatus(call));
    session.send(new MPing(pong.toPrettyString()));
  }

  /** Lines for the cluster's log. */
  void log(Session session, MLog message) {
    context.log().take(session, message);
  }

  /** As {@code ceph tell mon.X} sends it, and everybody to a manager. */
  void command(Session session, MCommand message, byte[] input) {
    CompletableFuture<CommandReply> reply =
        isForeign(message.fsid()) ? FOREIGN : told(session, message, input);
    reply.thenAccept(
        done ->
            session.send(
                new MCommandReply(message.tid(), done.result(), done.text()), done.output()));
  }

  private CompletableFuture<CommandReply> told(Session session, MCommand message, byte[] input) {
    Caller caller = Caller.of(session.connection);
    String words = String.join(" ", message.words());
    return session.withManager
        ? commands.manage(words, input, caller, context)
        : commands.tell(words, input, caller, context);
  }

  void command(Session session, MMonCommand message) {
    Caller caller = Caller.of(session.connection);
    String words = String.join(" ", message.command());
    CompletableFuture<CommandReply> reply =
        isForeign(message.fsid()) ? FOREIGN : commands.run(words, message.input(), caller, context);
    reply.thenAccept(
        done ->
            session.send(
                new MMonCommandAck(
                    message.tid(),
                    context.state().epoch(),
                    message.command(),
                    done.result(),
                    done.text(),
                    done.output())));
  }

  private boolean isForeign(UUID fsid) {
    return !fsid.equals(ANY_CLUSTER) && !fsid.equals(context.state().fsid());
  }

  void poolOp(Session session, MPoolOp message) {
    switch (message.op()) {
      case MPoolOp.CREATE ->
          proposePoolOp(session, message, PoolCommands.byDefault(context, message.name()));
      case MPoolOp.DELETE -> {
        if (PoolCommands.mayRemove(context)) {
          proposePoolOp(session, message, new Change.RemovePool(message.pool(), context.now()));
        } else {
          reply(session, message, Outcome.refused(Errno.EPERM, ""));
        }
      }
      case MPoolOp.CREATE_SNAP,
          MPoolOp.DELETE_SNAP,
          MPoolOp.CREATE_UNMANAGED_SNAP,
          MPoolOp.DELETE_UNMANAGED_SNAP ->
          proposePoolOp(
              session,
              message,
              new Change.ChangeSnap(
                  message.pool(), message.op(), message.snapId(), message.name(), context.now()));
      default -> reply(session, message, Outcome.refused(Errno.EOPNOTSUPP, ""));
    }
  }

  private void proposePoolOp(Session session, MPoolOp message, Change change) {
    context
        .propose(change)
        .whenComplete(
            (outcome, failure) -> {
              Outcome known = failure == null ? outcome : Outcome.refused(Errno.EAGAIN, "");
              reply(session, message, known);
            });
  }

  private void reply(Session session, MPoolOp message, Outcome outcome) {
    int epoch = Math.max(outcome.epoch(), context.state().epoch());
    boolean numbered = outcome.ok() && message.op() == MPoolOp.CREATE_UNMANAGED_SNAP;
    byte[] output = numbered ? new Encoder(8).le64(outcome.value()).toByteArray() : new byte[0];
    session.send(
        new MPoolOpReply(
            message.tid(), epoch, context.state().fsid(), outcome.code(), epoch, output));
  }

  void statfs(Session session, MStatfs message) {
    whenCaughtUp(session, () -> sendStatfs(session, message));
  }

  private void sendStatfs(Session session, MStatfs message) {
    MonState state = context.state();
    OsdReports reports = context.reports();
    long kib = reports.totalBytes(state) / KIB;
    long free = reports.freeBytes(state) / KIB;
    long objects = reports.all(state).objects();
    session.send(
        new MStatfsReply(
            message.tid(), state.fsid(), state.epoch(), kib, kib - free, free, objects));
  }

  void poolStats(Session session, MGetPoolStats message) {
    whenCaughtUp(session, () -> sendPoolStats(session, message));
  }

  private void sendPoolStats(Session session, MGetPoolStats message) {
    MonState state = context.state();
    SortedMap<String, PoolStats> stats = new TreeMap<>();
    for (String name : message.pools()) {
      state
          .osdMap()
          .findPool(name)
          .ifPresent(pool -> stats.put(name, context.reports().pool(state, pool)));
    }
    session.send(new MGetPoolStatsReply(message.tid(), state.epoch(), state.fsid(), stats, true));
  }
}
