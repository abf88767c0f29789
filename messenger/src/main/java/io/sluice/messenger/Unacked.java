package io.sluice.messenger;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a lossless session has sent and the peer has not acknowledged.
 *
 * <p><b>Invariants:</b> seqs are consecutive. A message with payload in a pipe, or brought piece by
 * piece, is only remembered: its bytes are gone once sent, and nothing ever sends it again.
 *
 * <p><b>Threads:</b> the session's loop. <b>Owns</b> the messages until they are acknowledged.
 */
final class Unacked {
  private static final class Kept {
    private final long seq;
    private final long bytes;
    private final boolean emptied;
    private Envelope message;

    private Kept(long seq, Envelope message, long bytes) {
      this.seq = seq;
      this.message = message;
      this.bytes = bytes;
      this.emptied = !isReplayable(message);
    }

    private void release() {
      if (message != null) {
        message.close();
        message = null;
      }
    }
  }

  private final Deque<Kept> kept = new ArrayDeque<>();
  private final Deque<Kept> underWay = new ArrayDeque<>();
  private long acked;
  private long ackedAtCut = -1;
  private int cutsInVain;
  private long sent;
  private long bytes;

  /** A frame of the message was made; taken over. */
  void claimLaidOut(long seq, Envelope message, long size) {
    Kept one = new Kept(seq, message, isReplayable(message) ? size : 0);
    kept.add(one);
    underWay.add(one);
    bytes += one.bytes;
  }

  /** Bytes in a pipe, or that are brought while they are sent, are there once. */
  private static boolean isReplayable(Envelope message) {
    return message.later() == null && !message.data().hasPipes();
  }

  /** The frame laid out first among those that were not is in the socket as a whole. */
  void sent() {
    Kept one = underWay.remove();
    sent = one.seq;
    if (one.emptied) {
      one.release();
    }
  }

  /**
   * The peer has everything up to there.
   *
   * @throws MalformedInputException when that was never sent
   */
  void acked(long seq) {
    if (seq > sent) {
      throw new MalformedInputException(
          "peer acknowledges message " + seq + ", " + sent + " were sent");
    }
    drop(seq);
  }

  private void drop(long upTo) {
    while (!kept.isEmpty() && kept.peek().seq <= upTo) {
      Kept one = kept.remove();
      bytes -= one.bytes;
      one.release();
    }
    acked = Math.max(acked, upTo);
  }

  /** The connection is gone: what was not wholly sent is no longer under way. */
  void cut() {
    for (Kept one : underWay) {
      if (one.emptied) {
        one.release();
      }
    }
    underWay.clear();
  }

  /**
   * The peer has everything up to {@code peerHas}: what is to be sent again, in order; the
   * caller's.
   *
   * @return null when that cannot be: bytes are gone, or the peer speaks of something else
   */
  List<Envelope> claimLost(long peerHas) {
    assert underWay.isEmpty() : "still connected";
    if (peerHas < acked || peerHas > sent) {
      return null;
    }
    drop(peerHas);
    if (kept.stream().anyMatch(one -> one.emptied)) {
      return null;
    }
    List<Envelope> lost = new ArrayList<>(kept.size());
    kept.forEach(one -> lost.add(one.message));
    kept.clear();
    bytes = 0;
    sent = peerHas;
    return lost;
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  /** Of the highest message that the peer has acknowledged. */
  long ackedSeq() {
    return acked;
  }

  /** Kept in memory and files. */
  long bytes() {
    return bytes;
  }

  /** Messages kept. */
  int count() {
    return kept.size();
  }

  void discard() {
    underWay.clear();
    kept.forEach(Kept::release);
    kept.clear();
    bytes = 0;
  }

  /**
   * An open connection broke: true when that many did, one after the other, and the peer has not
   * taken one message more.
   */
  boolean cutInVain() {
    cutsInVain = acked == ackedAtCut ? cutsInVain + 1 : 0;
    ackedAtCut = acked;
    return !isEmpty() && cutsInVain >= MessengerLimits.CUTS_IN_VAIN_MAX;
  }
}
