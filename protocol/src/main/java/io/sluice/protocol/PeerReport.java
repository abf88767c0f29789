package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.List;

/**
 * A member's answer to {@link PeerQuery}: where it stands, with its log unless that is the
 * primary's own.
 *
 * <pre>
 * scope | info | le32 used_permille | le32 n, n x log entry
 * </pre>
 *
 * @param usedPermille how full its store is
 */
public record PeerReport(PeerScope scope, PeerPgInfo info, int usedPermille, List<PeerLogEntry> log)
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
    to.le32(usedPermille).list(log, (out, entry) -> entry.encode(out));
  }

  static PeerReport decode(PeerScope scope, Decoder from) {
    PeerPgInfo info = PeerPgInfo.decode(from);
    int used = from.le32();
    return new PeerReport(scope, info, used, from.list(PeerLogEntry::decode));
  }
}
