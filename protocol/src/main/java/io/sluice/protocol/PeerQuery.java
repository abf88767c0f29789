package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;

/**
 * The primary starts a round of peering: the member enters it, finishes what it was committing, and
 * reports.
 *
 * <pre>
 * scope | eversion last_update
 * </pre>
 *
 * @param lastUpdate the primary's; a member that stands there, too, need not send its log
 */
public record PeerQuery(PeerScope scope, EVersion lastUpdate) implements PeerMessage {
  @Override
  public int type() {
    return QUERY;
  }

  @Override
  public void encodeBody(Encoder to) {
    lastUpdate.encode(to);
  }

  static PeerQuery decode(PeerScope scope, Decoder from) {
    return new PeerQuery(scope, EVersion.decode(from));
  }
}
