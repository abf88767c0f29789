package io.sluice.monitor;

import io.sluice.protocol.CrushMap;
import io.sluice.protocol.CrushTree;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** The edits of the OSD map that are about its CRUSH map. */
final class CrushEdits {
  /** It is in every map that is kept, and in every message of maps. */
  private static final int BYTES_MAX = 256 << 10;

  private CrushEdits() {}

  /**
   * The CRUSH map after an edit.
   *
   * @throws IllegalArgumentException with a line for the user
   */
  static CrushMap apply(MapEdit edit, OsdMap map, String name, String value) {
    CrushMap crush = map.crush();
    CrushMap after =
        switch (edit) {
          case CRUSH_REWEIGHT -> CrushTree.reweigh(crush, name, Integer.parseInt(value));
          case CRUSH_ADD_BUCKET -> CrushTree.addBucket(crush, name, value);
          case CRUSH_MOVE -> CrushTree.move(crush, name, location(value));
          case CRUSH_REMOVE -> CrushTree.remove(crush, name);
          case CRUSH_ADD_RULE -> {
            String[] words = value.split(MapEdit.NUL, 2);
            yield CrushTree.addRule(crush, name, words[0], words[1]);
          }
          case CRUSH_REMOVE_RULE -> CrushTree.removeRule(crush, name);
          case CRUSH_RENAME -> CrushTree.rename(crush, name, value);
          case CRUSH_SET -> CrushTree.decode(Base64.getDecoder().decode(value));
          default -> throw new IllegalStateException("no rule for " + edit);
        };
    for (PoolInfo pool : map.pools()) {
      if (!after.ruleNames().containsKey(pool.layout().crushRule())) {
        String rule = "crush rule " + pool.layout().crushRule();
        throw new IllegalArgumentException(rule + " is in use by pool '" + pool.name() + "'");
      }
    }
    if (after.encode().length > BYTES_MAX) {
      throw new IllegalArgumentException("a crush map has " + BYTES_MAX + " bytes at most");
    }
    return after;
  }

  private static Map<String, String> location(String packed) {
    Map<String, String> location = new LinkedHashMap<>();
    for (String each : packed.split(MapEdit.NUL)) {
      int equals = each.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException("'" + each + "' is not TYPE=NAME");
      }
      location.put(each.substring(0, equals), each.substring(equals + 1));
    }
    return location;
  }
}
