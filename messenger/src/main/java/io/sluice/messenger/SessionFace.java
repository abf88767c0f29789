package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;

/** What the layer above sees of a lossless session, whatever carries it now. */
abstract class SessionFace extends LoopConnection {
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
  private boolean paused;

  SessionFace(Ends ends, EpollLoop loop) {
    super(loop);
    this.ends = ends;
  }

  /** The connection that carries the session now, or null while there is none. */
  abstract EpollConnection carrier();

  /** Another connection carries the session. */
  final void carriedBy(EpollConnection carrier) {
    agreed(carrier.aligned(), carrier.checksumVectors());
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
}
