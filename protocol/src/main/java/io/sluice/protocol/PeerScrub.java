package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.ObjectId;

/**
 * The primary asks a member what it has of an object; {@link PeerScrubbed} answers.
 *
 * <pre>
 * scope | hobject | u8 deep
 * </pre>
 *
 * @param deep read all bytes, too
 */
public record PeerScrub(PeerScope scope, ObjectId object, boolean deep) implements PeerMessage {
  @Override
  public int type() {
    return SCRUB;
  }

  @Override
  public void encodeBody(Encoder to) {
    object.encode(to);
    to.bool(deep);
  }

  static PeerScrub decode(PeerScope scope, Decoder from) {
    return new PeerScrub(scope, ObjectId.decode(from), from.bool());
  }
}
