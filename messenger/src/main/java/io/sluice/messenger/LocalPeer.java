package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who this messenger is in its handshakes.
 *
 * <p><b>Threads:</b> any.
 */
final class LocalPeer {
  private final EntityName self;
  private final int nonce;
  private final GlobalIds globalIds;
  private final AtomicLong globalSeq = new AtomicLong();
  private volatile AddrVec addrs = AddrVec.EMPTY;
  private volatile long globalId;

  LocalPeer(EntityName self, int nonce, GlobalIds globalIds) {
    this.self = self;
    this.nonce = nonce;
    this.globalIds = globalIds;
    this.globalId = self.type() == EntityName.CLIENT ? Math.max(0, self.number()) : 0;
  }

  int type() {
    return self.type();
  }

  /** Our number: fixed for daemons, the granted global id for clients. */
  long number() {
    return self.type() == EntityName.CLIENT ? globalId : self.number();
  }

  /** The id that {@code auth none} names us by. (ceph: EntityName, "admin" of client.admin) */
  String authId() {
    return self.type() == EntityName.CLIENT ? "admin" : Long.toString(self.number());
  }

  int nonce() {
    return nonce;
  }

  long globalId() {
    return globalId;
  }

  /** A monitor said which global id we have. */
  void granted(long id) {
    globalId = id;
  }

  /** Counts our connection attempts, so that a peer can tell a later one from an earlier one. */
  long nextGlobalSeq() {
    return globalSeq.incrementAndGet();
  }

  /** The same, after what a peer has seen of us: it outlived the life that counted so far. */
  long nextGlobalSeq(long seen) {
    return globalSeq.updateAndGet(seq -> Math.max(seq, seen) + 1);
  }

  /** Where we listen. */
  AddrVec addrs() {
    return addrs;
  }

  void listening(EntityAddr addr) {
    addrs = AddrVec.of(addr);
  }

  /** Null for everything but monitors. */
  GlobalIds globalIds() {
    return globalIds;
  }

  @Override
  public String toString() {
    return self + " " + addrs;
  }
}
