package io.sluice.messenger;

import io.sluice.types.Loop;

/**
 * Ends connections that do not get on: a handshake that is not done in time, a peer from which
 * nothing has come or to which nothing could be sent for long.
 *
 * <p><b>Threads:</b> the connection's loop.
 */
final class ConnectionWatch {
  /** The connection, as its watch sees it. */
  interface Watched {
    void handshakeTimedOut();

    long receivedBytes();

    long sentBytes();

    long queuedBytes();

    void close(String reason);
  }

  private final Watched connection;
  private final Loop loop;
  private Loop.Timer timer;
  private long lastTraffic;
  private long lastBytes;
  private long lastSent;
  private long lastProgress;

  ConnectionWatch(Watched connection, Loop loop) {
    this.connection = connection;
    this.loop = loop;
  }

  /** The socket opened. */
  void start() {
    timer = loop.schedule(MessengerLimits.HANDSHAKE_NANOS, connection::handshakeTimedOut);
  }

  /** The handshake is done. */
  void ready() {
    stop();
    lastTraffic = loop.clock().nanos();
    lastProgress = lastTraffic;
    timer = loop.schedule(MessengerLimits.SWEEP_NANOS, this::sweep);
  }

  private void sweep() {
    long now = loop.clock().nanos();
    long sent = connection.sentBytes();
    long bytes = connection.receivedBytes() + sent;
    if (bytes != lastBytes) {
      lastBytes = bytes;
      lastTraffic = now;
    }
    if (sent != lastSent || connection.queuedBytes() == 0) {
      lastSent = sent;
      lastProgress = now;
    }
    if (now - lastProgress >= MessengerLimits.STALL_NANOS) {
      connection.close("stalled: peer takes no bytes, " + connection.queuedBytes() + " wait");
    } else if (now - lastTraffic >= MessengerLimits.IDLE_NANOS) {
      connection.close("idle");
    } else {
      timer = loop.schedule(MessengerLimits.SWEEP_NANOS, this::sweep);
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
