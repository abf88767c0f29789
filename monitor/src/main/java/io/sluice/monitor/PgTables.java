package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The columns in which {@code ceph pg ls} and {@code pg dump} show placement groups, pools and
 * OSDs, made of what the same commands answer as JSON.
 */
final class PgTables {
  private static final String OMAP_NOTE =
      "\n* NOTE: omap statistics are what the last deep scrub has counted.\n";

  /** Columns that groups and pools have in common, with where they stand in {@code stat_sum}. */
  private static final Map<String, String> SUMS = new LinkedHashMap<>();

  static {
    SUMS.put("OBJECTS", "num_objects");
    SUMS.put("MISSING_ON_PRIMARY", "num_objects_missing_on_primary");
    SUMS.put("DEGRADED", "num_objects_degraded");
    SUMS.put("MISPLACED", "num_objects_misplaced");
    SUMS.put("UNFOUND", "num_objects_unfound");
    SUMS.put("BYTES", "num_bytes");
    SUMS.put("OMAP_BYTES*", "num_omap_bytes");
    SUMS.put("OMAP_KEYS*", "num_omap_keys");
  }

  private PgTables() {}

  private static void sums(List<Object> cells, JsonNode of, boolean list) {
    SUMS.forEach(
        (title, field) -> {
          if (!list || !title.startsWith("MISSING")) {
            cells.add(of.path("stat_sum").path(field).asLong());
          }
        });
  }

  private static void sumTitles(TextTable table, boolean list) {
    for (String title : SUMS.keySet()) {
      if (!list || !title.startsWith("MISSING")) {
        table.under(title);
      }
    }
  }

  private static String set(JsonNode osds) {
    StringJoiner text = new StringJoiner(",", "[", "]");
    osds.forEach(osd -> text.add(osd.asText()));
    return text.toString();
  }

  private static String reported(JsonNode pg) {
    return pg.path("reported_epoch").asText() + ":" + pg.path("reported_seq").asText();
  }

  /** {@code pg ls}. */
  static String list(JsonNode groups) {
    TextTable table = new TextTable().left("PG");
    sumTitles(table, true);
    table.under("LOG").left("STATE").under("SINCE").under("VERSION").under("REPORTED");
    table.left("UP").left("ACTING").left("SCRUB_STAMP").left("DEEP_SCRUB_STAMP");
    for (JsonNode pg : groups) {
      List<Object> cells = new ArrayList<>(List.of(pg.path("pgid").asText()));
      sums(cells, pg, true);
      cells.add(pg.path("log_size").asLong());
      cells.add(pg.path("state").asText());
      cells.add("e" + pg.path("mapping_epoch").asText()); // since which map, not how long ago
      cells.addAll(List.of(pg.path("version").asText(), reported(pg)));
      cells.add(set(pg.path("up")) + "p" + pg.path("up_primary").asText());
      cells.add(set(pg.path("acting")) + "p" + pg.path("acting_primary").asText());
      cells.add(pg.path("last_scrub_stamp").asText());
      cells.add(pg.path("last_deep_scrub_stamp").asText());
      table.row(cells.toArray());
    }
    return table + OMAP_NOTE;
  }

  /** {@code pg dump pgs_brief}, and those that are stuck. */
  static String brief(JsonNode groups) {
    TextTable table = new TextTable().left("PG_STAT").left("STATE").left("UP").under("UP_PRIMARY");
    table.left("ACTING").under("ACTING_PRIMARY");
    for (JsonNode pg : groups) {
      table.row(
          pg.path("pgid").asText(),
          pg.path("state").asText(),
          set(pg.path("up")),
          pg.path("up_primary").asText(),
          set(pg.path("acting")),
          pg.path("acting_primary").asText());
    }
    return table.toString();
  }

  /** {@code pg dump pgs}. */
  private static String groups(JsonNode groups) {
    TextTable table = new TextTable().left("PG_STAT");
    sumTitles(table, false);
    table.under("LOG").under("DISK_LOG").left("STATE").left("STATE_STAMP").under("VERSION");
    table.under("REPORTED").left("UP").under("UP_PRIMARY").left("ACTING").under("ACTING_PRIMARY");
    table.under("LAST_SCRUB").left("SCRUB_STAMP").under("LAST_DEEP_SCRUB");
    table.left("DEEP_SCRUB_STAMP").under("SNAPTRIMQ_LEN");
    for (JsonNode pg : groups) {
      List<Object> cells = new ArrayList<>(List.of(pg.path("pgid").asText()));
      sums(cells, pg, false);
      cells.addAll(List.of(pg.path("log_size").asLong(), pg.path("log_size").asLong()));
      cells.addAll(List.of(pg.path("state").asText(), pg.path("last_change").asText()));
      cells.addAll(List.of(pg.path("version").asText(), reported(pg)));
      cells.addAll(List.of(set(pg.path("up")), pg.path("up_primary").asText()));
      cells.addAll(List.of(set(pg.path("acting")), pg.path("acting_primary").asText()));
      cells.addAll(List.of(pg.path("last_scrub").asText(), pg.path("last_scrub_stamp").asText()));
      cells.add(pg.path("last_deep_scrub").asText());
      cells.add(pg.path("last_deep_scrub_stamp").asText());
      cells.add(pg.path("snaptrimq_len").asLong());
      table.row(cells.toArray());
    }
    return table.toString();
  }

  /** {@code pg dump pools}. */
  private static String pools(JsonNode pools) {
    TextTable table = new TextTable().left("POOLID");
    sumTitles(table, false);
    table.under("LOG").under("DISK_LOG");
    for (JsonNode pool : pools) {
      List<Object> cells = new ArrayList<>(List.of(pool.path("poolid").asText()));
      sums(cells, pool, false);
      cells.addAll(List.of(pool.path("log_size").asLong(), pool.path("ondisk_log_size").asLong()));
      table.row(cells.toArray());
    }
    return table.toString();
  }

  /** {@code pg dump osds}; with the line of their sum alone where that is asked for. */
  private static String osds(JsonNode osds, JsonNode groups, boolean each) {
    TextTable table = new TextTable().left("OSD_STAT").under("USED").under("AVAIL");
    table.under("USED_RAW").under("TOTAL").under("HB_PEERS").under("PG_SUM");
    table.under("PRIMARY_PG_SUM");
    long used = 0;
    long free = 0;
    for (JsonNode osd : osds) {
      int id = osd.path("osd").asInt();
      long usedHere = osd.path("kb_used").asLong() * 1024;
      long freeHere = osd.path("kb_avail").asLong() * 1024;
      used += usedHere;
      free += freeHere;
      int held = 0;
      int led = 0;
      for (JsonNode pg : groups) {
        led += pg.path("acting_primary").asInt(-1) == id ? 1 : 0;
        for (JsonNode member : pg.path("acting")) {
          held += member.asInt() == id ? 1 : 0;
        }
      }
      if (each) {
        String size = Units.bytes(usedHere);
        String total = Units.bytes(usedHere + freeHere);
        table.row(id, size, Units.bytes(freeHere), size, total, "[]", held, led);
      }
    }
    String size = Units.bytes(used);
    table.row("sum", size, Units.bytes(free), size, Units.bytes(used + free), "", "", "");
    return table.toString();
  }

  /** {@code pg dump}, or a part of it. */
  static CommandReply dump(JsonNode map, String what) {
    JsonNode groups = map.path("pg_stats");
    String head =
        "version "
            + map.path("version").asText()
            + "\nstamp "
            + map.path("stamp").asText()
            + "\nlast_osdmap_epoch "
            + map.path("last_osdmap_epoch").asText()
            + "\nlast_pg_scan "
            + map.path("last_pg_scan").asText()
            + "\n";
    String text =
        switch (what) {
          case "pgs" -> head + groups(groups) + OMAP_NOTE;
          case "pgs_brief" -> brief(groups);
          case "pools" -> pools(map.path("pool_stats")) + OMAP_NOTE;
          case "osds" -> osds(map.path("osd_stats"), groups, true);
          case "summary", "sum", "delta" -> head + osds(map.path("osd_stats"), groups, false);
          default ->
              head
                  + groups(groups)
                  + "\n"
                  + pools(map.path("pool_stats"))
                  + "\n"
                  + osds(map.path("osd_stats"), groups, true)
                  + OMAP_NOTE;
        };
    return new CommandReply(0, "dumped " + what, CommandReply.output(text).output());
  }
}
