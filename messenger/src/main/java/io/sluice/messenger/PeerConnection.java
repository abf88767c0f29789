package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import org.slf4j.event.Level;

/** What a connection knows of its peer, and what the dispatcher wants of it and keeps with it. */
abstract class PeerConnection extends LoopConnection {
  private static final RemotePeer UNKNOWN = new RemotePeer(new EntityName(0, 0), AddrVec.EMPTY);

  final EntityAddr remoteAddr;
  private volatile RemotePeer peer = UNKNOWN;
  private boolean paused;
  private boolean resting;

  PeerConnection(EpollLoop loop, EntityAddr remoteAddr) {
    super(loop);
    this.remoteAddr = remoteAddr;
  }

  /** Loop only: the handshake told who the peer is. */
  final void identified(RemotePeer thePeer, boolean isOurs, boolean isAligned) {
    peer = thePeer;
    agreed(isAligned, isOurs);
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
    return peer != UNKNOWN;
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
  public final String peerAuthId() {
    return peer.authId();
  }

  @Override
  public final String remote() {
    return remoteAddr.toString();
  }

  @Override
  public String toString() {
    return (peer == UNKNOWN ? "" : peer.name() + " ") + remoteAddr;
  }
}
