package io.sluice.messenger;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.Segment;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a connection has to send: messages by priority, then in the order they came; a few of them
 * laid out as frames.
 *
 * <p><b>Threads:</b> {@link #offer} and {@link #queuedBytes} any, the rest the connection's loop.
 * <b>Owns</b> the messages until they are in the socket.
 */
final class Outbox {
  /** Counted for each message besides its parts, so that empty messages count too. */
  private static final int HEAD_BYTES = Preamble.BYTES + MessageHeader.BYTES + 4 + Epilogue.BYTES;

  private final Queue<Envelope> offered = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();

  /** By priority, the most urgent first; a queue stays when it is empty: priorities are few. */
  private final Map<Integer, Deque<Envelope>> waiting = new TreeMap<>(Comparator.reverseOrder());

  private final Deque<OutgoingPart> parts = new ArrayDeque<>();
  private final PayloadChecksum checksum;
  private final Runnable wake;
  private final Unacked unacked;
  private final Deque<Envelope> again = new ArrayDeque<>();
  private int messagesWaiting;

  private long laidOut;
  private long seq;

  /**
   * Of a lossy connection: what is in the socket is done with.
   *
   * @param wake runs, on any thread, when there is more to send of a payload that is brought
   */
  Outbox(PayloadChecksum checksum, Runnable wake) {
    this(checksum, wake, null);
  }

  /**
   * Of a lossless session.
   *
   * @param unacked keeps what was sent
   */
  Outbox(PayloadChecksum checksum, Runnable wake, Unacked unacked) {
    this.checksum = checksum;
    this.wake = wake;
    this.unacked = unacked;
  }

  /** The peer has said who it is: what is read for it is counted for it. */
  void paidBy(CopyMeter payer) {
    checksum.paidBy(payer);
  }

  /** Takes over a message, whose bytes are the loop's from now on. */
  void offer(Envelope message) {
    message.data().handOver();
    queuedBytes.addAndGet(size(message));
    offered.add(message);
  }

  private static long size(Envelope message) {
    return HEAD_BYTES + message.front().length + message.middle().length + message.payloadLength();
  }

  private static long heap(Envelope message) {
    long bytes = HEAD_BYTES + message.front().length + message.middle().length;
    for (Segment segment : message.data().segments()) {
      boolean inHeap = segment instanceof MemorySegment memory && !memory.isDirect();
      bytes += inHeap ? segment.length() : 0;
    }
    return bytes;
  }

  long queuedBytes() {
    return queuedBytes.get();
  }

  /**
   * Loop only: what of it lies in the heap. Added up each time, so that nothing is counted while
   * the socket takes what there is.
   */
  long heapBytes() {
    takeOffered();
    long bytes = 0;
    for (Deque<Envelope> queue : waiting.values()) {
      for (Envelope message : queue) {
        bytes += heap(message);
      }
    }
    for (OutgoingPart part : parts) {
      boolean inHeap = part instanceof OutgoingPart.Memory memory && !memory.bytes().isDirect();
      bytes += inHeap ? part.remaining() : 0;
    }
    return bytes;
  }

  /** A frame that goes before all messages that are not yet laid out. */
  void addFrame(byte[] frame) {
    queuedBytes.addAndGet(frame.length);
    laidOut += frame.length;
    parts.add(new OutgoingPart.Memory(ByteBuffer.wrap(frame), false, null));
  }

  /**
   * Lays out messages, as many as should be on their way at a time; acknowledges what was received.
   */
  void layOut(FrameRouter router) throws IOException {
    takeOffered();
    while (laidOut < MessengerLimits.LAID_OUT_MAX && messagesWaiting > 0) {
      Deque<Envelope> first = mostUrgent();
      Envelope message = first.peek();
      List<OutgoingPart> frame =
          FrameLayout.of(message, ++seq, router.takeAckSeq(), checksum.of(message));
      first.remove();
      messagesWaiting--;
      if (unacked != null) {
        unacked.claimLaidOut(seq, message, size(message));
      }
      long bytes = 0;
      for (OutgoingPart part : frame) {
        bytes += part.remaining();
        begin(part);
      }
      laidOut += bytes;
      queuedBytes.addAndGet(bytes - size(message));
      parts.addAll(frame);
      dropSent();
    }
  }

  private void takeOffered() {
    for (Envelope next; (next = offered.poll()) != null; ) {
      waiting.computeIfAbsent(next.priority(), p -> new ArrayDeque<>()).add(next);
      messagesWaiting++;
    }
  }

  private Deque<Envelope> mostUrgent() {
    if (!again.isEmpty()) {
      return again;
    }
    for (Deque<Envelope> queue : waiting.values()) {
      if (!queue.isEmpty()) {
        return queue;
      }
    }
    throw new IllegalStateException("of " + messagesWaiting + " messages waiting there is none");
  }

  private void begin(OutgoingPart part) {
    if (part instanceof LazyPart payload) {
      payload.begin(wake);
    }
  }

  /** What goes to the socket next, in order; none of it finished. */
  Deque<OutgoingPart> parts() {
    return parts;
  }

  /** {@code count} bytes of the parts went to the socket. */
  void sent(long count) {
    laidOut -= count;
    queuedBytes.addAndGet(-count);
    dropSent();
  }

  private void dropSent() {
    while (!parts.isEmpty() && parts.peek().remaining() == 0) {
      Envelope ended = parts.poll().endOf();
      if (ended != null && unacked != null) {
        unacked.sent();
      } else if (ended != null) {
        ended.close();
      }
    }
  }

  /** The connection of a lossless session is gone: no frame is under way any more. */
  void cut() {
    parts.forEach(OutgoingPart::discard);
    parts.clear();
    queuedBytes.addAndGet(-laidOut);
    laidOut = 0;
    unacked.cut();
  }

  /**
   * After {@link #cut}: goes on behind what the peer has; what it has not is sent again, first.
   *
   * @return how many are sent again; negative when that cannot be
   */
  int rewind(long peerHas) {
    List<Envelope> lost = unacked.claimLost(peerHas);
    if (lost == null) {
      return -1;
    }
    seq = peerHas;
    messagesWaiting += lost.size();
    for (int i = lost.size() - 1; i >= 0; i--) {
      again.addFirst(lost.get(i));
      queuedBytes.addAndGet(size(lost.get(i)));
    }
    return lost.size();
  }

  /** Messages to be sent again. */
  int againCount() {
    return again.size();
  }

  boolean isEmpty() {
    return parts.isEmpty() && messagesWaiting == 0 && offered.isEmpty();
  }

  /** Drops and releases everything that is not in the socket, or not acknowledged. */
  void discard() {
    parts.forEach(OutgoingPart::discard);
    if (unacked != null) {
      unacked.discard();
    } else {
      // Of one being sent, an earlier part may be gone: the part that ends it is still there.
      parts.stream()
          .map(OutgoingPart::endOf)
          .filter(message -> message != null)
          .forEach(Envelope::close);
    }
    parts.clear();
    again.forEach(Envelope::close);
    again.clear();
    waiting.values().forEach(queue -> queue.forEach(Envelope::close));
    waiting.clear();
    messagesWaiting = 0;
    for (Envelope next; (next = offered.poll()) != null; ) {
      next.close();
    }
    queuedBytes.set(0);
    laidOut = 0;
  }
}
