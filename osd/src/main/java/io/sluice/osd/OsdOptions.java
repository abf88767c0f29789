package io.sluice.osd;

import com.sun.management.OperatingSystemMXBean;
import io.sluice.bufferlist.PipeBudget;
import io.sluice.messenger.InjectedFaults;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.DaemonOptions;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The options that can be changed while an OSD runs, by Ceph's names and with its defaults: what
 * this OSD was told itself ({@code ceph tell osd.N config set ...}, until it ends), else what the
 * monitors say ({@code ceph config set osd ...}), else what stands here.
 *
 * <p><b>Threads:</b> any.
 */
final class OsdOptions {
  private static final Logger LOG = LoggerFactory.getLogger(OsdOptions.class);

  private static final PipeBudget BUDGET = PipeBudget.ofThisProcess();
  private static final long MACHINE_BYTES =
      ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();

  private volatile int osds = 1;
  private volatile Map<String, Double> numbers = DaemonOptions.OSD;
  private volatile String delayType = "";
  private Map<String, String> said = Map.of();
  private final Map<String, String> told = new TreeMap<>();

  /** Takes over what the monitors say; what is not among ours is for others. */
  synchronized void take(Map<String, String> now) {
    said = Map.copyOf(now);
    apply();
  }

  /**
   * Takes one for this OSD alone, or forgets it when {@code value} is null; false when no number
   * from 0 on was given where one must be.
   */
  synchronized boolean tell(String name, String value) {
    if (value == null) {
      told.remove(name);
    } else if (DaemonOptions.OSD.containsKey(name) && number(name, value) < 0) {
      return false;
    } else {
      told.put(name, value);
    }
    apply();
    return true;
  }

  private void apply() {
    Map<String, String> wishes = new TreeMap<>(said);
    wishes.putAll(told);
    Map<String, Double> next = new TreeMap<>(DaemonOptions.OSD);
    for (String name : DaemonOptions.OSD.keySet()) {
      String value = wishes.get(name);
      if (value != null) {
        next.merge(name, number(name, value), (old, wanted) -> wanted >= 0 ? wanted : old);
      }
    }
    String nextDelayType = wishes.getOrDefault(DaemonOptions.INJECT_DELAY_TYPE, "");
    if (!next.equals(numbers) || !nextDelayType.equals(delayType)) {
      numbers = next;
      delayType = nextDelayType;
      LOG.info("options are now {}", show());
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
    LOG.warn("{} = '{}' is not a number from 0 on", name, value);
    return -1;
  }

  double number(String name) {
    return numbers.get(name);
  }

  /** A number of things. */
  int count(String name) {
    return (int) number(name);
  }

  long nanos(String name) {
    return (long) (number(name) * 1e9);
  }

  /** So many OSDs are on this machine, this one included; for what is limited from now on. */
  void ofHost(int count) {
    osds = count;
  }

  /** Small objects that were read or written lately get a sixteenth of the memory target. */
  void limit(ObjectStore.Caches caches) {
    long target = (long) number(DaemonOptions.MEMORY_TARGET);
    caches.inlineMax(Math.min(target / 16, Limits.INLINE_CACHE_BYTES));
    caches.pipesMax(BUDGET.keptPipes(keptBytes(target, MACHINE_BYTES, osds)));
  }

  /**
   * Pages of large reads get half of the memory target, but all OSDs of a machine a twelfth of it
   * together at most, as the kernel cannot take them back.
   */
  static long keptBytes(long target, long machine, int osds) {
    return Math.min(target / 2, machine / 12 / osds);
  }

  /** What the network shall do wrong. */
  InjectedFaults injectedFaults() {
    return new InjectedFaults(
        (long) number(DaemonOptions.INJECT_SOCKET_FAILURES),
        delayType,
        number(DaemonOptions.INJECT_DELAY_PROBABILITY),
        nanos(DaemonOptions.INJECT_DELAY_MAX));
  }

  /** A whole number without a fraction. */
  private static Object shown(double number) {
    return number == Math.rint(number) ? (Object) (long) number : (Object) number;
  }

  /** All of them as they are now. */
  Map<String, Object> show() {
    Map<String, Object> all = new TreeMap<>();
    numbers.forEach((name, number) -> all.put(name, shown(number)));
    all.put(DaemonOptions.INJECT_DELAY_TYPE, delayType);
    return all;
  }
}
