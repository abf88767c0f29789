package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;

/**
 * A piece of a pushed object has arrived; the sender goes on with the next.
 *
 * <pre>
 * scope | hobject | eversion version | u8 whole
 * </pre>
 *
 * @param whole that was the last piece, and the copy is durable, or held (as {@link
 *     PushObject#hold} asked)
 */
public record PushReply(PeerScope scope, ObjectId object, EVersion version, boolean whole)
    implements PeerMessage {
  @Override
  public int type() {
    return PUSH_REPLY;
  }

  @Override
  public void encodeBody(Encoder to) {
    object.encode(to);
    version.encode(to);
    to.bool(whole);
  }

  static PushReply decode(PeerScope scope, Decoder from) {
    ObjectId object = ObjectId.decode(from);
    EVersion version = EVersion.decode(from);
    return new PushReply(scope, object, version, from.bool());
  }
}
