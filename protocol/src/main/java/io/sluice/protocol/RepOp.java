package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.List;

/**
 * One write for a replica to commit: what it does to its object, and its log entry.
 *
 * <pre>
 * scope | log entry | le32 n, n x change | u8 spliced | le64 stream
 * middle: the checksum vector of the data, when known | data: the bytes of the Write changes, in order
 * </pre>
 *
 * @param spliced the data leaves its sender as whole pages, so that it can be spliced on at the
 *     receiver, too
 * @param stream whose pieces, sent before, are the bytes of the one Write change; 0 = they are here
 */
public record RepOp(
    PeerScope scope, PeerLogEntry entry, List<RepChange> changes, boolean spliced, long stream)
    implements PeerMessage {
  public RepOp {
    changes = List.copyOf(changes);
  }

  /** With its bytes in the data segment, or without any. */
  public RepOp(PeerScope scope, PeerLogEntry entry, List<RepChange> changes, boolean spliced) {
    this(scope, entry, changes, spliced, 0);
  }

  @Override
  public int type() {
    return REP_OP;
  }

  /** Bytes that the Write changes take from the data segment. */
  public long dataLength() {
    if (stream != 0) {
      return 0;
    }
    long total = 0;
    for (RepChange change : changes) {
      total += change instanceof RepChange.Write write ? write.length() : 0;
    }
    return total;
  }

  @Override
  public void encodeBody(Encoder to) {
    entry.encode(to);
    to.list(changes, RepChange::encode).bool(spliced).le64(stream);
  }

  static RepOp decode(PeerScope scope, Decoder from) {
    PeerLogEntry entry = PeerLogEntry.decode(from);
    List<RepChange> changes = from.list(RepChange::decode);
    return new RepOp(scope, entry, changes, from.bool(), from.le64());
  }
}
