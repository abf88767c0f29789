package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * A replica has no room for a payload whose first {@link RepPiece} came; nothing of it is kept, nor
 * of the pieces that follow.
 *
 * <pre>
 * scope | le64 stream | room
 * </pre>
 *
 * @param room of its store
 */
public record RepRefused(PeerScope scope, long stream, StoreRoom room) implements PeerMessage {
  @Override
  public int type() {
    return REP_REFUSED;
  }

  @Override
  public void encodeBody(Encoder to) {
    to.le64(stream);
    room.encode(to);
  }

  static RepRefused decode(PeerScope scope, Decoder from) {
    long stream = from.le64();
    return new RepRefused(scope, stream, StoreRoom.decode(from));
  }
}
