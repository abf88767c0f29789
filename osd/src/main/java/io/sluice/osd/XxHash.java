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
    int at = offset;
    int end = offset + length;
    int hash = seed + E;
    if (length >= 16) {
      int[] lanes = {seed + A + B, seed + B, seed, seed - A};
      for (; at + 16 <= end; at += 16) {
        for (int i = 0; i < 4; i++) {
          lanes[i] = Integer.rotateLeft(lanes[i] + (int) INT.get(bytes, at + 4 * i) * B, 13) * A;
        }
      }
      hash =
          Integer.rotateLeft(lanes[0], 1)
              + Integer.rotateLeft(lanes[1], 7)
              + Integer.rotateLeft(lanes[2], 12)
              + Integer.rotateLeft(lanes[3], 18);
    }
    hash += length;
    for (; at + 4 <= end; at += 4) {
      hash = Integer.rotateLeft(hash + (int) INT.get(bytes, at) * C, 17) * D;
    }
    for (; at < end; at++) {
      hash = Integer.rotateLeft(hash + (bytes[at] & 0xff) * E, 11) * A;
    }
    hash = (hash ^ hash >>> 15) * B;
    hash = (hash ^ hash >>> 13) * C;
    return hash ^ hash >>> 16;
  }

  static long hash64(byte[] bytes, int offset, int length, long seed) {
    int at = offset;
    int end = offset + length;
    long hash = seed + LE;
    if (length >= 32) {
      long[] lanes = {seed + LA + LB, seed + LB, seed, seed - LA};
      for (; at + 32 <= end; at += 32) {
        for (int i = 0; i < 4; i++) {
          lanes[i] = round(lanes[i], (long) LONG.get(bytes, at + 8 * i));
        }
      }
      hash =
          Long.rotateLeft(lanes[0], 1)
              + Long.rotateLeft(lanes[1], 7)
              + Long.rotateLeft(lanes[2], 12)
              + Long.rotateLeft(lanes[3], 18);
      for (long lane : lanes) {
        hash = (hash ^ round(0, lane)) * LA + LD;
      }
    }
    hash += length;
    for (; at + 8 <= end; at += 8) {
      hash = Long.rotateLeft(hash ^ round(0, (long) LONG.get(bytes, at)), 27) * LA + LD;
    }
    if (at + 4 <= end) {
      hash = Long.rotateLeft(hash ^ ((int) INT.get(bytes, at) & 0xffffffffL) * LA, 23) * LB + LC;
      at += 4;
    }
    for (; at < end; at++) {
      hash = Long.rotateLeft(hash ^ (bytes[at] & 0xff) * LE, 11) * LA;
    }
    hash = (hash ^ hash >>> 33) * LB;
    hash = (hash ^ hash >>> 29) * LC;
    return hash ^ hash >>> 32;
  }

  private static long round(long lane, long input) {
    return Long.rotateLeft(lane + input * LB, 31) * LA;
  }
}
