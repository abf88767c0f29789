package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;

/** What a connection knows of its peer, and what the dispatcher keeps with it. */
abstract class PeerConnection implements Connection {
  private static final RemotePeer UNKNOWN = new RemotePeer(new EntityName(0, 0), AddrVec.EMPTY);

  final EpollLoop loop;
  final EntityAddr remoteAddr;
  private volatile RemotePeer peer = UNKNOWN;
  private volatile boolean aligned;
  private volatile boolean checksumVectors;
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
