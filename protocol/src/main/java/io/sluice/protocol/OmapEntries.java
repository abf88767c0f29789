package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Omap entries and keys as the payload of a step, in unsigned byte order of the keys.
 *
 * <pre>
 * map: le32 n, n x { blob key, blob value }    set: le32 n, n x blob key
 * </pre>
 */
public final class OmapEntries {
  private OmapEntries() {}

  /** An empty map in the order of keys on the wire. */
  public static SortedMap<byte[], byte[]> sorted() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  /** Input of omap-set-vals, output of omap-get-vals-by-keys. */
  public static byte[] encode(SortedMap<byte[], byte[]> values) {
    Encoder to = new Encoder();
    to.list(values.entrySet(), (out, value) -> out.blob(value.getKey()).blob(value.getValue()));
    return to.toByteArray();
  }

  public static SortedMap<byte[], byte[]> decode(byte[] payload) {
    return take(new Decoder(payload));
  }

  static SortedMap<byte[], byte[]> take(Decoder from) {
    SortedMap<byte[], byte[]> values = sorted();
    int count = from.count(8);
    for (int i = 0; i < count; i++) {
      byte[] key = from.blob();
      values.put(key, from.blob());
    }
    return values;
  }

  /** Input of omap-rm-keys and omap-get-vals-by-keys; the caller sorts. */
  public static byte[] encodeKeys(Collection<byte[]> keys) {
    return new Encoder().list(keys, Encoder::blob).toByteArray();
  }

  public static List<byte[]> decodeKeys(byte[] payload) {
    return takeKeys(new Decoder(payload));
  }

  static List<byte[]> takeKeys(Decoder from) {
    int count = from.count(4);
    List<byte[]> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      keys.add(from.blob());
    }
    return keys;
  }
}
