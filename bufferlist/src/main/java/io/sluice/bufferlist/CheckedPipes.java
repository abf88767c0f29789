package io.sluice.bufferlist;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

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
 * process' memory: those that nobody asks for go after some minutes ({@link #letGoOfIdle}).
 *
 * <p><b>Threads:</b> any; many pipes at a time are ended by the executor. <b>Owns</b> its pipes,
 * one for each entry, beside those of any pool.
 */
public final class CheckedPipes implements AutoCloseable {
  /** What nobody has asked for this long makes room at once. */
  private static final long IDLE_NANOS = 10_000_000_000L;

  /** And goes after so long anyway. */
  static final long KEPT_NANOS = 300_000_000_000L;

  /** Else of so many that are offered one comes in: a large scan would leave nothing of use. */
  private static final int OFFERS = 8;

  private static final class Kept {
    final PipeSegment pages;
    final int[] crcs;

    /** Blocks that would have been taken: there may be no more of them in one piece. */
    long wanted;

    long asked;

    Kept(PipeSegment pages, int[] crcs, long wanted, long asked) {
      this.pages = pages;
      this.crcs = crcs;
      this.wanted = wanted;
      this.asked = asked;
    }
  }

  private final PipePool pipes;
  private final Map<Long, Kept> byPlace = new LinkedHashMap<>(16, 0.75f, true);
  private final Executor ending;
  private final LongSupplier nanos;
  private int wished;

  /** As was wished, until a pipe cannot be had: then none. */
  private int max;

  private int offers;
  private long hits;
  private long misses;
  private long bytes;

  /**
   * Keeps nothing until it is told how much ({@link #resize}).
   *
   * @param payer for what is tee'd to be kept, and what the kernel refuses; it gets the levels of a
   *     pool, so it is nobody else's
   * @param ending ends pipes: thousands of them hold gigabytes of pages
   */
  public CheckedPipes(Sys sys, CopyMeter payer, Executor ending) {
    this(sys, payer, ending, System::nanoTime);
  }

  CheckedPipes(Sys sys, CopyMeter payer, Executor ending, LongSupplier nanos) {
    this.pipes = new PipePool(sys, payer, Integer.MAX_VALUE);
    this.ending = ending;
    this.nanos = nanos;
  }

  /**
   * At most so many pipes of {@link PipePool#PIPE_BYTES}; those too many are let go of. The same
   * number once more changes nothing: pipes that could not be had are not asked for again.
   */
  public void resize(int pipesMax) {
    List<Kept> gone;
    synchronized (this) {
      if (pipesMax == wished) {
        return;
      }
      wished = pipesMax;
      max = pipesMax;
      gone = takeOut(kept -> byPlace.size() > max);
    }
    end(gone);
  }

  /** From the one least recently asked for on, as long as they shall go. */
  private List<Kept> takeOut(Predicate<Kept> goes) {
    List<Kept> gone = new ArrayList<>();
    Iterator<Kept> all = byPlace.values().iterator();
    while (all.hasNext()) {
      Kept next = all.next();
      if (!goes.test(next)) {
        break;
      }
      all.remove();
      bytes -= next.pages.length();
      gone.add(next);
    }
    return gone;
  }

  private void end(List<Kept> gone) {
    if (gone.isEmpty()) {
      return;
    }
    Runnable end = () -> gone.forEach(kept -> kept.pages.end());
    try {
      ending.execute(end);
    } catch (RejectedExecutionException e) { // closed before us
      end.run();
    }
  }

  /**
   * The same pages once more, in a pipe of the pool's.
   *
   * @param place where the first block lies
   * @param crcs of blocks; what is there must have those from {@code first} on
   * @param blocks how many at most, and as many where they lie in one piece
   * @return the caller's; null when nothing like it is kept, or no pipe is to be had (counted)
   */
  public synchronized PipeSegment find(
      long place, int[] crcs, int first, long blocks, PipePool pool) {
    Kept kept = byPlace.get(place);
    int count = kept == null ? 0 : (int) Math.min(kept.crcs.length, blocks);
    if (kept != null && !Arrays.equals(kept.crcs, 0, count, crcs, first, first + count)) {
      drop(byPlace.remove(place)); // other bytes lie there by now
      kept = null;
    }
    if (kept != null) {
      kept.asked = nanos.getAsLong();
    }
    if (kept == null || count < blocks && kept.wanted < blocks) {
      misses += max > 0 ? 1 : 0;
      return null;
    }
    Pipe[] pipe = pool.tryAcquireForClient(1);
    long length = (long) count * ChecksumVector.BLOCK;
    PipeSegment again = pipe == null ? null : kept.pages.apartInto(pipe[0], length);
    hits += again == null ? 0 : 1;
    return again;
  }

  /** Whether {@link #find} knows what begins there, or some of it; counts nothing. */
  public synchronized boolean holds(long place, int[] crcs) {
    Kept kept = byPlace.get(place);
    if (kept == null) {
      return false;
    }
    kept.asked = nanos.getAsLong(); // as the map's order has it
    int count = Math.min(kept.crcs.length, crcs.length);
    return count > 0 && Arrays.equals(kept.crcs, 0, count, crcs, 0, count);
  }

  /**
   * Whole blocks that were compared with their checksums, from {@code first} on; stays whole. They
   * take the place of fewer ones.
   *
   * @param wanted how many {@link #find} was asked for
   */
  public void offer(long place, PipeSegment pages, int[] crcs, int first, long wanted) {
    List<Kept> gone;
    synchronized (this) {
      Kept known = byPlace.get(place);
      int count = (int) (pages.length() / ChecksumVector.BLOCK);
      if (known != null && known.crcs.length >= count) {
        known.wanted = Math.max(known.wanted, wanted);
        return;
      }
      if (max == 0 || known == null && !makeRoom()) {
        return;
      }
      Pipe[] pipe = pipes.tryAcquire(1);
      if (pipe != null) {
        keep(
            place,
            pages.apartInto(pipe[0]),
            Arrays.copyOfRange(crcs, first, first + count),
            wanted);
        return;
      }
      max = 0; // what is on its way needs those that there are
      gone = takeOut(kept -> true);
    }
    end(gone);
  }

  private void keep(long place, PipeSegment pages, int[] crcs, long wanted) {
    if (pages == null) {
      return; // counted
    }
    Kept before = byPlace.put(place, new Kept(pages, crcs, wanted, nanos.getAsLong()));
    bytes += pages.length();
    if (before != null) {
      drop(before);
    }
  }

  private boolean makeRoom() {
    if (byPlace.size() < max) {
      return true;
    }
    Iterator<Kept> all = byPlace.values().iterator();
    Kept oldest = all.next();
    if (nanos.getAsLong() - oldest.asked < IDLE_NANOS && ++offers % OFFERS != 0) {
      return false;
    }
    all.remove();
    drop(oldest);
    return true;
  }

  private void drop(Kept kept) {
    bytes -= kept.pages.length();
    kept.pages.end();
  }

  /** Lets go of what nobody has asked for in five minutes; to be called now and then. */
  public void letGoOfIdle() {
    List<Kept> gone;
    synchronized (this) {
      long now = nanos.getAsLong();
      gone = takeOut(kept -> now - kept.asked >= KEPT_NANOS);
    }
    end(gone);
  }

  /** Lets go of everything, and may keep as much as it was told again. */
  public void clear() {
    List<Kept> gone;
    synchronized (this) {
      max = wished;
      gone = takeOut(kept -> true);
    }
    end(gone);
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
