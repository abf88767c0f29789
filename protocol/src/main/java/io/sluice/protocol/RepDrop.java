package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * The pieces of that stream will not be committed: their space is free again.
 *
 * <pre>
 * scope | le64 stream
 * </pre>
 */
public record RepDrop(PeerScope scope, long stream) implements PeerMessage {
  @Override
  public int type() {
    return REP_DROP;
  }

  @Override
  public void encodeBody(Encoder to) {
    to.le64(stream);
  }

  static RepDrop decode(PeerScope scope, Decoder from) {
    return new RepDrop(scope, from.le64());
  }
}
