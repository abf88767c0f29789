package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import java.util.List;

/**
 * The primary gives a member the log that is now everybody's; the member commits it together with
 * the objects that were pushed and held for it, and answers {@link PeerActivated}.
 *
 * <pre>
 * scope | info | u8 replace | eversion common | le32 n, n x log entry
 * </pre>
 *
 * @param info the primary's
 * @param replace the member throws its log away and takes {@code entries} for the whole
 * @param common unless replaced: the member keeps its entries up to here and goes on with {@code
 *     entries}
 */
public record PeerActivate(
    PeerScope scope, PeerPgInfo info, boolean replace, EVersion common, List<PeerLogEntry> entries)
    implements PeerMessage {
  public PeerActivate {
    entries = List.copyOf(entries);
  }

  @Override
  public int type() {
    return ACTIVATE;
  }

  @Override
  public void encodeBody(Encoder to) {
    info.encode(to);
    to.bool(replace);
    common.encode(to);
    to.list(entries, (out, entry) -> entry.encode(out));
  }

  static PeerActivate decode(PeerScope scope, Decoder from) {
    PeerPgInfo info = PeerPgInfo.decode(from);
    boolean replace = from.bool();
    EVersion common = EVersion.decode(from);
    return new PeerActivate(scope, info, replace, common, from.list(PeerLogEntry::decode));
  }
}
