package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;

/**
 * A member's log is the primary's, durably.
 *
 * <pre>
 * scope | room
 * </pre>
 *
 * @param room of its store
 */
public record PeerActivated(PeerScope scope, StoreRoom room) implements PeerMessage {
  @Override
  public int type() {
    return ACTIVATED;
  }

  @Override
  public void encodeBody(Encoder to) {
    room.encode(to);
  }
}
