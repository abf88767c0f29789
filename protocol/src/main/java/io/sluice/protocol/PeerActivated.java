package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;

/**
 * A member's log is the primary's, durably.
 *
 * <pre>
 * scope | le32 used_permille
 * </pre>
 *
 * @param usedPermille how full its store is
 */
public record PeerActivated(PeerScope scope, int usedPermille) implements PeerMessage {
  @Override
  public int type() {
    return ACTIVATED;
  }

  @Override
  public void encodeBody(Encoder to) {
    to.le32(usedPermille);
  }
}
