package io.sluice.monitor;

import io.sluice.protocol.MLog;
import io.sluice.protocol.MLogAck;
import io.sluice.protocol.MonMap;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes lines for the cluster's log, this monitor's and those that daemons and clients send, and
 * proposes what was gathered since the last time: one entry of the consensus log for many lines.
 *
 * <p><b>Invariants:</b> {@link #WAITING_MAX} lines wait at most: what comes beyond is counted, and
 * the count becomes a line; who sent lines hears of them when they are agreed on, and sends them
 * again otherwise. A line is one line.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class ClusterLogWriter {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLogWriter.class);

  /** As many as are kept: more would push each other out. */
  private static final int WAITING_MAX = ClusterLog.LINES_MAX;

  private static final int NAME_MAX = 64;
  private static final int ADDRS_MAX = 2;
  private static final Set<String> CHANNELS = Set.of(MLog.Entry.CLUSTER, MLog.Entry.AUDIT);

  /** A daemon's lines, and what it is told once they are agreed on. */
  private record Receipt(Session session, MLogAck ack) {}

  private final MonContext context;
  private List<MLog.Entry> waiting = new ArrayList<>();
  private List<Receipt> receipts = new ArrayList<>();
  private long sequence;
  private int dropped;
  private boolean proposing;

  ClusterLogWriter(MonContext context) {
    this.context = context;
  }

  /** A line of this monitor's own. */
  void add(int priority, String channel, String text) {
    MonMap map = context.state().monMap();
    int rank = map.rankOf(context.name());
    add(
        new MLog.Entry(
            EntityName.MON,
            context.name(),
            EntityName.mon(Math.max(0, rank)),
            rank < 0 ? AddrVec.EMPTY : map.mons().get(rank).addrs(),
            context.now(),
            ++sequence,
            priority,
            oneLine(text),
            channel));
  }

  private void add(MLog.Entry line) {
    if (waiting.size() < WAITING_MAX) {
      waiting.add(line.shortened(ClusterLog.TEXT_MAX));
    } else {
      dropped++;
    }
  }

  /** What a daemon or client has to say. */
  void take(Session session, MLog message) {
    if (!message.fsid().equals(context.state().fsid()) || message.entries().isEmpty()) {
      return;
    }
    message.entries().forEach(line -> add(spokenBy(session, line)));
    MLog.Entry last = message.entries().get(message.entries().size() - 1);
    receipts.add(
        new Receipt(session, new MLogAck(message.fsid(), last.sequence(), last.channel())));
  }

  /** Nobody speaks for others, and a name is short. */
  private static MLog.Entry spokenBy(Session session, MLog.Entry line) {
    String who = oneLine(line.who());
    return new MLog.Entry(
        session.connection.peerName().type(),
        who.substring(0, Math.min(NAME_MAX, who.length())),
        session.connection.peerName(),
        line.addrs().addrs().size() <= ADDRS_MAX ? line.addrs() : AddrVec.EMPTY,
        line.stamp(),
        line.sequence(),
        Math.max(MLog.Entry.DEBUG, Math.min(MLog.Entry.ERROR, line.priority())),
        oneLine(line.message()),
        CHANNELS.contains(line.channel()) ? line.channel() : MLog.Entry.CLUSTER);
  }

  /** A user's line, at once: completes when it is in the log. */
  CompletableFuture<Outcome> say(Caller from, int priority, String text) {
    MLog.Entry line =
        new MLog.Entry(
            from.name().type(),
            from.entity().substring(from.entity().indexOf('.') + 1),
            from.name(),
            AddrVec.EMPTY,
            context.now(),
            0,
            priority,
            oneLine(text),
            MLog.Entry.CLUSTER);
    return context.propose(new Change.Log(List.of(line)));
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /** Proposes what waits, unless something is under way. */
  void flush() {
    if (proposing || waiting.isEmpty()) {
      return;
    }
    if (dropped > 0) {
      int count = dropped;
      dropped = 0;
      waiting.remove(waiting.size() - 1);
      add(MLog.Entry.WARNING, MLog.Entry.CLUSTER, count + 1 + " lines more were dropped");
    }
    List<Receipt> due = receipts;
    Change change = new Change.Log(waiting);
    waiting = new ArrayList<>();
    receipts = new ArrayList<>();
    proposing = true;
    context
        .propose(change)
        .whenComplete(
            (outcome, failure) -> {
              proposing = false;
              if (failure != null) {
                LOG.warn("lines of the cluster's log were lost: {}", failure.toString());
              } else {
                due.forEach(receipt -> receipt.session().send(receipt.ack()));
              }
            });
  }
}
