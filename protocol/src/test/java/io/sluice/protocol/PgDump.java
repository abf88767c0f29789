package io.sluice.protocol;

import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what {@code osdmaptool --test-map-pgs-dump-all} prints: one placement group a line. */
final class PgDump {
  private static final Pattern LINE =
      Pattern.compile(
          "^(\\d+)\\.([0-9a-f]+) raw \\(.*?\\) up \\(\\[(.*?)], p(-?\\d+)\\) acting \\(\\[(.*?)], p(-?\\d+)\\)$",
          Pattern.MULTILINE);

  private PgDump() {}

  static TreeMap<PgId, PgMapping> parse(String output) {
    TreeMap<PgId, PgMapping> mappings = new TreeMap<>();
    Matcher matcher = LINE.matcher(output);
    while (matcher.find()) {
      PgId pg =
          new PgId(
              Long.parseLong(matcher.group(1)), Integer.parseUnsignedInt(matcher.group(2), 16));
      mappings.put(
          pg,
          new PgMapping(
              osds(matcher.group(3)),
              Integer.parseInt(matcher.group(4)),
              osds(matcher.group(5)),
              Integer.parseInt(matcher.group(6))));
    }
    return mappings;
  }

  /** What we say of the same groups. */
  static TreeMap<PgId, PgMapping> ours(OsdMap map) {
    TreeMap<PgId, PgMapping> mappings = new TreeMap<>();
    map.pools().forEach(pool -> pool.pgs().forEach(pg -> mappings.put(pg, map.mapping(pg))));
    return mappings;
  }

  private static List<Integer> osds(String list) {
    List<Integer> osds = new ArrayList<>();
    for (String osd : list.isEmpty() ? new String[0] : list.split(",")) {
      osds.add(Integer.parseInt(osd));
    }
    return osds;
  }
}
