package io.sluice.messenger;

import io.sluice.types.Loop;

/**
 * Ends connections that do not get on: a handshake that is not done in time, a peer from which
 * nothing has come or to which nothing could be sent for long, a peer that does not answer when it
 * is asked whether it is there.
 *
 * <p>Silence is counted in sweeps, not in time: a process that was stopped has not heard anything,
 * and nobody is to blame but itself.
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

    /**
     * Bytes in the heap that it does not take, where others wait for the room; looks whether it is
     * to be read.
     */
    long inTheWay();

    /** Nothing is read from it now, because we do not want to. */
    boolean isHeld();

    void close(String reason);
  }

  /** What is asked of a peer from which nothing comes. */
  enum Keepalive {
    /** Nothing: it made the connection, and asks us. */
    NONE,
    /** Whether it is there, so that a dead machine's connection breaks; it may take its time. */
    ASK,
    /** Whether it is there, or the connection is given up. */
    INSIST
  }

  private final Watched connection;
  private final Loop loop;
  private Loop.Timer timer;
  private long lastTraffic;
  private long lastBytes;
  private long lastSent;
  private long lastProgress;
  private long lastReceived;
  private long sentAtSweep;
  private int slowSweeps;
  private int silentSweeps;
  private Keepalive keepalive = Keepalive.NONE;
  private Runnable ask;

  ConnectionWatch(Watched connection, Loop loop) {
    this.connection = connection;
    this.loop = loop;
  }

  /** The socket opened. */
  void start() {
    timer = loop.schedule(MessengerLimits.HANDSHAKE_NANOS, connection::handshakeTimedOut);
  }

  /**
   * The handshake is done.
   *
   * @param how whether the peer is to be asked
   * @param asking sends KEEPALIVE2
   */
  void ready(Keepalive how, Runnable asking) {
    stop();
    keepalive = how;
    ask = asking;
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
    listen();
    measure(sent);
    if (silentSweeps >= MessengerLimits.SILENT_SWEEPS_MAX && keepalive == Keepalive.INSIST) {
      connection.close("keepalive: nothing came, not even an answer");
    } else if (now - lastProgress >= MessengerLimits.STALL_NANOS) {
      connection.close("stalled: peer takes no bytes, " + connection.queuedBytes() + " wait");
    } else if (slowSweeps >= MessengerLimits.SLOW_SWEEPS_MAX) {
      connection.close("takes its answers too slowly, and others wait for the room");
    } else if (now - lastTraffic >= MessengerLimits.IDLE_NANOS) {
      connection.close("idle");
    } else {
      askAfterSilence();
      timer = loop.schedule(MessengerLimits.SWEEP_NANOS, this::sweep);
    }
  }

  /** Counts how long what has been sent was less than what is left, and others wait for that. */
  private void measure(long sent) {
    long left = connection.inTheWay();
    slowSweeps = left > sent - sentAtSweep ? slowSweeps + 1 : 0;
    sentAtSweep = sent;
  }

  /** Counts how long nothing has come. */
  private void listen() {
    long received = connection.receivedBytes();
    silentSweeps = received != lastReceived || connection.isHeld() ? 0 : silentSweeps + 1;
    lastReceived = received;
  }

  private void askAfterSilence() {
    boolean due = silentSweeps > 0 && silentSweeps % MessengerLimits.KEEPALIVE_SWEEPS == 0;
    if (keepalive != Keepalive.NONE && due) {
      ask.run();
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
