package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;

/** What the layer above sees of a lossless session, whatever carries it now. */
abstract class SessionFace implements Connection {
  /** Who talks to whom. */
  record Ends(LocalPeer self, EntityName peer, EntityAddr addr) {
    boolean peerIsLower() {
      return AddressOrder.INSTANCE.compare(addr, self.addrs().msgr2()) < 0;
    }

    @Override
    public String toString() {
      return self + " = " + peer + " " + addr;
    }
  }

  final Ends ends;
  final EpollLoop loop;
  private volatile boolean aligned;
  private volatile boolean checksumVectors;
  private boolean paused;
  private Object attachment;

  SessionFace(Ends ends, EpollLoop loop) {
    this.ends = ends;
    this.loop = loop;
  }

  /** The connection that carries the session now, or null while there is none. */
  abstract EpollConnection carrier();

  /** Another connection carries the session. */
  final void carriedBy(EpollConnection carrier) {
    aligned = carrier.aligned();
    checksumVectors = carrier.checksumVectors();
    if (paused) {
      carrier.pauseReading();
    }
  }

  @Override
  public final EntityName peerName() {
    return ends.peer();
  }

  @Override
  public final AddrVec peerAddrs() {
    return AddrVec.of(ends.addr());
  }

  @Override
  public final String remote() {
    return ends.addr().toString();
  }

  @Override
  public final EpollLoop loop() {
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
  public final void pauseReading() {
    paused = true;
    if (carrier() != null) {
      carrier().pauseReading();
    }
  }

  @Override
  public final void resumeReading() {
    paused = false;
    if (carrier() != null) {
      carrier().resumeReading();
    }
  }

  @Override
  public final <T> T attachment(Class<T> type) {
    return type.cast(attachment);
  }

  @Override
  public final void attach(Object theAttachment) {
    attachment = theAttachment;
  }
}
