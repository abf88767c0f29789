package io.sluice.messenger;

import io.sluice.types.Loop;

/**
 * When a lossless session tries to connect again: at once, then after growing delays, until it is
 * hopeless.
 *
 * <p><b>Threads:</b> the session's loop.
 */
final class Retries {
  private static final long NEVER = 0;

  private final Loop loop;
  private final Runnable connect;
  private Loop.Timer timer;
  private int inVain;
  private long downSince = NEVER;

  Retries(Loop loop, Runnable connect) {
    this.loop = loop;
    this.connect = connect;
  }

  /** The connection is gone. */
  void afterCut(boolean atOnce) {
    down();
    long delay = MessengerLimits.RECONNECT_NANOS << Math.min(inVain, 16);
    delay = Math.min(delay, MessengerLimits.RECONNECT_NANOS_MAX);
    schedule(inVain == 0 && atOnce ? 0 : delay, connect);
    inVain++;
  }

  /** The peer's connection should come. */
  void afterWait() {
    down();
    schedule(MessengerLimits.RECONNECT_NANOS_MAX, connect);
  }

  /** Nobody needs a connection now. */
  void standby(Runnable end) {
    schedule(MessengerLimits.STANDBY_NANOS, end);
  }

  private void down() {
    if (downSince == NEVER) {
      downSince = loop.clock().nanos();
    }
  }

  private void schedule(long delay, Runnable task) {
    cancel();
    timer = loop.schedule(delay, task);
  }

  void connected() {
    cancel();
    downSince = NEVER;
  }

  /** The connection is of use: the next cut is the first again. */
  void progress() {
    inVain = 0;
  }

  /** No connection came about for so long that the layer above had better know. */
  boolean isHopeless() {
    return downSince != NEVER
        && loop.clock().nanos() - downSince > MessengerLimits.RECONNECT_GIVE_UP_NANOS;
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
