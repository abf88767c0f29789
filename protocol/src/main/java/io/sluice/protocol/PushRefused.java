package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.ObjectId;

/**
 * Whom a {@link PushObject} was sent to has no room for it; nothing of that object's copy is kept.
 *
 * <pre>
 * scope | hobject | room
 * </pre>
 *
 * @param room of its store
 */
public record PushRefused(PeerScope scope, ObjectId object, StoreRoom room) implements PeerMessage {
  @Override
  public int type() {
    return PUSH_REFUSED;
  }

  @Override
  public void encodeBody(Encoder to) {
    object.encode(to);
    room.encode(to);
  }

  static PushRefused decode(PeerScope scope, Decoder from) {
    ObjectId object = ObjectId.decode(from);
    return new PushRefused(scope, object, StoreRoom.decode(from));
  }
}
