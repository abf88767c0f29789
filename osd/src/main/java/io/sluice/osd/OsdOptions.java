package io.sluice.osd;

import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The options that can be changed while an OSD runs ({@code ceph config set osd ...}), by Ceph's
 * names and with its defaults: what the monitors say, else what stands here.
 *
 * <p><b>Threads:</b> any.
 */
final class OsdOptions {
  private static final Logger LOG = LoggerFactory.getLogger(OsdOptions.class);
  private static final long DAY = 86_400;

  /** Seconds: a group is scrubbed again after this, and up to half as much more. */
  static final String SCRUB_MIN_INTERVAL = "osd_scrub_min_interval";

  /** Seconds: after this it is scrubbed however busy the machine is. */
  static final String SCRUB_MAX_INTERVAL = "osd_scrub_max_interval";

  /** Seconds: a scrub reads all bytes when that was last done so long ago. */
  static final String DEEP_SCRUB_INTERVAL = "osd_deep_scrub_interval";

  /** Share of the least interval by which groups' turns are spread. */
  static final String SCRUB_RANDOMIZE_RATIO = "osd_scrub_interval_randomize_ratio";

  /** Groups that one OSD scrubs as primary at a time. */
  static final String MAX_SCRUBS = "osd_max_scrubs";

  /** Load average per core from which on only overdue scrubs begin. */
  static final String SCRUB_LOAD_THRESHOLD = "osd_scrub_load_threshold";

  /** Seconds between two objects. */
  static final String SCRUB_SLEEP = "osd_scrub_sleep";

  private static final Map<String, Double> DEFAULTS =
      new TreeMap<>(
          Map.of(
              SCRUB_MIN_INTERVAL,
              1.0 * DAY,
              SCRUB_MAX_INTERVAL,
              7.0 * DAY,
              DEEP_SCRUB_INTERVAL,
              7.0 * DAY,
              SCRUB_RANDOMIZE_RATIO,
              0.5,
              MAX_SCRUBS,
              1.0,
              SCRUB_LOAD_THRESHOLD,
              0.5,
              SCRUB_SLEEP,
              0.0));

  private volatile Map<String, Double> numbers = DEFAULTS;

  /** Takes over what the monitors say; what is not among ours is for others. */
  void take(Map<String, String> said) {
    Map<String, Double> next = new TreeMap<>(DEFAULTS);
    for (String name : DEFAULTS.keySet()) {
      String value = said.get(name);
      if (value != null) {
        next.merge(name, number(name, value), (old, wanted) -> wanted >= 0 ? wanted : old);
      }
    }
    if (!next.equals(numbers)) {
      LOG.info("options are now {}", next);
      numbers = next;
    }
  }

  private static double number(String name, String value) {
    try {
      double number = Double.parseDouble(value);
      if (number >= 0 && number < Long.MAX_VALUE) {
        return number;
      }
    } catch (NumberFormatException e) {
      LOG.debug("{}", e.getMessage());
    }
    LOG.warn("{} = '{}' is not a number from 0 on: the default stays", name, value);
    return -1;
  }

  double number(String name) {
    return numbers.get(name);
  }

  long nanos(String name) {
    return (long) (number(name) * 1e9);
  }

  /** All of them as they are now. */
  Map<String, Double> show() {
    return numbers;
  }
}
