package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.ObjectId;

/**
 * A member cannot read an object that the primary asked for: its disk failed, or the bytes are
 * damaged.
 *
 * <pre>
 * scope | hobject
 * </pre>
 */
public record PeerUnreadable(PeerScope scope, ObjectId object) implements PeerMessage {
  @Override
  public int type() {
    return UNREADABLE;
  }

  @Override
  public void encodeBody(Encoder to) {
    object.encode(to);
  }

  static PeerUnreadable decode(PeerScope scope, Decoder from) {
    return new PeerUnreadable(scope, ObjectId.decode(from));
  }
}
