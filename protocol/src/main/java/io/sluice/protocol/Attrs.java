package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All attributes of an object, the output of getxattrs: {@code le32 n, n x { string name, blob
 * value }}.
 */
public final class Attrs {
  private Attrs() {}

  public static byte[] encode(Map<String, byte[]> attrs) {
    Encoder to = new Encoder();
    to.list(
        new TreeMap<>(attrs).entrySet(),
        (out, attr) -> out.string(attr.getKey()).blob(attr.getValue()));
    return to.toByteArray();
  }

  public static SortedMap<String, byte[]> decode(byte[] payload) {
    Decoder from = new Decoder(payload);
    SortedMap<String, byte[]> attrs = new TreeMap<>();
    int count = from.count(8);
    for (int i = 0; i < count; i++) {
      String name = from.string();
      attrs.put(name, from.blob());
    }
    return attrs;
  }
}
