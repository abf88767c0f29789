package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;

/**
 * A second connection of a lossless session, made on purpose ({@link Faults}): an attempt that was
 * given up for the next one when it had already said which session it is of.
 *
 * <p>It says so in the words of the moment it was made, with numbers below those of the attempt
 * that counts; these come to the peer before that one's or after them. Nobody heeds the answer.
 */
final class TwinHandshake extends ConnectHandshake {
  private final byte[] claim;
  private final EpollConnection twin;
  private final SessionCounters counters;
  private final long late;
  private boolean identified;

  /**
   * Session's loop, before the attempt that counts has its numbers.
   *
   * @param twin the connection that shakes hands
   * @param lateNanos to wait before it is said which session it is of
   */
  TwinHandshake(LocalPeer self, EpollConnection twin, LosslessSession of, long lateNanos) {
    super(self, twin.session(), of.peerName(), twin.remoteAddr, of);
    this.claim = identification();
    this.twin = twin;
    this.counters = of.counters();
    this.late = lateNanos;
  }

  @Override
  void identify() {
    identified = true;
    if (late == 0) {
      claim();
    } else {
      twin.loop().schedule(late, this::claim);
    }
  }

  private void claim() {
    if (!twin.isClosed()) {
      session.sendFrame(claim);
      counters.doubled.increment();
    }
  }

  @Override
  void onFrame(int tag, Decoder payload) {
    if (identified) {
      twin.close(Faults.SECOND_CONNECTION);
    } else {
      super.onFrame(tag, payload);
    }
  }
}
