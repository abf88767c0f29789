package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;

/** A placement group: its pool and its number within it. (ceph: pg_t) */
public record PgId(long pool, int seed) implements Comparable<PgId> {

  /** {@code u8 1 | le64 pool | le32 seed | le32 -1}. */
  public void encode(Encoder to) {
    to.u8(1).le64(pool).le32(seed).le32(-1);
  }

  /**
   * Reads {@code 2.1f}.
   *
   * @throws IllegalArgumentException when it is no group's name
   */
  public static PgId parse(String text) {
    int dot = text.indexOf('.');
    if (dot < 0) {
      throw new IllegalArgumentException("no placement group: '" + text + "'");
    }
    long pool = Long.parseLong(text.substring(0, dot));
    return new PgId(pool, Integer.parseUnsignedInt(text.substring(dot + 1), 16));
  }

  public static PgId decode(Decoder from) {
    int version = from.u8();
    if (version != 1) {
      throw new MalformedInputException("pg_t of version " + version);
    }
    long pool = from.le64();
    int seed = from.le32();
    from.skip(4);
    return new PgId(pool, seed);
  }

  // A record's own equals and hashCode go through method handles, slow until C2 has compiled every
  // caller: keys of maps on the way of each operation say it themselves.

  @Override
  public boolean equals(Object other) {
    return other instanceof PgId that && pool == that.pool && seed == that.seed;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(pool) * 31 + seed;
  }

  @Override
  public int compareTo(PgId other) {
    int byPool = Long.compare(pool, other.pool);
    return byPool != 0 ? byPool : Integer.compareUnsigned(seed, other.seed);
  }

  /** As Ceph prints it: pool in decimal, number in hex. */
  @Override
  public String toString() {
    return pool + "." + Integer.toHexString(seed);
  }
}
