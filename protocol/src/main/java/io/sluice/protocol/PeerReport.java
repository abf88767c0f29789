package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.List;

/**
 * A member's answer to {@link PeerQuery}: where it stands, with its log unless that is the
 * primary's own.
 *
 * <pre>
 * scope | info | room | le32 n, n x log entry
 * </pre>
 *
 * @param room of its store
 */
public record PeerReport(PeerScope scope, PeerPgInfo info, StoreRoom room, List<PeerLogEntry> log)
    implements PeerMessage {
  public PeerReport {
    log = List.copyOf(log);
  }

  @Override
  public int type() {
    return REPORT;
  }

  @Override
  public void encodeBody(Encoder to) {
    info.encode(to);
    room.encode(to);
    to.list(log, (out, entry) -> entry.encode(out));
  }

  static PeerReport decode(PeerScope scope, Decoder from) {
    PeerPgInfo info = PeerPgInfo.decode(from);
    StoreRoom room = StoreRoom.decode(from);
    return new PeerReport(scope, info, room, from.list(PeerLogEntry::decode));
  }
}
