package io.sluice.osd;

import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PeerScope;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings messages of other OSDs to their placement groups, and bounds what has come and waits for
 * its group's loop: beyond {@link Limits#PEER_BYTES} the sockets are not read.
 *
 * <p>That makes no two OSDs wait for each other: a loop gets to what waits for it as soon as the
 * store has taken what came before, and the store waits for its disk only. For anything else no
 * connection between OSDs may be paused.
 *
 * <p>A front that is long lies outside the heap until its turn, and is taken apart on the group's
 * loop: in the heap are as many at once as there are loops, and what the store has taken, which it
 * bounds itself.
 *
 * <p><b>Threads:</b> {@link #take} on the connection's loop.
 */
final class PeerIntake {
  private static final Logger LOG = LoggerFactory.getLogger(PeerIntake.class);

  private final PipePool pipes;
  private final Function<PeerScope, PlacementGroup> groups;
  private final AtomicLong waiting = new AtomicLong();
  private final Set<Connection> paused = ConcurrentHashMap.newKeySet();

  /**
   * @param groups null for what nobody takes
   */
  PeerIntake(PipePool pipes, Function<PeerScope, PlacementGroup> groups) {
    this.pipes = pipes;
    this.groups = groups;
  }

  /** Brings it to its group; the message stays its owner's to close. */
  void take(Connection connection, IncomingMessage message) {
    MessageHead head = message.head();
    int inData = PeerMessage.frontInData(head.version(), head.front(), head.dataLength());
    if (inData > 0) {
      takeLong(connection, message, inData);
      return;
    }
    PeerDelivery delivery =
        PeerDelivery.of(
            connection, head.type(), head.front(), new StepPayloads(message).claimFrom(0));
    PlacementGroup group = groups.apply(delivery.message().scope());
    if (group == null) {
      delivery.close();
      return;
    }
    long length = head.dataLength();
    long count = head.front().length + (length <= Limits.INLINE_BYTES ? length : 0);
    delivery.handOver();
    bring(connection, group, count, () -> delivery);
  }

  private void takeLong(Connection connection, IncomingMessage message, int inData) {
    StepPayloads payloads = new StepPayloads(message);
    byte[] begin = payloads.bytes(0, Math.min(inData, PeerMessage.SCOPE_END), pipes);
    PlacementGroup group = groups.apply(PeerMessage.scopeOf(begin));
    if (group == null) {
      return;
    }
    Payload front = payloads.claim(0, inData);
    Payload data = payloads.claimFrom(inData);
    front.bytes().handOver();
    data.bytes().handOver();
    long count = front.length() + data.length();
    int type = message.head().type();
    bring(connection, group, count, () -> delivery(connection, type, front, data));
  }

  /**
   * @param turn gives the delivery when it is its turn; null where there is none
   */
  private void bring(
      Connection connection, PlacementGroup group, long count, Supplier<PeerDelivery> turn) {
    begin(connection, count);
    group
        .loop()
        .execute(
            () -> {
              end(count);
              PeerDelivery delivery = turn.get();
              if (delivery != null) {
                group.handlePeer(delivery);
              }
            });
  }

  /** Null for what cannot be decoded: it ends the connection, as on the connection's loop. */
  private PeerDelivery delivery(Connection connection, int type, Payload front, Payload data) {
    try (front) {
      byte[] bytes = front.bytes().toByteArray(pipes, Inspection.DECODE);
      return PeerDelivery.of(connection, type, bytes, data);
    } catch (RuntimeException e) {
      LOG.info("{} sent what cannot be decoded: {}", connection.peerName(), e.toString());
      connection.close("malformed: " + e.getMessage());
      return null;
    }
  }

  /** So much has come. Connection's loop. */
  void begin(Connection connection, long count) {
    if (waiting.addAndGet(count) > Limits.PEER_BYTES) {
      paused.add(connection);
      connection.pauseReading();
      // What ended between the sum and the pause has not seen us in the set.
      release(connection);
    }
  }

  /** It is its turn. Any thread. */
  void end(long count) {
    waiting.addAndGet(-count);
    if (!paused.isEmpty()) {
      paused.forEach(this::release);
    }
  }

  private void release(Connection connection) {
    if (waiting.get() <= Limits.PEER_BYTES / 2 && paused.remove(connection)) {
      connection.loop().execute(connection::resumeReading);
    }
  }

  /** Bytes that have come and wait for their group's loop. */
  long waiting() {
    return waiting.get();
  }
}
