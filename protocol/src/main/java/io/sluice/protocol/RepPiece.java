package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * A part of a payload that the primary is still receiving: to be staged, and to wait for the {@link
 * RepOp} that commits it or the {@link RepDrop} that gives it up.
 *
 * <pre>
 * scope | le64 stream | le64 total | le64 offset | u8 spliced
 * middle: the checksum vector of the piece | data: the piece
 * </pre>
 *
 * @param stream chosen by the primary, not 0, never used twice in its life
 * @param total bytes of the whole payload
 * @param offset of the piece in it; a multiple of 4096
 * @param spliced as in {@link RepOp}
 */
public record RepPiece(PeerScope scope, long stream, long total, long offset, boolean spliced)
    implements PeerMessage {
  /** What a replica says that has no room for its stream. */
  public RepRefused refused(StoreRoom room) {
    return new RepRefused(scope, stream, room);
  }

  @Override
  public int type() {
    return REP_PIECE;
  }

  @Override
  public void encodeBody(Encoder to) {
    to.le64(stream).le64(total).le64(offset).bool(spliced);
  }

  /**
   * The message with its bytes.
   *
   * @param data taken over
   * @param middle the encoded checksum vector of the data
   * @param dataCrc of the data
   */
  public Envelope toEnvelope(BufferList data, byte[] middle, int dataCrc) {
    return toEnvelope().claimData(data, middle, dataCrc);
  }

  static RepPiece decode(PeerScope scope, Decoder from) {
    return new RepPiece(scope, from.le64(), from.le64(), from.le64(), from.bool());
  }
}
