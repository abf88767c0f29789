package io.sluice.protocol;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The options of the central configuration that OSDs obey while they run, by Ceph's names and with
 * its defaults: all are numbers from 0 on.
 *
 * <p>The monitor says of every other option that nobody here uses it.
 */
public final class DaemonOptions {
  private static final double DAY = 86_400;

  /** Seconds: a group is scrubbed again after this, and up to half as much more. */
  public static final String SCRUB_MIN_INTERVAL = "osd_scrub_min_interval";

  /** Seconds: after this it is scrubbed however busy the machine is. */
  public static final String SCRUB_MAX_INTERVAL = "osd_scrub_max_interval";

  /** Seconds: a scrub reads all bytes when that was last done so long ago. */
  public static final String DEEP_SCRUB_INTERVAL = "osd_deep_scrub_interval";

  /** Share of the least interval by which groups' turns are spread. */
  public static final String SCRUB_RANDOMIZE_RATIO = "osd_scrub_interval_randomize_ratio";

  /** Groups that one OSD scrubs as primary at a time. */
  public static final String MAX_SCRUBS = "osd_max_scrubs";

  /** Load average per core from which on only overdue scrubs begin. */
  public static final String SCRUB_LOAD_THRESHOLD = "osd_scrub_load_threshold";

  /** Seconds between two objects. */
  public static final String SCRUB_SLEEP = "osd_scrub_sleep";

  /** Names to defaults. */
  public static final Map<String, Double> OSD =
      Collections.unmodifiableMap(
          new TreeMap<>(
              Map.of(
                  SCRUB_MIN_INTERVAL,
                  DAY,
                  SCRUB_MAX_INTERVAL,
                  7 * DAY,
                  DEEP_SCRUB_INTERVAL,
                  7 * DAY,
                  SCRUB_RANDOMIZE_RATIO,
                  0.5,
                  MAX_SCRUBS,
                  1.0,
                  SCRUB_LOAD_THRESHOLD,
                  0.5,
                  SCRUB_SLEEP,
                  0.0)));

  private DaemonOptions() {}
}
