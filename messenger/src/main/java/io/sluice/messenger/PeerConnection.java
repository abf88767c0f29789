package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What a connection knows of its peer, and what the dispatcher wants of it and keeps with it. */
abstract class PeerConnection implements Connection {
  private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);
  private static final RemotePeer UNKNOWN = new RemotePeer(new EntityName(0, 0), AddrVec.EMPTY);

  final EpollLoop loop;
  final EntityAddr remoteAddr;
  private volatile RemotePeer peer = UNKNOWN;
  private volatile boolean aligned;
  private volatile boolean checksumVectors;
  private boolean paused;
  private boolean resting;
  private Object attachment;

  PeerConnection(EpollLoop loop, EntityAddr remoteAddr) {
    this.loop = loop;
    this.remoteAddr = remoteAddr;
  }

  /** Loop only: the handshake told who the peer is. */
  final void identified(RemotePeer thePeer, boolean isOurs, boolean isAligned) {
    peer = thePeer;
    checksumVectors = isOurs;
    aligned = isAligned;
  }

  /** Loop only. */
  abstract void end(String reason, Level level);

  /** Loop only: what the socket is to be polled for may have changed. */
  abstract void rearm();

  @Override
  public final void close(String reason) {
    if (loop.inLoop()) {
      end(reason, Level.DEBUG);
    } else {
      onLoop(() -> end(reason, Level.DEBUG));
    }
  }

  /** False when the messenger is closed, and its loops are gone. */
  final boolean onLoop(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: messenger closed", this, e);
      return false;
    }
  }

  /** Loop only: not to be read from now. */
  public final boolean isHeld() {
    return paused || resting;
  }

  /** Loop only: reads nothing for so long. */
  final void rest(long nanos) {
    resting = true;
    loop.schedule(
        nanos,
        () -> {
          resting = false;
          rearm();
        });
  }

  @Override
  public final void pauseReading() {
    paused = true;
    rearm();
  }

  @Override
  public final void resumeReading() {
    paused = false;
    rearm();
  }

  final boolean isClient() {
    return peer.name().type() == EntityName.CLIENT;
  }

  /** True once the peer has said who it is. */
  final boolean isIdentified() {
    return peer != null;
  }

  @Override
  public final EntityName peerName() {
    return peer.name();
  }

  @Override
  public final AddrVec peerAddrs() {
    return peer.addrs();
  }

  @Override
  public final String remote() {
    return remoteAddr.toString();
  }

  @Override
  public final Loop loop() {
    return loop;
  }

  @Override
  public final boolean aligned() {
    return aligned;
  }

  @Override
  public final boolean checksumVectors() {
    return checksumVectors;
  }

  @Override
  public final <T> T attachment(Class<T> type) {
    return type.cast(attachment);
  }

  @Override
  public final void attach(Object theAttachment) {
    attachment = theAttachment;
  }

  @Override
  public String toString() {
    return (peer == UNKNOWN ? "" : peer.name() + " ") + remoteAddr;
  }
}
