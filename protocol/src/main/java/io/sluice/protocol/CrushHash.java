package io.sluice.protocol;

/**
 * CRUSH's hash of one to four 32-bit words. (ceph: crush/hash.c, CRUSH_HASH_RJENKINS1)
 *
 * <p>The words and two constants are stirred by Jenkins' mix in a fixed order; the hash word takes
 * part in every stir.
 */
final class CrushHash {
  /** The id of this hash in a bucket. (ceph: CRUSH_HASH_RJENKINS1) */
  static final int RJENKINS1 = 0;

  private static final int SEED = 1315423911;
  private static final int X = 231232;
  private static final int Y = 1232;

  private CrushHash() {}

  static int hash(int a, int b) {
    Jenkins first = stir(a, b, SEED ^ a ^ b);
    Jenkins second = stir(X, first.a, first.c);
    return stir(first.b, Y, second.c).c;
  }

  static int hash(int a, int b, int c) {
    Jenkins ab = stir(a, b, SEED ^ a ^ b ^ c);
    Jenkins cx = stir(c, X, ab.c);
    Jenkins ya = stir(Y, ab.a, cx.c);
    Jenkins bx = stir(ab.b, cx.b, ya.c);
    return stir(ya.a, cx.a, bx.c).c;
  }

  static int hash(int a, int b, int c, int d) {
    Jenkins ab = stir(a, b, SEED ^ a ^ b ^ c ^ d);
    Jenkins cd = stir(c, d, ab.c);
    Jenkins ax = stir(ab.a, X, cd.c);
    Jenkins yb = stir(Y, ab.b, ax.c);
    Jenkins cx = stir(cd.a, ax.b, yb.c);
    return stir(yb.a, cd.b, cx.c).c;
  }

  private static Jenkins stir(int a, int b, int hash) {
    Jenkins words = new Jenkins(a, b, hash);
    words.mix();
    return words;
  }
}
