package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;

/**
 * What a member has of an object.
 *
 * <pre>
 * scope | hobject | u8 state | eversion version | le64 size | le32 data | le32 attributes | le32 omap
 * </pre>
 */
public record PeerScrubbed(PeerScope scope, ObjectId object, Digest digest) implements PeerMessage {
  /** How a copy is. */
  public enum State {
    PRESENT,
    ABSENT,
    /** Its bytes cannot be read, or do not fit their checksums. */
    UNREADABLE
  }

  /**
   * One copy in brief: two are equal when this is.
   *
   * @param size in bytes
   * @param data CRC-32C of the bytes, 0 when nobody read them
   * @param attributes CRC-32C of the attributes' encoding, by name
   * @param omap CRC-32C of keys and values in order, with the header among the attributes
   */
  public record Digest(
      State state, EVersion version, long size, int data, int attributes, int omap) {
    public static final Digest ABSENT = new Digest(State.ABSENT, EVersion.ZERO, 0, 0, 0, 0);

    public boolean isReadable() {
      return state != State.UNREADABLE;
    }
  }

  @Override
  public int type() {
    return SCRUBBED;
  }

  @Override
  public void encodeBody(Encoder to) {
    object.encode(to);
    to.u8(digest.state().ordinal());
    digest.version().encode(to);
    to.le64(digest.size()).le32(digest.data()).le32(digest.attributes()).le32(digest.omap());
  }

  static PeerScrubbed decode(PeerScope scope, Decoder from) {
    ObjectId object = ObjectId.decode(from);
    State state = State.values()[from.u8() % State.values().length];
    EVersion version = EVersion.decode(from);
    Digest digest = new Digest(state, version, from.le64(), from.le32(), from.le32(), from.le32());
    return new PeerScrubbed(scope, object, digest);
  }
}
