package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Maps of strings to strings on the wire: {@code le32 count | count x (string key, string value)},
 * by key.
 */
final class StringMap {
  private StringMap() {}

  static void encode(Encoder to, Map<String, String> map) {
    to.le32(map.size());
    map.forEach((key, value) -> to.string(key).string(value));
  }

  static SortedMap<String, String> decode(Decoder from) {
    SortedMap<String, String> map = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      map.put(from.string(), from.string());
    }
    return map;
  }
}
