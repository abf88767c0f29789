package io.sluice.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * From an object's name to its placement group's number: the 32-bit name hash and the fold to the
 * pool's PGs.
 *
 * <p>(ceph: ceph_str_hash_rjenkins, pg_pool_t::hash_key, ceph_stable_mod)
 */
public final class ObjectHash {
  /** Put between namespace and name; ASCII "unit separator", which no sane name contains. */
  private static final byte NAMESPACE_SEPARATOR = 0x1f;

  private static final int GOLDEN_RATIO = 0x9e3779b9;

  private ObjectHash() {}

  /**
   * The hash of an object.
   *
   * @param key locator key; when not empty it is hashed in the name's place, so that objects can
   *     share a group
   */
  public static int of(String name, String namespace, String key) {
    byte[] hashed = (key.isEmpty() ? name : key).getBytes(StandardCharsets.UTF_8);
    if (namespace.isEmpty()) {
      return rjenkins(hashed);
    }
    byte[] prefix = namespace.getBytes(StandardCharsets.UTF_8);
    byte[] both = new byte[prefix.length + 1 + hashed.length];
    System.arraycopy(prefix, 0, both, 0, prefix.length);
    both[prefix.length] = NAMESPACE_SEPARATOR;
    System.arraycopy(hashed, 0, both, prefix.length + 1, hashed.length);
    return rjenkins(both);
  }

  /**
   * Jenkins' hash of a byte string: 12 bytes a round, the length in the low byte of the last word.
   */
  static int rjenkins(byte[] bytes) {
    Jenkins state = new Jenkins(GOLDEN_RATIO, GOLDEN_RATIO, 0);
    int at = 0;
    for (; bytes.length - at >= 12; at += 12) {
      state.a += word(bytes, at, 4);
      state.b += word(bytes, at + 4, 4);
      state.c += word(bytes, at + 8, 4);
      state.mix();
    }
    state.a += word(bytes, at, 4);
    state.b += word(bytes, at + 4, 4);
    state.c += bytes.length + (word(bytes, at + 8, 3) << 8);
    state.mix();
    return state.c;
  }

  /**
   * The little-endian word of at most {@code count} bytes at an offset; bytes past the end are
   * zero.
   */
  private static int word(byte[] bytes, int offset, int count) {
    int value = 0;
    for (int i = 0; i < count && offset + i < bytes.length; i++) {
      value |= (bytes[offset + i] & 0xff) << 8 * i;
    }
    return value;
  }

  /**
   * Folds a hash to one of {@code count} groups so that growing {@code count} splits groups in
   * place.
   *
   * @param count at least 1
   */
  public static int stableMod(int hash, int count) {
    int mask = mask(count);
    int folded = hash & mask;
    return Integer.compareUnsigned(folded, count) < 0 ? folded : hash & mask >>> 1;
  }

  /**
   * The groups that a group's objects fall into, beside itself, when there are more groups: their
   * numbers, ascending. (ceph: pg_t::is_split)
   */
  public static List<Integer> children(int seed, int from, int to) {
    List<Integer> children = new ArrayList<>();
    for (int child = from; child < to; child++) {
      if (stableMod(child, from) == seed) {
        children.add(child);
      }
    }
    return children;
  }

  /**
   * How many of the lowest bits of a hash say that it falls into a group: those bits are the
   * group's number. (ceph: pg_t::get_split_bits)
   */
  public static int bits(int seed, int count) {
    int bits = Integer.bitCount(mask(count));
    int half = 1 << bits >>> 1;
    return bits > 0 && seed < half && seed + half >= count ? bits - 1 : bits;
  }

  /** The smallest 2^k - 1 that covers {@code count - 1}. */
  static int mask(int count) {
    return count <= 1 ? 0 : -1 >>> Integer.numberOfLeadingZeros(count - 1);
  }
}
