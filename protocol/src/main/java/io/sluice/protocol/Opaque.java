package io.sluice.protocol;

import java.util.Arrays;
import java.util.HexFormat;

/** Encoded bytes that are carried from a decoded map to its encoding without being understood. */
public final class Opaque {
  private final byte[] bytes;

  Opaque(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  static Opaque of(int singleByte) {
    return new Opaque(new byte[] {(byte) singleByte});
  }

  byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Opaque && Arrays.equals(bytes, ((Opaque) other).bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
