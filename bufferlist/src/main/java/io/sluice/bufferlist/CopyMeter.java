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
 * <p>A daemon has one meter; whoever wants figures of its own (a connection, a placement group, a
 * type of operation) asks it for an {@link #owner}: what that counts is counted in the total too,
 * for one more addition. Bytes unless said otherwise. <b>Threads:</b> any.
 */
public final class CopyMeter {
  /** Where the CPU copied payload. */
  public enum Copy {
    RECV,
    PAGE_CACHE,
    MEMFD_WINDOW
  }

  /** Counts for an owner and for the total. */
  private static final class Counter extends LongAdder {
    private static final long serialVersionUID = 1L;

    private final LongAdder total;

    Counter(LongAdder total) {
      this.total = total;
    }

    @Override
    public void add(long x) {
      super.add(x);
      total.add(x);
    }
  }

  /** More owners than that are counted together, as {@code KIND:others}. */
  public static final int OWNERS_MAX = 4096;

  public final LongAdder splicedIn;
  public final LongAdder splicedOut;
  public final LongAdder teed;

  /** Pipe to O_DIRECT file. */
  public final LongAdder direct;

  /** Last partial blocks, read and padded on their way to the file. */
  public final LongAdder tail;

  public final LongAdder mapped;
  public final LongAdder alignedConnections;
  public final LongAdder unalignedConnections;

  private final CopyMeter total;
  private final Map<String, CopyMeter> owners = new ConcurrentHashMap<>();

  private final Map<Copy, LongAdder> copied = new ConcurrentHashMap<>();
  private final Map<Inspection, LongAdder> read = new ConcurrentHashMap<>();
  private final Map<Inspection, LongAdder> mappedByReason = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> fallbacks = new ConcurrentHashMap<>();
  private final Map<String, LongSupplier> gauges = new ConcurrentSkipListMap<>();

  public CopyMeter() {
    this(null);
  }

  private CopyMeter(CopyMeter total) {
    this.total = total;
    splicedIn = counter(total == null ? null : total.splicedIn);
    splicedOut = counter(total == null ? null : total.splicedOut);
    teed = counter(total == null ? null : total.teed);
    direct = counter(total == null ? null : total.direct);
    tail = counter(total == null ? null : total.tail);
    mapped = counter(total == null ? null : total.mapped);
    alignedConnections = counter(total == null ? null : total.alignedConnections);
    unalignedConnections = counter(total == null ? null : total.unalignedConnections);
    gauges.put("pipes_in_use", () -> 0);
    gauges.put("pipes_pooled", () -> 0);
    for (Copy kind : Copy.values()) {
      copied.put(kind, new LongAdder());
    }
    read.put(Inspection.CRC, new LongAdder());
  }

  private static LongAdder counter(LongAdder total) {
    return total == null ? new LongAdder() : new Counter(total);
  }

  /**
   * The meter of one owner, the same one each time.
   *
   * @param kind such as {@code conn}, {@code pg}, {@code op}
   */
  public CopyMeter owner(String kind, String name) {
    String key = kind + ":" + name;
    CopyMeter known = owners.get(key);
    if (known != null) {
      return known;
    }
    String counted = owners.size() < OWNERS_MAX ? key : kind + ":others";
    return owners.computeIfAbsent(counted, k -> new CopyMeter(this));
  }

  /** Drops an owner that is gone; what it counted stays in the total. */
  public void forgetOwner(String kind, String name) {
    owners.remove(kind + ":" + name);
  }

  /** {@link #snapshot} of each owner, by {@code KIND:NAME}. */
  public Map<String, Map<String, Object>> owners() {
    Map<String, Map<String, Object>> all = new java.util.TreeMap<>();
    owners.forEach((name, meter) -> all.put(name, meter.snapshot()));
    return all;
  }

  /** The CPU copied payload bytes. */
  public void copied(Copy kind, long bytes) {
    copied.get(kind).add(bytes);
    if (total != null) {
      total.copied(kind, bytes);
    }
  }

  /** The CPU read payload bytes where they lay. */
  public void read(Inspection reason, long bytes) {
    read.computeIfAbsent(reason, r -> new LongAdder()).add(bytes);
    if (total != null) {
      total.read(reason, bytes);
    }
  }

  /** A pipe's bytes were mapped into user space. */
  public void mapped(Inspection reason, long bytes) {
    mapped.add(bytes);
    mappedOnly(reason, bytes);
  }

  private void mappedOnly(Inspection reason, long bytes) {
    mappedByReason.computeIfAbsent(reason, r -> new LongAdder()).add(bytes);
    if (total != null) {
      total.mappedOnly(reason, bytes);
    }
  }

  /** The fast path was not to be had; counts events. */
  public void fallback(String reason) {
    fallbacks.computeIfAbsent(reason, r -> new LongAdder()).increment();
    if (total != null) {
      total.fallback(reason);
    }
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
