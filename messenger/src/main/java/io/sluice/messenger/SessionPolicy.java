package io.sluice.messenger;

import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;

/**
 * What becomes of a session when its connection breaks; chosen by who the two ends are. (ceph:
 * Policy, and what ceph_osd sets for its cluster messenger)
 */
enum SessionPolicy {
  /** Gone with it; the layer above connects again. */
  LOSSY_CLIENT,
  /** Gone with it; the peer comes back if it wants. */
  STATELESS_SERVER,
  /** Goes on over another connection; nothing is lost or doubled. */
  LOSSLESS_PEER;

  /** Of the side that connects: only who can be connected to in turn has a peer. */
  static SessionPolicy connecting(LocalPeer self, EntityName peer, EntityAddr target) {
    boolean peers = self.type() == EntityName.OSD && peer.type() == EntityName.OSD;
    boolean named = peer.number() >= 0 && target.nonce() != 0 && !self.addrs().msgr2().isBlank();
    boolean another = peer.number() != self.number(); // both ends of one session cannot be one
    return peers && named && another ? LOSSLESS_PEER : LOSSY_CLIENT;
  }

  /** Of the side that accepts: the peer says what it wants. */
  static SessionPolicy accepting(LocalPeer self, int peerType, long flags) {
    boolean peers = self.type() == EntityName.OSD && peerType == EntityName.OSD;
    return peers && (flags & Handshake.LOSSY) == 0 ? LOSSLESS_PEER : STATELESS_SERVER;
  }

  boolean isLossless() {
    return this == LOSSLESS_PEER;
  }
}
