package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.types.ObjectId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the scattered bytes of objects together, in the background, at a bounded rate.
 *
 * <pre>
 * an object changed -> look at its extents -> read a run of them, checked -> stage it as one blob
 *   -> {@link Swap}: one transaction, in order with the object's others -> the old blobs are free
 * </pre>
 *
 * <p><b>Invariants:</b> nothing moves that changed in the meantime: the swap is refused, and the
 * fresh blocks return. A run is moved only while as much again stays free, so compaction never
 * takes the last blocks.
 *
 * <p>What waits is bounded: beyond {@value #WAITING_MAX} objects a changed one is forgotten until
 * it changes again.
 *
 * <p><b>Threads:</b> one of its own; {@link #changed} the committer's. <b>Owns</b> that thread.
 */
final class Compactor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);
  private static final int WAITING_MAX = 1024;
  private static final int PATIENCE_MILLIS = 20;

  /** What it works on. */
  record Parts(
      MetadataView view,
      Readers readers,
      DataWriter writer,
      Allocator allocator,
      CommitQueue queue,
      StopSwitch stop) {}

  private final Parts parts;
  private final CompactionPolicy policy;
  private final TreeMap<byte[], Boolean> waiting = new TreeMap<>(Arrays::compareUnsigned);
  private final LongAdder runs = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder noSpace = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Thread thread;
  private boolean closed;

  Compactor(Parts parts, CompactionPolicy policy) {
    this.parts = parts;
    this.policy = policy;
    this.thread = new Thread(this::run, "store-compact");
    if (policy.bytesPerSecond() > 0) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Committed onodes by key; null = removed. */
  synchronized void changed(Map<byte[], Onode> onodes) {
    if (policy.bytesPerSecond() == 0 || closed) {
      return;
    }
    onodes.forEach(
        (key, onode) -> {
          if (onode != null && isCandidate(onode.extents) && waiting.size() < WAITING_MAX) {
            waiting.put(key, true);
            notifyAll();
          }
        });
  }

  private boolean isCandidate(ExtentMap extents) {
    return extents.wasCut() || extents.all().size() > policy.fragmentsMax();
  }

  private void run() {
    try {
      for (byte[] key = next(); key != null; key = next()) {
        compact(key);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Null when closed. */
  private synchronized byte[] next() throws InterruptedException {
    while (!closed && waiting.isEmpty()) {
      wait();
    }
    return closed ? null : waiting.pollFirstEntry().getKey();
  }

  private synchronized boolean goesOn() {
    return !closed && !parts.stop().stopped();
  }

  private void compact(byte[] key) throws InterruptedException {
    CollectionId collection = MetadataKeys.collectionOf(key);
    ObjectId object = MetadataKeys.objectOf(key);
    long moved = 0;
    try {
      for (CompactionPlan.Run run : plan(key)) {
        if (!goesOn() || !move(collection, object, run)) {
          break;
        }
        moved += run.length();
        pause(run.length() * 1_000_000_000 / policy.bytesPerSecond());
      }
    } catch (StoreException e) {
      failed.increment();
      LOG.warn("{} is left as it is: {}", PieceFinder.name(collection, object), e.getMessage());
    } catch (RuntimeException e) {
      parts.stop().fail("compaction of " + PieceFinder.name(collection, object), e);
    }
    if (moved == 0) {
      pause(1_000_000); // looking costs something too
    }
  }

  private List<CompactionPlan.Run> plan(byte[] key) {
    Onode onode = parts.view().onode(key);
    return onode == null ? List.of() : CompactionPlan.of(onode, policy, this::blob);
  }

  private Blob blob(long id) {
    byte[] record = parts.view().db().get(MetadataKeys.blob(id));
    return record == null ? null : Blob.decode(record);
  }

  /** False when this object should be left alone for now. */
  private boolean move(CollectionId collection, ObjectId object, CompactionPlan.Run run)
      throws StoreException, InterruptedException {
    if (parts.allocator().freeBytes() < 2 * DiskExtent.roundUp(run.length())) {
      noSpace.increment();
      return false;
    }
    Object name = PieceFinder.name(collection, object);
    BufferList data = parts.readers().readExtents(run.extents(), name);
    if (data == null) {
      refused.increment();
      return false;
    }
    StagedBlob staged;
    try {
      staged = parts.writer().claimStage(data, null);
    } catch (StoreException e) {
      noSpace.increment();
      return false;
    }
    // Others of the collection would wait behind it: it is queued when it is written.
    while (!staged.isWritten()) {
      if (parts.stop().stopped()) {
        return false;
      }
      Thread.sleep(1);
    }
    return swap(collection, new Swap(object, run.extents(), staged));
  }

  private boolean swap(CollectionId collection, Swap swap) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    boolean[] done = new boolean[1];
    swap.data().claim();
    parts
        .queue()
        .put(
            new CommitQueue.Queued(
                new Transaction(collection).swapping(swap),
                List.of(swap.data()),
                0,
                () -> {
                  done[0] = true;
                  ended.countDown();
                },
                refusal -> ended.countDown(),
                System.nanoTime()));
    while (!ended.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      if (parts.stop().stopped()) {
        return false;
      }
    }
    if (done[0]) {
      runs.increment();
      bytes.add(swap.data().length());
    } else {
      refused.increment();
    }
    return done[0];
  }

  private synchronized void pause(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; !closed && left > 0; left = end - System.nanoTime()) {
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
  }

  /** For {@code perf dump}. */
  void snapshotInto(Map<String, Object> all) {
    all.put("compaction_runs", runs.sum());
    all.put("compaction_bytes", bytes.sum());
    all.put("compaction_refused", refused.sum());
    all.put("compaction_no_space", noSpace.sum());
    all.put("compaction_failed", failed.sum());
    synchronized (this) {
      all.put("compaction_waiting", waiting.size());
    }
  }

  /**
   * Ends with the run under way, which is committed or given up.
   *
   * @throws IllegalStateException when that takes longer than {@link Presence#LONG_ENOUGH}
   */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      waiting.clear();
      notifyAll();
    }
    Presence.awaitEnd(thread, Presence.LONG_ENOUGH);
  }
}
