package io.sluice.client;

import io.sluice.protocol.MMonCommand;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MMonGetVersion;
import io.sluice.protocol.MMonGetVersionReply;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What monitors were asked and have not answered; asked again, in order, on every new session.
 *
 * <p>A command can so be done twice, as with librados; the monitor's commands are idempotent for
 * that reason.
 *
 * <p><b>Threads:</b> the client's loop.
 */
final class MonRequests {
  private record Command(String json, byte[] input, CompletableFuture<MMonCommandAck> done) {}

  private final MonSession session;
  private final TreeMap<Long, Command> commands = new TreeMap<>();
  private final TreeMap<Long, CompletableFuture<Long>> versions = new TreeMap<>();
  private long lastTid;
  private RadosException failed;

  MonRequests(MonSession session) {
    this.session = session;
  }

  CompletableFuture<MMonCommandAck> command(String json, byte[] input) {
    CompletableFuture<MMonCommandAck> done = new CompletableFuture<>();
    if (failed != null) {
      done.completeExceptionally(failed);
      return done;
    }
    long tid = ++lastTid;
    commands.put(tid, new Command(json, input, done));
    send(tid);
    return done;
  }

  /** The epoch of the newest OSD map there is. */
  CompletableFuture<Long> newestEpoch() {
    CompletableFuture<Long> done = new CompletableFuture<>();
    if (failed != null) {
      done.completeExceptionally(failed);
      return done;
    }
    long handle = ++lastTid;
    versions.put(handle, done);
    session.send(new MMonGetVersion(handle, "osdmap"));
    return done;
  }

  void sendAll() {
    commands.keySet().forEach(this::send);
    versions.keySet().forEach(handle -> session.send(new MMonGetVersion(handle, "osdmap")));
  }

  private void send(long tid) {
    Command command = commands.get(tid);
    session.send(new MMonCommand(tid, session.fsid(), List.of(command.json()), command.input()));
  }

  void answered(MMonCommandAck ack) {
    Command command = commands.remove(ack.tid());
    if (command != null) {
      command.done().complete(ack);
    }
  }

  void answered(MMonGetVersionReply reply) {
    CompletableFuture<Long> done = versions.remove(reply.handle());
    if (done != null) {
      done.complete(reply.version());
    }
  }

  /** Fails everything pending and everything asked from now on. */
  void fail(RadosException reason) {
    failed = reason;
    List<CompletableFuture<?>> all = new ArrayList<>(versions.values());
    commands.values().forEach(command -> all.add(command.done()));
    commands.clear();
    versions.clear();
    all.forEach(future -> future.completeExceptionally(reason));
  }
}
