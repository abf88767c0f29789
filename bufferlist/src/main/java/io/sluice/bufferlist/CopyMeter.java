package io.sluice.bufferlist;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Counts what happens to payload bytes on their way, so that one careless call cannot quietly
 * torpedo the zero-copy path: the section {@code zerocopy} of {@code perf dump}.
 *
 * <p>A daemon has one meter; whoever wants figures of its own (a connection, a placement group, a
 * type of operation) asks it for an {@link #owner}: what that counts is counted in the total too.
 * Several owners who pay {@link #together} each count it, and the total counts it once: one more
 * addition for each. Bytes unless said otherwise. <b>Threads:</b> any.
 */
public final class CopyMeter {
  /** Where the CPU copied payload. */
  public enum Copy {
    RECV,
    PAGE_CACHE,
    MEMFD_WINDOW
  }

  /** Counts for a meter and for those that it counts for. */
  private static final class Counter extends LongAdder {
    private static final long serialVersionUID = 1L;

    private final Counter[] others;

    Counter(Counter[] others) {
      this.others = others;
    }

    @Override
    public void add(long x) {
      addHere(x);
      for (Counter other : others) {
        other.addHere(x);
      }
    }

    private void addHere(long x) {
      super.add(x);
    }
  }

  /** More owners than that are counted together, as {@code KIND:others}. */
  public static final int OWNERS_MAX = 4096;

  /** Moved by splice from a socket, file or pipe into a pipe. */
  public final LongAdder splicedIn;

  /** Moved by splice or sendfile to a socket or pipe. */
  public final LongAdder splicedOut;

  /** Duplicated by tee: references, no bytes. */
  public final LongAdder teed;

  /** Pipe to O_DIRECT file. */
  public final LongAdder direct;

  /** Last partial blocks, read and padded on their way to the file. */
  public final LongAdder tail;

  /** Of pipes, looked at in user space. */
  public final LongAdder mapped;

  /** Connections, not bytes. */
  public final LongAdder alignedConnections;

  /** Connections, not bytes. */
  public final LongAdder unalignedConnections;

  /** Null for the total itself. */
  private final CopyMeter total;

  /** Who else counts what this one counts: owners, and the total once. */
  private final List<CopyMeter> others;

  private final Map<String, CopyMeter> owners = new ConcurrentHashMap<>();

  /** Of {@link #acquireOwner}. Guarded by the total's map. */
  private int acquired;

  private final Map<Copy, LongAdder> copied = new ConcurrentHashMap<>();
  private final Map<Inspection, LongAdder> read = new ConcurrentHashMap<>();
  private final Map<Inspection, LongAdder> mappedByReason = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> fallbacks = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> readOut = new ConcurrentHashMap<>();
  private final Map<String, LongSupplier> gauges = new ConcurrentSkipListMap<>();

  /** A daemon's total, with nothing counted yet. */
  public CopyMeter() {
    this(null, List.of());
    gauges.put("pipes_in_use", () -> 0);
    gauges.put("pipes_pooled", () -> 0);
  }

  private CopyMeter(CopyMeter total, List<CopyMeter> others) {
    this.total = total;
    this.others = others;
    splicedIn = counter(meter -> meter.splicedIn);
    splicedOut = counter(meter -> meter.splicedOut);
    teed = counter(meter -> meter.teed);
    direct = counter(meter -> meter.direct);
    tail = counter(meter -> meter.tail);
    mapped = counter(meter -> meter.mapped);
    alignedConnections = counter(meter -> meter.alignedConnections);
    unalignedConnections = counter(meter -> meter.unalignedConnections);
  }

  private Counter counter(Function<CopyMeter, LongAdder> which) {
    return new Counter(
        others.stream().map(meter -> (Counter) which.apply(meter)).toArray(Counter[]::new));
  }

  private CopyMeter total() {
    return total == null ? this : total;
  }

  /**
   * The meter of one owner, the same one each time.
   *
   * @param kind such as {@code conn}, {@code pg}, {@code op}
   */
  public CopyMeter owner(String kind, String name) {
    return owner(kind, name, 0);
  }

  /**
   * The same, for an owner who comes and goes, perhaps several of one name at a time: kept until
   * each has called {@link #releaseOwner}.
   */
  public CopyMeter acquireOwner(String kind, String name) {
    return owner(kind, name, 1);
  }

  private CopyMeter owner(String kind, String name, int more) {
    String key = kind + ":" + name;
    CopyMeter found = more == 0 ? owners.get(key) : null;
    if (found != null) {
      return found;
    }
    boolean room = owners.size() < OWNERS_MAX || owners.containsKey(key);
    return owners.compute(
        room ? key : kind + ":others",
        (k, known) -> {
          CopyMeter meter = known == null ? new CopyMeter(this, List.of(this)) : known;
          meter.acquired += more;
          return meter;
        });
  }

  /** Drops an owner when all who acquired it are gone; what it counted stays in the total. */
  public void releaseOwner(String kind, String name) {
    owners.computeIfPresent(kind + ":" + name, (key, meter) -> --meter.acquired > 0 ? meter : null);
  }

  /** Drops an owner that is gone; what it counted stays in the total. */
  public void forgetOwner(String kind, String name) {
    owners.remove(kind + ":" + name);
  }

  /**
   * A meter for what this one and the other pay for: each owner counts it, and the total once. Not
   * an owner itself: it is in no snapshot.
   */
  public CopyMeter together(CopyMeter other) {
    if (other.total() != total()) {
      throw new IllegalArgumentException("owners of two totals cannot pay together");
    }
    Set<CopyMeter> payers = new LinkedHashSet<>(payers());
    payers.addAll(other.payers());
    payers.remove(total());
    if (payers.size() < 2) {
      return payers.isEmpty() ? total() : payers.iterator().next();
    }
    payers.add(total());
    return new CopyMeter(total(), List.copyOf(payers));
  }

  /**
   * One owner counts for the total only, and is counted as itself; several stand for themselves.
   */
  private List<CopyMeter> payers() {
    return others.size() < 2 ? List.of(this) : others;
  }

  /** {@link #snapshot} of each owner, by {@code KIND:NAME}. */
  public Map<String, Map<String, Object>> owners() {
    Map<String, Map<String, Object>> all = new TreeMap<>();
    owners.forEach((name, meter) -> all.put(name, meter.snapshot()));
    return all;
  }

  /** What owners have counted, by kind and name, without what is zero: for {@code perf dump}. */
  public Map<String, Object> ownersByKind() {
    Map<String, Object> kinds = new TreeMap<>();
    owners()
        .forEach(
            (key, counted) -> {
              int colon = key.indexOf(':');
              @SuppressWarnings("unchecked") // made by the line itself
              Map<String, Object> kind =
                  (Map<String, Object>)
                      kinds.computeIfAbsent(
                          key.substring(0, colon), k -> new TreeMap<String, Object>());
              kind.put(key.substring(colon + 1), nonZero(counted));
            });
    return kinds;
  }

  private static Map<String, Object> nonZero(Map<String, Object> counted) {
    Map<String, Object> rest = new LinkedHashMap<>();
    counted.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> sums) {
            boolean any = sums.values().stream().anyMatch(sum -> ((Long) sum) != 0);
            if (any) {
              rest.put(name, value);
            }
          } else if (((Number) value).longValue() != 0) {
            rest.put(name, value);
          }
        });
    return rest;
  }

  private <K> void count(Function<CopyMeter, Map<K, LongAdder>> which, K key, long n) {
    countHere(which.apply(this), key, n);
    for (CopyMeter other : others) {
      countHere(which.apply(other), key, n);
    }
  }

  private static <K> void countHere(Map<K, LongAdder> counters, K key, long n) {
    LongAdder known = counters.get(key);
    (known == null ? counters.computeIfAbsent(key, k -> new LongAdder()) : known).add(n);
  }

  /** The CPU copied payload bytes. */
  public void copied(Copy kind, long bytes) {
    count(meter -> meter.copied, kind, bytes);
  }

  /** The CPU read payload bytes where they lay. */
  public void read(Inspection reason, long bytes) {
    count(meter -> meter.read, reason, bytes);
  }

  /** A pipe's bytes were mapped into user space. */
  public void mapped(Inspection reason, long bytes) {
    mapped.add(bytes);
    count(meter -> meter.mappedByReason, reason, bytes);
  }

  /** Bytes of a read leave for whoever asked: {@code how}, or why not as pages. */
  public void readOut(String how, long bytes) {
    count(meter -> meter.readOut, how, bytes);
  }

  /** The fast path was not to be had; counts events. */
  public void fallback(String reason) {
    count(meter -> meter.fallbacks, reason, 1);
  }

  /** Adds a level, read at each snapshot, under its public name; replaces one of the same name. */
  public void gauge(String name, LongSupplier level) {
    gauges.put(name, level);
  }

  /** Events counted under {@code reason}. */
  public long fallbacks(String reason) {
    return sum(fallbacks, reason);
  }

  /** Of reads, that left so. */
  public long readOutBytes(String how) {
    return sum(readOut, how);
  }

  /** The CPU copied, wherever. */
  public long copiedBytes() {
    return copied.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** The CPU copied, there. */
  public long copiedBytes(Copy kind) {
    return sum(copied, kind);
  }

  private static <K> long sum(Map<K, LongAdder> counters, K key) {
    LongAdder count = counters.get(key);
    return count == null ? 0 : count.sum();
  }

  /** Of pipes, looked at for that reason. */
  public long mappedBytes(Inspection reason) {
    return sum(mappedByReason, reason);
  }

  /** The CPU read, for whatever reason. */
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
    all.put("cpu_copied_bytes", sums(copied, Copy.values()));
    all.put("cpu_read_bytes", sums(read, Inspection.CRC));
    all.put("mapped_bytes", mapped.sum());
    all.put("mapped_by_reason", sums(mappedByReason));
    all.put("read_out_bytes", sums(readOut));
    all.put("fallbacks", sums(fallbacks));
    all.put("aligned_connections", alignedConnections.sum());
    all.put("unaligned_connections", unalignedConnections.sum());
    gauges.forEach((name, level) -> all.put(name, level.getAsLong()));
    return all;
  }

  /**
   * @param always listed, also when they were never counted
   */
  private static Map<String, Long> sums(Map<?, LongAdder> counters, Enum<?>... always) {
    Map<String, Long> sums = new TreeMap<>();
    for (Enum<?> name : always) {
      sums.put(name.name().toLowerCase(Locale.ROOT), 0L);
    }
    counters.forEach(
        (name, count) -> sums.put(name.toString().toLowerCase(Locale.ROOT), count.sum()));
    return sums;
  }
}
