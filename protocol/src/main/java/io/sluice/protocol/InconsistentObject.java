package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.PeerScrubbed.Digest;
import io.sluice.protocol.PeerScrubbed.State;
import io.sluice.types.ObjectId;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * An object whose copies are not the same, as {@code rados list-inconsistent-obj} shows it. (ceph:
 * inconsistent_obj_t v2 with shard_info_t v3)
 *
 * <pre>
 * le64 errors | v1 { string name | string namespace | string key | le64 snap } | le64 version
 * le32 n, n x { v1 { le32 osd | u8 shard } | v3 { le64 errors | u8 primary | unless it is missing:
 *   le32 0 attributes | le64 size | u8, le32 omap digest | u8, le32 data digest | u8 selected } } | le64 all shards' errors
 * </pre>
 *
 * <p>Ceph's own attributes do not travel: clients would decode them, and ours look different.
 *
 * @param copies what each member has, by OSD
 * @param good the copy that counts; null when there is none
 */
public record InconsistentObject(
    ObjectId object, int primary, SortedMap<Integer, Digest> copies, Digest good) {
  private static final long DATA_MISMATCH = 1 << 4;
  private static final long OMAP_MISMATCH = 1 << 5;
  private static final long SIZE_MISMATCH = 1 << 6;
  private static final long ATTRIBUTE_MISMATCH = 1 << 7;

  private static final long SHARD_MISSING = 1 << 1;
  private static final long SHARD_READ_ERROR = 1 << 3;
  private static final long SHARD_DATA = 1 << 9;
  private static final long SHARD_OMAP = 1 << 10;
  private static final long SHARD_SIZE = 1 << 11;

  public byte[] encode() {
    Encoder to = new Encoder(256);
    int mark = to.begin(2, 2);
    to.le64(errors());
    int id = to.begin(1, 1);
    to.string(object.name()).string(object.namespace()).string(object.key()).le64(object.snap());
    to.end(id).le64(good == null ? 0 : good.version().version()).le32(copies.size());
    long all = 0;
    for (Map.Entry<Integer, Digest> copy : copies.entrySet()) {
      int shard = to.begin(1, 1);
      to.le32(copy.getKey()).u8(ObjectId.NO_SHARD).end(shard);
      all |= errors(copy.getValue());
      encode(to, copy.getValue(), copy.getKey() == primary);
    }
    return to.le64(all).end(mark).toByteArray();
  }

  private void encode(Encoder to, Digest copy, boolean isPrimary) {
    int mark = to.begin(3, 3);
    to.le64(errors(copy)).bool(isPrimary);
    if (copy.state() != State.ABSENT) {
      boolean read = copy.isReadable();
      to.le32(0).le64(copy.size()).bool(read).le32(copy.omap()).bool(read && copy.data() != 0);
      to.le32(copy.data()).bool(false);
    }
    to.end(mark);
  }

  /** How one copy differs from the one that counts. */
  private long errors(Digest copy) {
    if (copy.state() == State.ABSENT) {
      return SHARD_MISSING;
    }
    if (!copy.isReadable()) {
      return SHARD_READ_ERROR;
    }
    return good == null
        ? 0
        : (copy.size() == good.size() ? 0 : SHARD_SIZE)
            | (copy.data() == good.data() ? 0 : SHARD_DATA)
            | (copy.omap() == good.omap() ? 0 : SHARD_OMAP);
  }

  /** How those that can be read differ among themselves. */
  private long errors() {
    Collection<Digest> all =
        copies.values().stream().filter(copy -> copy.state() == State.PRESENT).toList();
    return (differ(all, Digest::data) ? DATA_MISMATCH : 0)
        | (differ(all, Digest::omap) ? OMAP_MISMATCH : 0)
        | (differ(all, Digest::size) ? SIZE_MISMATCH : 0)
        | (differ(all, Digest::attributes) || differ(all, Digest::version)
            ? ATTRIBUTE_MISMATCH
            : 0);
  }

  private static boolean differ(Collection<Digest> all, Function<Digest, Object> part) {
    return all.stream().map(part).distinct().count() > 1;
  }
}
