package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;

/**
 * One write for all of its replicas: what their {@link RepOp}s have in common (log entry and
 * changes) is encoded once, and where it is long, all of them send the same array.
 *
 * <p><b>Threads:</b> one.
 */
public final class RepOpDraft {
  /** The head of the struct, the scope, and the fields that come last. */
  private static final int BESIDE_BYTES = 64;

  /** The last fields. */
  private static final int TAIL_BYTES = 1 + Long.BYTES;

  /** From here on it is not copied for each replica. */
  private static final int SHARED_FROM = 256 << 10;

  private final byte[] same;

  /** Of an operation with that log entry. */
  public RepOpDraft(PeerLogEntry entry, List<RepChange> changes) {
    Encoder to = new Encoder(512);
    entry.encode(to);
    same = to.list(changes, RepChange::encode).toByteArray();
  }

  /**
   * The message for one replica: the {@link RepOp} with these fields.
   *
   * @param data taken over
   * @param middle empty, or the encoded checksum vector of the data
   * @param dataCrc of the data when known, else null
   */
  public Envelope toEnvelope(
      PeerScope scope,
      boolean spliced,
      long stream,
      BufferList data,
      byte[] middle,
      Integer dataCrc) {
    boolean shared = same.length >= SHARED_FROM;
    Encoder front = new Encoder(BESIDE_BYTES + (shared ? 0 : same.length));
    int mark = front.begin(PeerMessage.VERSION, PeerMessage.VERSION);
    scope.encode(front);
    int body = front.length() - mark - Integer.BYTES + same.length + TAIL_BYTES;
    front.patchLe32(mark, body);
    if (shared) {
      byte[] last = new Encoder(TAIL_BYTES).bool(spliced).le64(stream).toByteArray();
      List<byte[]> parts = List.of(front.toByteArray(), same, last);
      return LongFront.envelope(PeerMessage.REP_OP, parts, data, dataCrc);
    }
    byte[] whole = front.raw(same).bool(spliced).le64(stream).toByteArray();
    int version = PeerMessage.VERSION;
    return Envelope.of(PeerMessage.REP_OP, version, version, 0, whole)
        .claimData(data, middle, dataCrc);
  }

  /** The same for one that has no bytes. */
  public Envelope toEnvelope(PeerScope scope) {
    return toEnvelope(scope, false, 0, new BufferList(), new byte[0], null);
  }
}
