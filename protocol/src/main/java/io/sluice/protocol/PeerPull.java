package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.ObjectId;
import java.util.List;

/**
 * The primary asks a member that knows more for objects, whole; {@link PushObject}s answer.
 *
 * <pre>
 * scope | le32 n, n x hobject
 * </pre>
 */
public record PeerPull(PeerScope scope, List<ObjectId> objects) implements PeerMessage {
  public PeerPull {
    objects = List.copyOf(objects);
  }

  @Override
  public int type() {
    return PULL;
  }

  @Override
  public void encodeBody(Encoder to) {
    to.list(objects, (out, object) -> object.encode(out));
  }

  static PeerPull decode(PeerScope scope, Decoder from) {
    return new PeerPull(scope, from.list(ObjectId::decode));
  }
}
