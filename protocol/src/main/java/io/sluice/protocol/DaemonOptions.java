package io.sluice.protocol;

import static java.util.Map.entry;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The options of the central configuration that OSDs obey while they run, by Ceph's names and with
 * its defaults: numbers from 0 on, and one word.
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

  /** Bytes that an OSD should use in all; ours give a sixteenth to small objects. */
  public static final String MEMORY_TARGET = "osd_memory_target";

  /** Seconds: an operation in hand for longer is complained of. */
  public static final String OP_COMPLAINT_TIME = "osd_op_complaint_time";

  /** Operations that are over and still told of. */
  public static final String OP_HISTORY_SIZE = "osd_op_history_size";

  /** Seconds for which they are. */
  public static final String OP_HISTORY_DURATION = "osd_op_history_duration";

  /** The same for those that took long: how many. */
  public static final String OP_HISTORY_SLOW_OP_SIZE = "osd_op_history_slow_op_size";

  /** Seconds from which on one took long. */
  public static final String OP_HISTORY_SLOW_OP_THRESHOLD = "osd_op_history_slow_op_threshold";

  /** Of so many messages received, one ends its connection unseen; 0: none. */
  public static final String INJECT_SOCKET_FAILURES = "ms_inject_socket_failures";

  /** Kinds of peers ({@code osd client mon}) that are answered late; empty: none. The one word. */
  public static final String INJECT_DELAY_TYPE = "ms_inject_delay_type";

  /** Share of messages after which nothing is read for a while. */
  public static final String INJECT_DELAY_PROBABILITY = "ms_inject_delay_probability";

  /** Seconds: the longest such while. */
  public static final String INJECT_DELAY_MAX = "ms_inject_delay_max";

  /** Names of numbers to defaults. */
  public static final Map<String, Double> OSD =
      Collections.unmodifiableMap(
          new TreeMap<>(
              Map.ofEntries(
                  entry(SCRUB_MIN_INTERVAL, DAY),
                  entry(SCRUB_MAX_INTERVAL, 7 * DAY),
                  entry(DEEP_SCRUB_INTERVAL, 7 * DAY),
                  entry(SCRUB_RANDOMIZE_RATIO, 0.5),
                  entry(MAX_SCRUBS, 1.0),
                  entry(SCRUB_LOAD_THRESHOLD, 0.5),
                  entry(SCRUB_SLEEP, 0.0),
                  entry(MEMORY_TARGET, 4.0 * (1L << 30)),
                  entry(OP_COMPLAINT_TIME, 30.0),
                  entry(OP_HISTORY_SIZE, 20.0),
                  entry(OP_HISTORY_DURATION, 600.0),
                  entry(OP_HISTORY_SLOW_OP_SIZE, 20.0),
                  entry(OP_HISTORY_SLOW_OP_THRESHOLD, 10.0),
                  entry(INJECT_SOCKET_FAILURES, 0.0),
                  entry(INJECT_DELAY_PROBABILITY, 0.0),
                  entry(INJECT_DELAY_MAX, 1.0))));

  private DaemonOptions() {}

  /** True when OSDs obey it. */
  public static boolean obeyedByOsds(String name) {
    return OSD.containsKey(name) || name.equals(INJECT_DELAY_TYPE);
  }
}
