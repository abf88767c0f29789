package io.sluice.cli;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the JVM of a daemon uses: bytes, and milliseconds of garbage collection. */
final class JvmCounters {
  private JvmCounters() {}

  static Map<String, Object> now() {
    Map<String, Object> counters = new LinkedHashMap<>();
    counters.put(
        "heap_used_bytes", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    counters.put(
        "heap_committed_bytes",
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted());
    long direct = 0;
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      direct += pool.getMemoryUsed();
    }
    counters.put("direct_bytes", direct);
    counters.put(
        "resident_bytes", ResidentSet.ofPid(ProcessHandle.current().pid()).kibibytes() * 1024);
    long collections = 0;
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      millis += Math.max(0, collector.getCollectionTime());
    }
    counters.put("gc_count", collections);
    counters.put("gc_millis", millis);
    counters.put("threads", ManagementFactory.getThreadMXBean().getThreadCount());
    counters.put("uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
    return counters;
  }
}
