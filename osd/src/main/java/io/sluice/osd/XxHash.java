package io.sluice.osd;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The hash functions XXH32 and XXH64, as their public specification has them; little-endian. */
final class XxHash {
  private static final int A = 0x9E3779B1;
  private static final int B = 0x85EBCA77;
  private static final int C = 0xC2B2AE3D;
  private static final int D = 0x27D4EB2F;
  private static final int E = 0x165667B1;
  private static final long LA = 0x9E3779B185EBCA87L;
  private static final long LB = 0xC2B2AE3D27D4EB4FL;
  private static final long LC = 0x165667B19E3779F9L;
  private static final long LD = 0x85EBCA77C2B2AE63L;
  private static final long LE = 0x27D4EB2F165667C5L;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private XxHash() {}

  static int hash32(byte[] bytes, int offset, int length, int seed) {
    Running32 hash = new Running32(seed);
    hash.update(bytes, offset, length);
    return hash.finish();
  }

  static long hash64(byte[] bytes, int offset, int length, long seed) {
    Running64 hash = new Running64(seed);
    hash.update(bytes, offset, length);
    return hash.finish();
  }

  /** What both have: whole stripes are mixed in as they come, the rest is kept to the end. */
  private abstract static class Running {
    private static final byte[] NOTHING = {};

    private final int stripe;
    long total;
    byte[] rest = NOTHING;
    int at;
    int end;

    private Running(int stripe) {
      this.stripe = stripe;
    }

    /** Of a length that is no multiple of 32: only as the last one; kept until the end. */
    final void update(byte[] bytes, int offset, int length) {
      if (at != end) {
        throw new IllegalStateException("a piece behind the last one");
      }
      total += length;
      rest = bytes;
      end = offset + length;
      for (at = offset; at + stripe <= end; at += stripe) {
        mix(bytes, at);
      }
    }

    abstract void mix(byte[] bytes, int from);

    final void reset() {
      total = 0;
      rest = NOTHING;
      at = 0;
      end = 0;
    }
  }

  /** XXH32 of bytes that come in pieces. */
  static final class Running32 extends Running {
    private final int seed;
    private final int[] lanes = new int[4];

    Running32(int seed) {
      super(16);
      this.seed = seed;
      begin();
    }

    private void begin() {
      reset();
      lanes[0] = seed + A + B;
      lanes[1] = seed + B;
      lanes[2] = seed;
      lanes[3] = seed - A;
    }

    @Override
    void mix(byte[] bytes, int from) {
      for (int i = 0; i < 4; i++) {
        lanes[i] = Integer.rotateLeft(lanes[i] + (int) INT.get(bytes, from + 4 * i) * B, 13) * A;
      }
    }

    /** The hash; begins anew. */
    int finish() {
      int hash = seed + E;
      if (total >= 16) {
        hash =
            Integer.rotateLeft(lanes[0], 1)
                + Integer.rotateLeft(lanes[1], 7)
                + Integer.rotateLeft(lanes[2], 12)
                + Integer.rotateLeft(lanes[3], 18);
      }
      hash += (int) total;
      for (; at + 4 <= end; at += 4) {
        hash = Integer.rotateLeft(hash + (int) INT.get(rest, at) * C, 17) * D;
      }
      for (; at < end; at++) {
        hash = Integer.rotateLeft(hash + (rest[at] & 0xff) * E, 11) * A;
      }
      hash = (hash ^ hash >>> 15) * B;
      hash = (hash ^ hash >>> 13) * C;
      begin();
      return hash ^ hash >>> 16;
    }
  }

  /** XXH64 of bytes that come in pieces. */
  static final class Running64 extends Running {
    private final long seed;
    private final long[] lanes = new long[4];

    Running64(long seed) {
      super(32);
      this.seed = seed;
      begin();
    }

    private void begin() {
      reset();
      lanes[0] = seed + LA + LB;
      lanes[1] = seed + LB;
      lanes[2] = seed;
      lanes[3] = seed - LA;
    }

    @Override
    void mix(byte[] bytes, int from) {
      for (int i = 0; i < 4; i++) {
        lanes[i] = round(lanes[i], (long) LONG.get(bytes, from + 8 * i));
      }
    }

    /** The hash; begins anew. */
    long finish() {
      long hash = seed + LE;
      if (total >= 32) {
        hash =
            Long.rotateLeft(lanes[0], 1)
                + Long.rotateLeft(lanes[1], 7)
                + Long.rotateLeft(lanes[2], 12)
                + Long.rotateLeft(lanes[3], 18);
        for (long lane : lanes) {
          hash = (hash ^ round(0, lane)) * LA + LD;
        }
      }
      hash += total;
      for (; at + 8 <= end; at += 8) {
        hash = Long.rotateLeft(hash ^ round(0, (long) LONG.get(rest, at)), 27) * LA + LD;
      }
      if (at + 4 <= end) {
        hash = Long.rotateLeft(hash ^ ((int) INT.get(rest, at) & 0xffffffffL) * LA, 23) * LB + LC;
        at += 4;
      }
      for (; at < end; at++) {
        hash = Long.rotateLeft(hash ^ (rest[at] & 0xff) * LE, 11) * LA;
      }
      hash = (hash ^ hash >>> 33) * LB;
      hash = (hash ^ hash >>> 29) * LC;
      begin();
      return hash ^ hash >>> 32;
    }
  }

  private static long round(long lane, long input) {
    return Long.rotateLeft(lane + input * LB, 31) * LA;
  }
}
