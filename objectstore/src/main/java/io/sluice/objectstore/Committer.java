package io.sluice.objectstore;

import io.sluice.bufferlist.MalformedInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes transactions durable, many at a time, in this order:
 *
 * <pre>
 * data of the group's staged writes are on disk
 *   -> fdatasync(data files), if one of them was not covered by an earlier one
 *   -> ONE synced write of RocksDB (more where their objects are much together)
 *   -> callbacks
 *   -> freed extents return to the allocator (when no read that began before holds them)
 * </pre>
 *
 * <p>While it syncs, the next group collects, and what is staged meanwhile is flushed beside the
 * database's sync ({@link EarlyFlush}): the busier the store, the more transactions share a sync.
 *
 * <p><b>Invariants:</b> nothing reaches RocksDB before the data it refers to are durable; when
 * anything fails the store stops: no further callback, no retry.
 *
 * <p><b>Threads:</b> one of its own, and that of the {@link EarlyFlush}. <b>Owns</b> both.
 */
final class Committer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  private final CommitQueue queue;
  private final DataFiles files;
  private final EarlyFlush early;
  private final MetadataView view;
  private final IdSource ids;
  private final RecentBlobs recent = new RecentBlobs();
  private final MetadataBatch batch = new MetadataBatch();
  private final StoreCounters counters;
  private final Consumer<List<DiskExtent>> retire;
  private final Consumer<Map<byte[], Onode>> changed;
  private final StopSwitch stop;
  private final Thread thread;

  /**
   * What the pipeline works on.
   *
   * @param changed is told of the committed onodes of each group
   */
  record Parts(
      CommitQueue queue,
      DataFiles files,
      MetadataView view,
      StoreCounters counters,
      StopSwitch stop,
      Consumer<Map<byte[], Onode>> changed) {}

  /**
   * @param retire takes extents that no committed object refers to any more
   */
  Committer(Parts parts, Consumer<List<DiskExtent>> retire) {
    this.queue = parts.queue();
    this.files = parts.files();
    this.early = new EarlyFlush(files, parts.counters(), parts.stop());
    this.view = parts.view();
    this.counters = parts.counters();
    this.stop = parts.stop();
    this.changed = parts.changed();
    this.retire = retire;
    this.ids = new IdSource(view.db().get(MetadataKeys.state("ids")));
    this.thread = new Thread(this::run, "store-commit");
    thread.setDaemon(true);
    thread.start();
  }

  /** A staged write came to its end: a transaction may be ready. */
  void written() {
    early.written();
    queue.signal();
  }

  private void run() {
    try {
      List<CommitQueue.Queued> group = queue.take();
      while (group != null && !stop.stopped()) {
        commit(group);
        group = queue.take();
      }
    } catch (InterruptedException e) {
      stop.fail("the committer was interrupted", e);
    } catch (IOException e) {
      stop.fail("a commit failed", e);
    } catch (RuntimeException | Error e) {
      stop.fail("a transaction cannot be applied", e);
    }
  }

  private void commit(List<CommitQueue.Queued> group) throws IOException {
    long begin = System.nanoTime();
    flushData(group);
    long flushNanos = System.nanoTime() - begin;
    int done = 0;
    while (done < group.size() && !stop.stopped()) {
      done = commitFrom(group, done, flushNanos);
      flushNanos = 0;
    }
  }

  /**
   * Commits one batch: the group's transactions from that one on, as long as their objects are not
   * too much together.
   *
   * @return how many of the group are done with
   */
  private int commitFrom(List<CommitQueue.Queued> group, int first, long flushNanos)
      throws IOException {
    long begin = System.nanoTime();
    CommitGroup changes = new CommitGroup(view, ids, recent, batch.clear());
    List<StoreException> refusals = new ArrayList<>(group.size() - first);
    int end = first;
    while (end < group.size() && !changes.isFull()) {
      refusals.add(applyTo(changes, group.get(end++).transaction()));
    }
    List<DiskExtent> freed = new ArrayList<>(changes.finish());
    if (stop.stopped()) {
      return end;
    }
    early.committing(true);
    view.commit(changes);
    early.committing(false);
    long now = System.nanoTime();
    counters.committed(end - first, changes.batch().length(), flushNanos, now - begin);
    for (int i = first; i < end; i++) {
      counters.latency(now - group.get(i).queuedNanos());
      callBack(group.get(i), refusals.get(i - first));
    }
    retire.accept(freed);
    changed.accept(changes.changedOnodes());
    return end;
  }

  private void flushData(List<CommitQueue.Queued> group) throws IOException {
    long last = 0;
    for (CommitQueue.Queued queued : group) {
      for (StagedBlob blob : queued.staged()) {
        last = Math.max(last, blob.number());
      }
    }
    if (files.flush(last)) {
      counters.flushed();
    }
  }

  /** Null, or why nothing of it was applied. */
  private static StoreException applyTo(CommitGroup changes, Transaction transaction)
      throws IOException {
    try {
      changes.apply(transaction);
      return null;
    } catch (StoreException refusal) {
      return refusal;
    } catch (MalformedInputException e) {
      throw new IOException("damaged metadata under " + transaction.collection(), e);
    }
  }

  private void callBack(CommitQueue.Queued queued, StoreException refusal) {
    try {
      if (refusal == null) {
        queued.onCommit().run();
      } else {
        queued.staged().forEach(StagedBlob::refused);
        queued.onRefused().accept(refusal);
      }
    } catch (RuntimeException e) {
      LOG.error("the commit callback of {} failed", queued.transaction().collection(), e);
    }
  }

  /**
   * Waits until everything queued before has been committed and called back.
   *
   * @throws IllegalStateException when that takes longer than {@link Presence#LONG_ENOUGH}
   */
  @Override
  public void close() {
    queue.close();
    if (Thread.currentThread() != thread) {
      Presence.awaitEnd(thread, Presence.LONG_ENOUGH);
    }
    early.close();
  }
}
