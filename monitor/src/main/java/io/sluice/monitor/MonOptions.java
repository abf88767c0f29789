package io.sluice.monitor;

import java.util.Optional;
import java.util.Set;

/**
 * The options of the central configuration that monitors obey, each from the next time on that it
 * matters: whoever leads goes by what is set for itself.
 */
final class MonOptions {
  /** Seconds: an OSD that is down for longer is marked out; 0: never. */
  static final String DOWN_OUT_INTERVAL = "mon_osd_down_out_interval";

  static final String ALLOW_POOL_DELETE = "mon_allow_pool_delete";
  static final String POOL_SIZE = "osd_pool_default_size";
  static final String POOL_MIN_SIZE = "osd_pool_default_min_size";
  static final String POOL_PG_NUM = "osd_pool_default_pg_num";

  /** Copies of groups that an OSD has on the average: no pool gets more groups than give that. */
  static final String PGS_PER_OSD = "mon_max_pg_per_osd";

  private static final Set<String> OBEYED =
      Set.of(
          DOWN_OUT_INTERVAL, ALLOW_POOL_DELETE, POOL_SIZE, POOL_MIN_SIZE, POOL_PG_NUM, PGS_PER_OSD);

  private MonOptions() {}

  static boolean obeyed(String name) {
    return OBEYED.contains(name);
  }

  /** What was set; empty for the default. */
  static Optional<String> set(MonContext context, String name) {
    return Optional.ofNullable(
        ConfigOptions.valuesOf("mon." + context.name(), context.state()).get(name));
  }

  /** What was set, of those that are numbers; else the other value. */
  static long number(MonContext context, String name, long otherwise) {
    try {
      return set(context, name).map(Long::parseLong).orElse(otherwise);
    } catch (NumberFormatException e) {
      return otherwise; // set by force
    }
  }
}
