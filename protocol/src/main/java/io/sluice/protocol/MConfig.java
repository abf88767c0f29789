package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Options that the monitor sets for the receiver. (ceph: MConfig v1: le32 n, n x {string key,
 * string value})
 */
public record MConfig(Map<String, String> options) implements Message {
  public MConfig {
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  @Override
  public int type() {
    return MessageType.CONFIG;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder();
    to.list(
        options.entrySet(), (out, option) -> out.string(option.getKey()).string(option.getValue()));
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static MConfig decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    int count = from.count(8);
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String key = from.string();
      options.put(key, from.string());
    }
    return new MConfig(options);
  }
}
