package io.sluice.bufferlist;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Pages that were looked at lately, held in pipes: whoever wants them again gets references to
 * them, and need not look.
 *
 * <p>A page in a pipe stays what it is, whatever becomes of the file that it came from: the page
 * cache may drop it, and the blocks may be written anew with O_DIRECT. So what was found of it once
 * holds. Bytes are asked for by where they lie and by their checksums: who finds them has compared
 * what he would compare if he looked, and nothing needs to be told when blocks change hands.
 * (Whoever writes to the file through the page cache changes such pages; nobody here does.)
 *
 * <p>Pages held here cannot be given back by the kernel, and count as its cache, not as this
 * process' memory.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> its pipes, one for each entry, beside those of any pool.
 */
public final class CheckedPipes implements AutoCloseable {
  /** What nobody has asked for this long makes room at once. */
  private static final long IDLE_NANOS = 10_000_000_000L;

  /** Else of so many that are offered one comes in: a large scan would leave nothing of use. */
  private static final int OFFERS = 8;

  private static final class Kept {
    final PipeSegment pages;
    final int[] crcs;
    long asked;

    Kept(PipeSegment pages, int[] crcs, long asked) {
      this.pages = pages;
      this.crcs = crcs;
      this.asked = asked;
    }
  }

  private final PipePool pipes;
  private final Map<Long, Kept> byPlace = new LinkedHashMap<>(16, 0.75f, true);
  private int max;
  private int offers;
  private long hits;
  private long misses;
  private long bytes;

  /** Keeps nothing until it is told how much ({@link #resize}). */
  public CheckedPipes(Sys sys) {
    pipes = new PipePool(sys, new CopyMeter(), Integer.MAX_VALUE);
  }

  /** At most so many pipes of {@link PipePool#PIPE_BYTES}; those too many are closed. */
  public synchronized void resize(int pipesMax) {
    max = pipesMax;
    while (byPlace.size() > max) {
      dropOldest();
    }
  }

  /**
   * The same pages once more, in a pipe of the pool's.
   *
   * @param place where the first block lies
   * @param crcs of blocks; what is there must have those from {@code first} on
   * @param blocks how many at most
   * @return the caller's; null when nothing like it is kept, or no pipe is to be had (counted)
   */
  public synchronized PipeSegment find(
      long place, int[] crcs, int first, long blocks, PipePool pool) {
    Kept kept = byPlace.get(place);
    if (kept != null && !matches(kept.crcs, crcs, first)) {
      drop(byPlace.remove(place)); // other bytes lie there by now
      kept = null;
    }
    if (kept == null || kept.crcs.length > blocks) {
      misses += max > 0 ? 1 : 0;
      return null;
    }
    Pipe[] pipe = pool.tryAcquireForClient(1);
    PipeSegment again = pipe == null ? null : kept.pages.apartInto(pipe[0]);
    if (again != null) {
      hits++;
      kept.asked = System.nanoTime();
    }
    return again;
  }

  private static boolean matches(int[] kept, int[] crcs, int first) {
    int end = Math.min(kept.length, crcs.length - first);
    return Arrays.equals(kept, 0, end, crcs, first, first + end);
  }

  /** Whole blocks that were compared with their checksums, from {@code first} on; stays whole. */
  public synchronized void offer(long place, PipeSegment pages, int[] crcs, int first) {
    if (max == 0 || byPlace.containsKey(place) || !makeRoom()) {
      return;
    }
    Pipe[] pipe = pipes.tryAcquire(1);
    PipeSegment held = pipe == null ? null : pages.apartInto(pipe[0]);
    if (held != null) {
      int[] own =
          Arrays.copyOfRange(crcs, first, first + (int) (pages.length() / ChecksumVector.BLOCK));
      byPlace.put(place, new Kept(held, own, System.nanoTime()));
      bytes += held.length();
    }
  }

  private boolean makeRoom() {
    if (byPlace.size() < max) {
      return true;
    }
    long oldest = byPlace.values().iterator().next().asked;
    if (System.nanoTime() - oldest < IDLE_NANOS && ++offers % OFFERS != 0) {
      return false;
    }
    dropOldest();
    return true;
  }

  private void dropOldest() {
    Iterator<Kept> all = byPlace.values().iterator();
    drop(all.next());
    all.remove();
  }

  private void drop(Kept kept) {
    bytes -= kept.pages.length();
    kept.pages.end();
  }

  /** Lets go of everything. */
  public synchronized void clear() {
    while (!byPlace.isEmpty()) {
      dropOldest();
    }
  }

  /** For {@code perf dump}. */
  public synchronized void snapshotInto(Map<String, Object> all) {
    all.put("checked_pipes_bytes", bytes);
    all.put("checked_pipes_hits", hits);
    all.put("checked_pipes_misses", misses);
  }

  @Override
  public void close() {
    resize(0);
    pipes.close();
  }
}
