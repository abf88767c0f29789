package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Encoder;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.Messenger;
import io.sluice.messenger.PayloadPlan;
import io.sluice.protocol.MOSDBackoff;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.MessageType;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.Loop;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one life of one OSD, made again with growing pauses for as long as operations
 * need it and the map says that the OSD is up.
 *
 * <p><b>Invariant:</b> operations are sent in the order of their transaction ids, on every new
 * connection from the first that is still unanswered.
 *
 * <p><b>Threads:</b> the client's loop. <b>Owns</b> its connection.
 */
final class OsdSession implements Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(OsdSession.class);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final byte[] NO_VECTOR = {};

  /**
   * From here on operations go one at a time: one whose bytes always arrive broken takes no others
   * with it.
   */
  private static final int RESETS_TOGETHER = 8;

  /** One that broke nothing for so long only waits at its OSD, and the others need not. */
  private static final long ALONE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final int osd;
  private final AddrVec addrs;
  private final Objecter objecter;
  private final Messenger messenger;
  private final Loop loop;
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private Connection connection;
  private boolean ready;

  /** The only operation that is to be sent now, or null. */
  private PendingOp alone;

  private boolean closed;

  OsdSession(int osd, AddrVec addrs, Objecter objecter, Messenger messenger, Loop loop) {
    this.osd = osd;
    this.addrs = addrs;
    this.objecter = objecter;
    this.messenger = messenger;
    this.loop = loop;
  }

  int osd() {
    return osd;
  }

  AddrVec addrs() {
    return addrs;
  }

  boolean isReady() {
    return ready;
  }

  /**
   * Of those that wait, in order, what is to be sent now: all, or after many resets only the oldest
   * of those they happened to.
   */
  List<PendingOp> next(List<PendingOp> waiting) {
    PendingOp first =
        waiting.stream().filter(op -> op.resets >= RESETS_TOGETHER).findFirst().orElse(null);
    alone = first;
    if (first == null) {
      return waiting;
    }
    loop.schedule(ALONE_NANOS, () -> left(first));
    return List.of(first);
  }

  /** True while another operation goes alone. */
  boolean holdsBack(PendingOp op) {
    return alone != null && alone != op;
  }

  /** The operation is over, or not ours any more: what waited for it goes on. */
  void left(PendingOp op) {
    if (alone == op) {
      alone = null;
      loop.execute(this::goOn);
    }
  }

  private void goOn() {
    if (ready && alone == null) {
      objecter.sessionReady(this);
    }
  }

  void open() {
    if (!closed && connection == null) {
      connection = messenger.connect(EntityName.osd(osd), addrs, this, loop);
    }
  }

  /** Sends one attempt; the session is ready. */
  void send(PendingOp op, int epoch, long features) {
    Operation operation = op.operation;
    MOSDOp message =
        MOSDOp.of(operation.object(), op.target.pg(), epoch, operation.flags(), operation.steps())
            .withTid(op.tid)
            .withMtime(objecter.now())
            .withFeatures(features)
            .resent(op.target.pg(), epoch, op.attempts++);
    op.mustSend = false;
    connection.send(envelope(message, operation.payload()));
  }

  private Envelope envelope(MOSDOp message, Payload payload) {
    if (payload == null) {
      return message.toEnvelope();
    }
    boolean alone = message.dataLength() == payload.length();
    byte[] vector = NO_VECTOR;
    if (alone && connection.checksumVectors()) {
      Encoder to = new Encoder(16 + payload.checksums().crcs().length * 4);
      payload.checksums().encode(to);
      vector = to.toByteArray();
    }
    return message.toEnvelope(payload.share(), vector, alone ? payload.crc() : null);
  }

  @Override
  public void onReady(Connection from) {
    if (from == connection) {
      ready = true;
      objecter.sessionReady(this);
    }
  }

  /** A read's output goes straight into its caller's buffer when it fits, or into pipes. */
  @Override
  public PayloadPlan plan(Connection from, MessageHead head) {
    PayloadPlan memory = PayloadPlan.memory(head.dataLength());
    if (head.type() != MessageType.OSD_OP_REPLY || head.dataLength() == 0 || from != connection) {
      return memory;
    }
    PendingOp op = objecter.waitingOn(this, head.tid());
    PayloadPlan.Run run = op == null ? null : run(op.operation, head.dataLength());
    if (run == null) {
      return memory;
    }
    MOSDOpReply reply =
        MOSDOpReply.decode(head.version(), head.tid(), head.front(), head.dataLength());
    if (reply.result() < 0
        || reply.ops().size() != 1
        || reply.ops().get(0).dataLength() != head.dataLength()) {
      return memory;
    }
    op.receiving = run instanceof PayloadPlan.Into;
    op.answering = true;
    return new PayloadPlan(List.of(run));
  }

  /** Null for memory of ours. */
  private static PayloadPlan.Run run(Operation operation, long length) {
    ByteBuffer buffer = operation.destination();
    if (buffer != null && length <= buffer.remaining()) {
      return new PayloadPlan.Into(buffer.slice(buffer.position(), (int) length));
    }
    boolean pages = operation.pages() && length >= Payloads.PAGES_FROM;
    return pages ? new PayloadPlan.Pipes(length, null) : null;
  }

  @Override
  public void onMessage(Connection from, IncomingMessage message) {
    try (message) {
      if (from != connection) {
        return;
      }
      pauseNanos = FIRST_PAUSE_NANOS;
      MessageHead head = message.head();
      if (head.type() == MessageType.OSD_MAP) {
        objecter.takeMap(MOSDMap.decode(head.version(), head.front()));
      } else if (head.type() == MessageType.OSD_OP_REPLY) {
        takeReply(head, message);
      } else if (head.type() == MessageType.OSD_BACKOFF) {
        takeBackoff(MOSDBackoff.decode(head.version(), head.front()));
      } else {
        LOG.debug("message {} from osd.{} is not for us", head.type(), osd);
      }
    }
  }

  /** What a blocked group's OSD gets meanwhile it drops: all of it is sent again at the end. */
  private void takeBackoff(MOSDBackoff backoff) {
    if (backoff.step() == MOSDBackoff.BLOCK) {
      connection.send(backoff.acknowledged().toEnvelope());
    } else if (backoff.step() == MOSDBackoff.UNBLOCK) {
      objecter.unblocked(this, backoff.pg());
    }
  }

  private void takeReply(MessageHead head, IncomingMessage message) {
    MOSDOpReply reply =
        MOSDOpReply.decode(head.version(), head.tid(), head.front(), head.dataLength());
    PendingOp op = objecter.waitingOn(this, head.tid());
    if (op == null) {
      LOG.debug("late reply {}", reply);
      return;
    }
    boolean direct = op.receiving;
    op.receiving = false;
    op.answering = false;
    if (op.operation.pages()) {
      BufferList pages = new BufferList();
      message.runs().forEach(run -> pages.claimAppend(run.bytes()));
      objecter.replied(op, reply, 0, pages.handOver());
    } else if (direct) {
      objecter.replied(op, reply, (int) head.dataLength(), null);
    } else {
      objecter.replied(op, attached(reply, Payloads.bytesOf(message)), 0, null);
    }
  }

  private static MOSDOpReply attached(MOSDOpReply reply, byte[] data) {
    return reply.attach(
        (offset, length) -> Arrays.copyOfRange(data, (int) offset, (int) offset + length));
  }

  @Override
  public void onClosed(Connection from, String reason) {
    if (from != connection) {
      return;
    }
    boolean wasReady = ready;
    connection = null;
    ready = false;
    LOG.debug("session with osd.{} ended: {}", osd, reason);
    if (objecter.sessionLost(this, wasReady, reason)) {
      loop.schedule(pauseNanos, this::open);
      pauseNanos = Math.min(pauseNanos * 2, LONGEST_PAUSE_NANOS);
    }
  }

  /** Ends the connection and makes it again: nothing more arrives on the old one. */
  void reset(String reason) {
    Connection last = connection;
    if (last != null) {
      last.close(reason);
    }
  }

  /** Ends the session for good. */
  void close(String reason) {
    closed = true;
    ready = false;
    Connection last = connection;
    connection = null;
    if (last != null) {
      last.close(reason);
    }
  }

  @Override
  public String toString() {
    return "osd." + osd + " at " + addrs;
  }
}
