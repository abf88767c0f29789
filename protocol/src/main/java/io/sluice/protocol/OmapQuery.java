package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.Arrays;

/**
 * Input of omap-get-keys and omap-get-vals: which entries, in order.
 *
 * <pre>
 * keys: blob after | le64 max        values: blob after | le64 max | blob prefix
 * </pre>
 *
 * @param after only keys behind this one; empty = all (but not the empty key)
 * @param max entries, unsigned
 * @param prefix only keys that start so; empty when keys are asked for
 */
public record OmapQuery(byte[] after, long max, byte[] prefix) {
  public byte[] encodeForKeys() {
    return new Encoder().blob(after).le64(max).toByteArray();
  }

  public byte[] encodeForValues() {
    return new Encoder().blob(after).le64(max).blob(prefix).toByteArray();
  }

  public static OmapQuery decodeForKeys(byte[] payload) {
    Decoder from = new Decoder(payload);
    return new OmapQuery(from.blob(), from.le64(), new byte[0]);
  }

  public static OmapQuery decodeForValues(byte[] payload) {
    Decoder from = new Decoder(payload);
    return new OmapQuery(from.blob(), from.le64(), from.blob());
  }

  /** True when the key is one that this asks for. */
  public boolean wants(byte[] key) {
    return Arrays.compareUnsigned(key, after) > 0
        && key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OmapQuery that
        && Arrays.equals(after, that.after)
        && max == that.max
        && Arrays.equals(prefix, that.prefix);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(after) * 31 + Long.hashCode(max);
  }
}
