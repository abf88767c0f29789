package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Which runs of an object's extents would better be one blob.
 *
 * <p><b>Invariants:</b> an extent whose blob another object shares is never moved, as that would
 * add a copy; a run has no hole in it; moving the runs twice changes nothing the second time.
 *
 * <p><b>Threads:</b> one owner.
 */
final class CompactionPlan {
  /** As much as one striped object, in memory at a time. */
  static final long RUN_BYTES_MAX = 4 << 20;

  /** Neighbouring extents, whole, in order. */
  record Run(List<Extent> extents) {
    long offset() {
      return extents.get(0).offset();
    }

    long end() {
      return extents.get(extents.size() - 1).end();
    }

    long length() {
      return end() - offset();
    }
  }

  private final CompactionPolicy policy;
  private final LongFunction<Blob> blobs;
  private final Map<Long, Integer> views = new HashMap<>();
  private final Map<Long, Long> live = new HashMap<>();
  private boolean fragmented;

  private CompactionPlan(CompactionPolicy policy, LongFunction<Blob> blobs) {
    this.policy = policy;
    this.blobs = blobs;
  }

  /**
   * @param blobs by id; null = gone, the onode is no longer the committed one
   */
  static List<Run> of(Onode onode, CompactionPolicy policy, LongFunction<Blob> blobs) {
    return new CompactionPlan(policy, blobs).runs(onode);
  }

  private List<Run> runs(Onode onode) {
    long bytes = 0;
    for (Extent extent : onode.extents.all()) {
      views.merge(extent.blob(), 1, Integer::sum);
      live.merge(extent.blob(), extent.length(), Long::sum);
      bytes += extent.length();
    }
    int count = onode.extents.all().size();
    fragmented = count > policy.fragmentsMax() && bytes / count < policy.averageBytes();
    List<Run> runs = new ArrayList<>();
    List<Extent> run = new ArrayList<>();
    boolean wasteful = false;
    for (Extent extent : onode.extents.all()) {
      Blob blob = blobs.apply(extent.blob());
      boolean wastes = blob != null && isWasteful(extent.blob(), blob);
      boolean moves =
          blob != null
              && blob.references() == views.get(extent.blob())
              && (wastes || fragmented && extent.length() < policy.averageBytes());
      if (!run.isEmpty() && (!moves || !follows(run, extent))) {
        close(run, wasteful, runs);
        run = new ArrayList<>();
        wasteful = false;
      }
      if (moves) {
        run.add(extent);
        wasteful |= wastes;
      }
    }
    close(run, wasteful, runs);
    return runs;
  }

  private static boolean follows(List<Extent> run, Extent next) {
    long end = run.get(run.size() - 1).end();
    return next.offset() == end && next.end() - run.get(0).offset() <= RUN_BYTES_MAX;
  }

  /** Rounding to blocks is no waste: it would be the same again. */
  private boolean isWasteful(long id, Blob blob) {
    long used = DiskExtent.roundUp(blob.length());
    long dead = used - DiskExtent.roundUp(live.get(id));
    return !blob.inline() && dead > policy.deadRatio() * used;
  }

  private static void close(List<Extent> run, boolean wasteful, List<Run> runs) {
    if (run.size() > 1 || wasteful && !run.isEmpty()) {
      runs.add(new Run(List.copyOf(run)));
    }
  }
}
