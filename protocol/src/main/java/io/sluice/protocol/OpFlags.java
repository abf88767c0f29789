package io.sluice.protocol;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Flags of a whole object operation and of its reply. (ceph: CEPH_OSD_FLAG_*) */
public final class OpFlags {
  public static final int ACK = 0x1;
  public static final int ON_NVRAM = 0x2;
  public static final int ON_DISK = 0x4;
  public static final int RETRY = 0x8;
  public static final int READ = 0x10;
  public static final int WRITE = 0x20;
  public static final int ORDER_SNAP = 0x40;
  public static final int BALANCE_READS = 0x100;
  public static final int PARALLEL_EXEC = 0x200;
  public static final int PG_OP = 0x400;
  public static final int EXEC = 0x800;
  public static final int LOCALIZE_READS = 0x2000;
  public static final int RW_ORDERED = 0x4000;
  public static final int IGNORE_CACHE = 0x8000;
  public static final int SKIP_RW_LOCKS = 0x10000;
  public static final int IGNORE_OVERLAY = 0x20000;
  public static final int ENFORCE_SNAP_CONTEXT = 0x100000;
  public static final int REDIRECTED = 0x200000;

  /** Every client of our time sets it: it knows about redirection. */
  public static final int KNOWN_IF_REDIRECTED = 0x400000;

  /** Try although the cluster is full; the answer may be ENOSPC. */
  public static final int FULL_TRY = 0x800000;

  /** Do it although the cluster is full. */
  public static final int FULL_FORCE = 0x1000000;

  /** Writes, too, answer each step's result and output. */
  public static final int RETURN_VECTOR = 0x4000000;

  private static final Map<Integer, String> WORDS = new TreeMap<>();

  static {
    WORDS.put(ACK, "ack");
    WORDS.put(ON_NVRAM, "onnvram");
    WORDS.put(ON_DISK, "ondisk");
    WORDS.put(RETRY, "retry");
    WORDS.put(READ, "read");
    WORDS.put(WRITE, "write");
    WORDS.put(ORDER_SNAP, "ordersnap");
    WORDS.put(BALANCE_READS, "balance_reads");
    WORDS.put(PARALLEL_EXEC, "parallelexec");
    WORDS.put(PG_OP, "pgop");
    WORDS.put(EXEC, "exec");
    WORDS.put(LOCALIZE_READS, "localize_reads");
    WORDS.put(RW_ORDERED, "rwordered");
    WORDS.put(IGNORE_CACHE, "ignore_cache");
    WORDS.put(SKIP_RW_LOCKS, "skiprwlocks");
    WORDS.put(IGNORE_OVERLAY, "ignore_overlay");
    WORDS.put(ENFORCE_SNAP_CONTEXT, "enforce_snapc");
    WORDS.put(REDIRECTED, "redirected");
    WORDS.put(KNOWN_IF_REDIRECTED, "known_if_redirected");
    WORDS.put(FULL_TRY, "full_try");
    WORDS.put(FULL_FORCE, "full_force");
    WORDS.put(RETURN_VECTOR, "returnvec");
  }

  private OpFlags() {}

  /** As Ceph prints them: {@code ondisk+write}. */
  public static String toString(int flags) {
    return WORDS.entrySet().stream()
        .filter(word -> (flags & word.getKey()) != 0)
        .map(Map.Entry::getValue)
        .collect(Collectors.joining("+"));
  }
}
