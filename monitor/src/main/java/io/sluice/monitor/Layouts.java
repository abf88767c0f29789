package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The fields of Ceph's JSON, with the value that stands for "Sluice has none of this": what a
 * command knows it writes over. From {@code layouts.json}; {@code cluster-tests/compare-commands}
 * says where real Ceph has others.
 */
final class Layouts {
  private static final JsonNode ALL = load();

  private Layouts() {}

  private static JsonNode load() {
    try (InputStream in = Layouts.class.getResourceAsStream("layouts.json")) {
      return CommandCall.JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A fresh copy, to be filled in. */
  static ObjectNode object(String name) {
    return (ObjectNode) any(name);
  }

  /** The same for what may be a list. */
  static JsonNode any(String name) {
    JsonNode layout = ALL.get(name);
    if (layout == null) {
      throw new IllegalArgumentException("no layout '" + name + "'");
    }
    return layout.deepCopy();
  }

  /** {@code {"addrvec": [{"type": "v2", "addr": "127.0.0.1:3300", "nonce": 0}]}}. */
  static ObjectNode addrs(AddrVec addrs) {
    ObjectNode node = CommandCall.object();
    for (EntityAddr addr : addrs.addrs()) {
      String type = addr.type() == EntityAddr.LEGACY ? "v1" : "v2";
      node.withArray("addrvec")
          .addObject()
          .put("type", type)
          .put("addr", addr.ip() + ":" + addr.port())
          .put("nonce", Integer.toUnsignedLong(addr.nonce()));
    }
    return node;
  }

  /** {@code 127.0.0.1:6800/123}. */
  static String legacyAddr(AddrVec addrs) {
    EntityAddr addr = addrs.msgr2();
    return addr.ip() + ":" + addr.port() + "/" + Integer.toUnsignedString(addr.nonce());
  }
}
