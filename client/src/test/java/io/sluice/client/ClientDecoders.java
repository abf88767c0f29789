package io.sluice.client;

import io.sluice.bufferlist.DecoderTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** What a client reads of its user's: a configuration, addresses of monitors. */
final class ClientDecoders {
  static final List<DecoderTarget> ALL =
      List.of(
          DecoderTarget.of(
              "ceph.conf",
              text(text -> CephConf.parse(text).monHosts()),
              bytes("[global]\n# no\nmon host = [v2:10.0.0.1:3300,v1:10.0.0.1:6789] ; yes\n"),
              bytes("[client]\nkey = x\n[global]\nMON-HOST=10.0.0.1, [::1]:3301\n")),
          DecoderTarget.of(
              "monitors",
              text(MonHosts::parse),
              bytes("[v2:[fe80::1]:3300/0,v1:[fe80::1]:6789/0],10.0.0.2 any:10.0.0.3:1"),
              bytes("[::1],127.0.0.1:3300")));

  private ClientDecoders() {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whoever types it is told what is wrong. */
  private static Consumer<byte[]> text(Consumer<String> parser) {
    return bytes -> {
      try {
        parser.accept(new String(bytes, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException refused) {
        if (refused.getMessage() == null || refused instanceof NumberFormatException) {
          throw new AssertionError("refused without a word", refused);
        }
      }
    };
  }
}
