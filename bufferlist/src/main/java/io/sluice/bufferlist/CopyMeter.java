package io.sluice.bufferlist;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts what happens to payload bytes on their way, so that one careless call cannot quietly
 * torpedo the zero-copy path: the section {@code zerocopy} of {@code perf dump}.
 *
 * <p>Bytes unless said otherwise. <b>Threads:</b> any.
 */
public final class CopyMeter {
  /** Where the CPU copied payload. */
  public enum Copy {
    RECV,
    PAGE_CACHE,
    MEMFD_WINDOW
  }

  public final LongAdder splicedIn = new LongAdder();
  public final LongAdder splicedOut = new LongAdder();
  public final LongAdder teed = new LongAdder();

  /** Pipe to O_DIRECT file. */
  public final LongAdder direct = new LongAdder();

  /** Last partial blocks, read and padded on their way to the file. */
  public final LongAdder tail = new LongAdder();

  public final LongAdder mapped = new LongAdder();
  public final LongAdder alignedConnections = new LongAdder();
  public final LongAdder unalignedConnections = new LongAdder();

  private final Map<Copy, LongAdder> copied = new ConcurrentHashMap<>();
  private final Map<Inspection, LongAdder> read = new ConcurrentHashMap<>();
  private final Map<Inspection, LongAdder> mappedByReason = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> fallbacks = new ConcurrentHashMap<>();
  private final Map<String, LongSupplier> gauges = new ConcurrentSkipListMap<>();

  public CopyMeter() {
    gauges.put("pipes_in_use", () -> 0);
    gauges.put("pipes_pooled", () -> 0);
    for (Copy kind : Copy.values()) {
      copied.put(kind, new LongAdder());
    }
    read.put(Inspection.CRC, new LongAdder());
  }

  /** The CPU copied payload bytes. */
  public void copied(Copy kind, long bytes) {
    copied.get(kind).add(bytes);
  }

  /** The CPU read payload bytes where they lay. */
  public void read(Inspection reason, long bytes) {
    read.computeIfAbsent(reason, r -> new LongAdder()).add(bytes);
  }

  /** A pipe's bytes were mapped into user space. */
  public void mapped(Inspection reason, long bytes) {
    mapped.add(bytes);
    mappedByReason.computeIfAbsent(reason, r -> new LongAdder()).add(bytes);
  }

  /** The fast path was not to be had; counts events. */
  public void fallback(String reason) {
    fallbacks.computeIfAbsent(reason, r -> new LongAdder()).increment();
  }

  /** Adds a level, read at each snapshot, under its public name; replaces one of the same name. */
  public void gauge(String name, LongSupplier level) {
    gauges.put(name, level);
  }

  /** Events counted under {@code reason}. */
  public long fallbacks(String reason) {
    LongAdder count = fallbacks.get(reason);
    return count == null ? 0 : count.sum();
  }

  public long copiedBytes() {
    return copied.values().stream().mapToLong(LongAdder::sum).sum();
  }

  public long copiedBytes(Copy kind) {
    return copied.get(kind).sum();
  }

  public long mappedBytes(Inspection reason) {
    LongAdder bytes = mappedByReason.get(reason);
    return bytes == null ? 0 : bytes.sum();
  }

  public long readBytes() {
    return read.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** The counters under their public names, nested maps of numbers, ready for JSON. */
  public Map<String, Object> snapshot() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("spliced_in_bytes", splicedIn.sum());
    all.put("spliced_out_bytes", splicedOut.sum());
    all.put("teed_bytes", teed.sum());
    all.put("direct_bytes", direct.sum());
    all.put("tail_bytes", tail.sum());
    all.put("cpu_copied_bytes", sums(copied));
    all.put("cpu_read_bytes", sums(read));
    all.put("mapped_bytes", mapped.sum());
    all.put("mapped_by_reason", sums(mappedByReason));
    all.put("fallbacks", sums(fallbacks));
    all.put("aligned_connections", alignedConnections.sum());
    all.put("unaligned_connections", unalignedConnections.sum());
    gauges.forEach((name, level) -> all.put(name, level.getAsLong()));
    return all;
  }

  private static Map<String, Long> sums(Map<?, LongAdder> counters) {
    Map<String, Long> sums = new java.util.TreeMap<>();
    counters.forEach(
        (name, count) -> sums.put(name.toString().toLowerCase(java.util.Locale.ROOT), count.sum()));
    return sums;
  }
}
