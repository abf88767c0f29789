package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;

/**
 * A position in the order in which objects are listed: an object's identity, or the end of
 * everything. (ceph: hobject_t v4, as cursor of pgnls)
 *
 * <pre>
 * v4, compat 3 { string key | string name | le64 snap | le32 hash | u8 max | string namespace | le64 pool }
 * </pre>
 *
 * @param max true for the end only; everything else is then zero, pool the smallest number
 */
public record ListCursor(
    String key, String name, long snap, int hash, boolean max, String namespace, long pool) {
  private static final long NO_POOL = Long.MIN_VALUE;

  /** Before every object. */
  public static final ListCursor BEGIN = new ListCursor("", "", 0, 0, false, "", NO_POOL);

  /** After every object. */
  public static final ListCursor END = new ListCursor("", "", 0, 0, true, "", NO_POOL);

  /** At the object. */
  public static ListCursor at(ObjectId object) {
    return new ListCursor(
        object.key(),
        object.name(),
        object.snap(),
        object.hash(),
        false,
        object.namespace(),
        object.pool());
  }

  /** The first position of a placement group. (ceph: pg_t::get_hobj_start) */
  public static ListCursor startOf(PgId pg) {
    return new ListCursor("", "", 0, pg.seed(), false, "", pg.pool());
  }

  /**
   * The first position behind a placement group: the start of the next one in listing order, or
   * {@link #END}. (ceph: pg_t::get_hobj_end, get_split_bits)
   */
  public static ListCursor endOf(PgId pg, int pgCount) {
    long reversed = Integer.toUnsignedLong(Integer.reverse(pg.seed()));
    long next = (reversed | 0xffffffffL >> splitBits(pg.seed(), pgCount)) + 1;
    if (next > 0xffffffffL) {
      return END;
    }
    return new ListCursor("", "", ObjectId.HEAD, Integer.reverse((int) next), false, "", pg.pool());
  }

  /** How many low bits of an object's hash decide that it belongs to the group. */
  private static int splitBits(int seed, int pgCount) {
    if (pgCount <= 1) {
      return 0;
    }
    int bits = 32 - Integer.numberOfLeadingZeros(pgCount);
    int half = (1 << bits - 1) - 1;
    return (seed & half) < (pgCount & half) ? bits : bits - 1;
  }

  /**
   * True when a listing that goes on here, after {@code other}, moves on: objects are listed by the
   * bits of their hashes, the last one first; of one hash, any other position will do.
   */
  public boolean isBehind(ListCursor other) {
    if (max || other.max) {
      return !other.max;
    }
    int order = Integer.compareUnsigned(Integer.reverse(hash), Integer.reverse(other.hash));
    return order > 0 || order == 0 && !equals(other);
  }

  /** The object at this position; nothing but {@link #END} and {@link #BEGIN} lacks one. */
  public ObjectId object() {
    return new ObjectId(
        pool, namespace, key, name, hash, snap, ObjectId.NO_GENERATION, ObjectId.NO_SHARD);
  }

  void encode(Encoder to) {
    int mark = to.begin(4, 3);
    to.string(key).string(name).le64(snap).le32(hash).bool(max).string(namespace).le64(pool);
    to.end(mark);
  }

  public static ListCursor decode(Decoder from) {
    Decoder.Struct struct = from.begin(4, "hobject_t");
    String key = from.string();
    String name = from.string();
    long snap = from.le64();
    int hash = from.le32();
    boolean max = from.bool();
    String namespace = from.string();
    long pool = from.le64();
    from.end(struct);
    return max ? END : new ListCursor(key, name, snap, hash, false, namespace, pool);
  }
}
