package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import java.util.List;

/**
 * A run of a member's objects with their versions.
 *
 * <pre>
 * scope | le32 n, n x {hobject | eversion} | u8 has_next [hobject next]
 * </pre>
 *
 * @param next where to go on, or null at the end
 */
public record PeerListing(PeerScope scope, List<Copy> copies, ObjectId next)
    implements PeerMessage {
  /** An object as one member has it; a version says all about its content. */
  public record Copy(ObjectId object, EVersion version) {}

  public PeerListing {
    copies = List.copyOf(copies);
  }

  @Override
  public int type() {
    return LISTING;
  }

  @Override
  public void encodeBody(Encoder to) {
    to.list(
        copies,
        (out, copy) -> {
          copy.object().encode(out);
          copy.version().encode(out);
        });
    PeerList.encodePosition(to, next);
  }

  static PeerListing decode(PeerScope scope, Decoder from) {
    List<Copy> copies = from.list(in -> new Copy(ObjectId.decode(in), EVersion.decode(in)));
    return new PeerListing(scope, copies, PeerList.decodePosition(from));
  }
}
