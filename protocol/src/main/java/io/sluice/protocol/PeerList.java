package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.ObjectId;

/**
 * The primary asks which objects a member has, in store order; {@link PeerListing} answers.
 *
 * <pre>
 * scope | u8 has_from [hobject from] | le32 max
 * </pre>
 *
 * @param from inclusive; null for the beginning
 */
public record PeerList(PeerScope scope, ObjectId from, int max) implements PeerMessage {
  @Override
  public int type() {
    return LIST;
  }

  @Override
  public void encodeBody(Encoder to) {
    encodePosition(to, from);
    to.le32(max);
  }

  static void encodePosition(Encoder to, ObjectId position) {
    to.bool(position != null);
    if (position != null) {
      position.encode(to);
    }
  }

  static ObjectId decodePosition(Decoder from) {
    return from.bool() ? ObjectId.decode(from) : null;
  }

  static PeerList decode(PeerScope scope, Decoder from) {
    ObjectId position = decodePosition(from);
    return new PeerList(scope, position, from.le32());
  }
}
