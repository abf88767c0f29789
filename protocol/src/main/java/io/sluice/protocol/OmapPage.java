package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.List;
import java.util.SortedMap;

/**
 * Output of omap-get-keys and omap-get-vals.
 *
 * <pre>
 * keys: le32 n, n x blob | u8 more        values: le32 n, n x { blob key, blob value } | u8 more
 * </pre>
 *
 * @param entries in order of their keys; the values are empty when only keys were asked for
 * @param more there are entries behind the last of these
 */
public record OmapPage(SortedMap<byte[], byte[]> entries, boolean more) {
  public byte[] encodeKeys() {
    return new Encoder().list(entries.keySet(), Encoder::blob).bool(more).toByteArray();
  }

  public byte[] encodeValues() {
    Encoder to = new Encoder();
    to.list(entries.entrySet(), (out, entry) -> out.blob(entry.getKey()).blob(entry.getValue()));
    return to.bool(more).toByteArray();
  }

  public static OmapPage decodeKeys(byte[] payload) {
    Decoder from = new Decoder(payload);
    List<byte[]> keys = OmapEntries.takeKeys(from);
    SortedMap<byte[], byte[]> entries = OmapEntries.sorted();
    keys.forEach(key -> entries.put(key, new byte[0]));
    return new OmapPage(entries, from.bool());
  }

  public static OmapPage decodeValues(byte[] payload) {
    Decoder from = new Decoder(payload);
    SortedMap<byte[], byte[]> entries = OmapEntries.take(from);
    return new OmapPage(entries, from.bool());
  }
}
