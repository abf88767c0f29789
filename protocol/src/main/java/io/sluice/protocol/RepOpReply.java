package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;

/**
 * A replica has committed a write: data, metadata and log entry are durable there.
 *
 * <pre>
 * scope | eversion version | room
 * </pre>
 *
 * @param room of its store
 */
public record RepOpReply(PeerScope scope, EVersion version, StoreRoom room) implements PeerMessage {
  @Override
  public int type() {
    return REP_OP_REPLY;
  }

  @Override
  public void encodeBody(Encoder to) {
    version.encode(to);
    room.encode(to);
  }

  static RepOpReply decode(PeerScope scope, Decoder from) {
    EVersion version = EVersion.decode(from);
    return new RepOpReply(scope, version, StoreRoom.decode(from));
  }
}
