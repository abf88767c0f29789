package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A piece of a whole object, copied from one OSD to another; the pieces of one object come in
 * order, and the last one makes the copy whole.
 *
 * <pre>
 * scope | hobject | eversion version | u8 flags: 1 exists, 2 hold, 4 first, 8 last
 * le64 size | le64 offset | le32 n, n x {string name | blob value} attributes | le32 n, n x {blob key | blob value} omap
 * data: the bytes at offset
 * </pre>
 *
 * @param version what the object is at afterwards (zero when it does not exist)
 * @param exists false: the sender has no such object, nor shall the receiver
 * @param hold keep the copy aside until {@link PeerActivate}; else commit it at once and answer
 * @param size of the whole object in bytes
 * @param offset in bytes, of this piece's data
 */
public record PushObject(
    PeerScope scope,
    ObjectId object,
    EVersion version,
    boolean exists,
    boolean hold,
    boolean first,
    boolean last,
    long size,
    long offset,
    Map<String, byte[]> attributes,
    List<OmapEntry> omap)
    implements PeerMessage {
  private static final byte[] NOTHING = {};

  /** A key with its value. */
  public record OmapEntry(byte[] key, byte[] value) {}

  public PushObject {
    omap = List.copyOf(omap);
  }

  /** The same piece for another receiver. */
  public PushObject in(PeerScope newScope) {
    return new PushObject(
        newScope, object, version, exists, hold, first, last, size, offset, attributes, omap);
  }

  /** What whom it was sent to says where there is no room for it. */
  public PushRefused refused(StoreRoom room) {
    return new PushRefused(scope, object, room);
  }

  @Override
  public int type() {
    return PUSH;
  }

  @Override
  public void encodeBody(Encoder to) {
    object.encode(to);
    version.encode(to);
    to.u8((exists ? 1 : 0) | (hold ? 2 : 0) | (first ? 4 : 0) | (last ? 8 : 0));
    to.le64(size).le64(offset);
    to.list(
        new TreeMap<>(attributes).entrySet(),
        (out, attr) -> out.string(attr.getKey()).blob(attr.getValue()));
    to.list(omap, (out, entry) -> out.blob(entry.key()).blob(entry.value()));
  }

  /** The message with the piece's bytes, taken over. */
  public Envelope toEnvelope(BufferList data) {
    return toEnvelope(data, NOTHING, null);
  }

  static PushObject decode(PeerScope scope, Decoder from) {
    ObjectId object = ObjectId.decode(from);
    EVersion version = EVersion.decode(from);
    int flags = from.u8();
    long size = from.le64();
    long offset = from.le64();
    Map<String, byte[]> attributes = new TreeMap<>();
    int count = from.count(8);
    for (int i = 0; i < count; i++) {
      attributes.put(from.string(), from.blob());
    }
    List<OmapEntry> omap = from.list(in -> new OmapEntry(in.blob(), in.blob()));
    return new PushObject(
        scope,
        object,
        version,
        (flags & 1) != 0,
        (flags & 2) != 0,
        (flags & 4) != 0,
        (flags & 8) != 0,
        size,
        offset,
        attributes,
        omap);
  }
}
