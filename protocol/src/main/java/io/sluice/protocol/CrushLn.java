package io.sluice.protocol;

import java.math.BigInteger;

/**
 * CRUSH's fixed-point logarithm: 2^44 * log2(x + 1) by three lookups. Placement depends on its
 * every bit.
 *
 * <p>The tables are computed, exactly, from what they mean, with n = 0..128 and k = 0..255:
 *
 * <pre>
 * RH[n] = ceil (2^48 / (1 + n/128))       reciprocals, to normalise the mantissa
 * LH[n] = floor(2^48 * log2(1 + n/128))   except LH[128] = 2^48 - 2^32
 * LL[k] = floor(2^48 * log2(1 + k/2^15))  plus the departures below
 * </pre>
 *
 * The tables that every Ceph release and the Linux kernel use depart from their own formula in LL:
 * nearly all entries are larger by 0x147700000 (so the sum jumps between k = 1 and 2), and {@link
 * #ODD} lists those that depart by something else. They cannot be mended any more, since the data
 * of the world is placed by them. (ceph: crush/crush_ln_table.h)
 */
final class CrushLn {
  private static final long USUAL_DEPARTURE = 0x147700000L;

  /**
   * Pairs of k and by how much LL[k] exceeds its formula, where that is not the usual departure.
   */
  private static final long[] ODD = {
    0,
    0,
    1,
    0,
    56,
    0x13ed9b9b0L,
    127,
    0x3a4f4285,
    134,
    0xd5e895a5L,
    181,
    0xeee4abc5L,
    184,
    0x14340b8bfL,
    188,
    0x833eb34bL,
    193,
    0xe43eed13L,
    198,
    0x95ad3c32L,
    199,
    0x9f2a5b80L,
    200,
    0xe2f45e65L,
    203,
    0,
    207,
    0x12cbacd37L,
    210,
    0x1144d0710L,
    212,
    0xdac5961cL,
    216,
    0,
    222,
    0,
    225,
    0xbf46f5f9L,
    227,
    0x5a42d14a,
    228,
    0x9eac5357L,
    229,
    0x217cfafc,
    231,
    0xd2d5723cL,
    233,
    0,
    235,
    0x121cb06ebL,
    236,
    0x13ac6617aL,
    237,
    0,
    238,
    0,
    239,
    0,
    240,
    0x9df6bfddL,
    241,
    0xfa8d3579L,
    243,
    0,
    244,
    0,
    245,
    0,
    246,
    0,
    247,
    0x15955a58,
    248,
    0,
    249,
    0,
    250,
    0,
    251,
    0,
    252,
    0,
    253,
    0,
    254,
    0,
    255,
    0
  };

  /** Bits of working precision: 48 squarings cost at most one bit each. */
  private static final int PRECISION = 192;

  private static final long[] RH = new long[129];
  private static final long[] LH = new long[129];
  private static final long[] LL = new long[256];

  static {
    for (int n = 0; n <= 128; n++) {
      RH[n] = Math.floorDiv((1L << 55) + 128 + n - 1, 128 + n);
      LH[n] = log2(128 + n, 7);
    }
    LH[128] = (1L << 48) - (1L << 32);
    for (int k = 0; k < 256; k++) {
      LL[k] = log2((1 << 15) + k, 15) + USUAL_DEPARTURE;
    }
    for (int i = 0; i < ODD.length; i += 2) {
      LL[(int) ODD[i]] += ODD[i + 1] - USUAL_DEPARTURE;
    }
  }

  private CrushLn() {}

  /**
   * 2^44 * log2(x + 1).
   *
   * @param x 0 to 0xffff
   */
  static long of(int x) {
    int value = x + 1;
    int shift = 0;
    if ((value & 0x18000) == 0) {
      shift = Integer.numberOfLeadingZeros(value) - 16;
    }
    int mantissa = value << shift;
    int high = (mantissa >> 8) - 128;
    long normal = mantissa * RH[high] >>> 48;
    long fraction = LH[high] + LL[(int) (normal & 0xff)] >> 4;
    return ((long) (15 - shift) << 44) + fraction;
  }

  /**
   * floor(2^48 * log2(numerator / 2^bits)) for a ratio in [1, 2]: the classic squaring, one bit a
   * round.
   */
  private static long log2(int numerator, int bits) {
    if (numerator == 2 << bits) {
      return 1L << 48;
    }
    BigInteger two = BigInteger.ONE.shiftLeft(PRECISION + 1);
    BigInteger value = BigInteger.valueOf(numerator).shiftLeft(PRECISION - bits);
    long result = 0;
    for (int bit = 0; bit < 48; bit++) {
      value = value.multiply(value).shiftRight(PRECISION);
      result <<= 1;
      if (value.compareTo(two) >= 0) {
        value = value.shiftRight(1);
        result |= 1;
      }
    }
    return result;
  }
}
