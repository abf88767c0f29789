package io.sluice.osd;

import io.sluice.bufferlist.Inspection;
import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.StagedWrite;
import io.sluice.objectstore.StoreException;
import io.sluice.objectstore.Transaction;
import io.sluice.protocol.ObjectHash;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerPgInfo;
import io.sluice.protocol.RepChange;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.EVersion;
import io.sluice.types.Loop;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One placement group's copy: its log and info in memory, and every change to it as one store
 * transaction.
 *
 * <p><b>Invariants:</b> log and info in memory are what the store will hold once all given
 * transactions are durable; a log entry is in the transaction of the change it stands for; commits
 * call back in order.
 *
 * <p><b>Threads:</b> the group's loop; callbacks come back to it.
 */
final class PgStore {
  private final PgServices services;
  private final ObjectStore store;
  private final Loop loop;
  private final PgMeta meta;
  private final PgObjects objects;
  private final PartialCopies partials;
  private final PgLog log;
  private final Deque<Runnable> onDrained = new ArrayDeque<>();
  private final PgId pg;
  private PeerPgInfo info = PeerPgInfo.EMPTY;
  private volatile ScrubFacts scrubs = ScrubFacts.NONE;
  private boolean known;
  private boolean exists;
  private int groups;
  private int committing;

  PgStore(PgServices services, PgId pg, Loop loop) {
    this.services = services;
    this.store = services.store();
    this.pg = pg;
    this.loop = loop;
    this.log = new PgLog(services.logs());
    this.meta = new PgMeta(store, pg);
    this.objects = new PgObjects(services, meta.collection(), loop);
    this.partials = new PartialCopies(this, pg);
  }

  /**
   * Finds what the disk holds, if that is not known yet. To be called until the first map: a group
   * that is early may be here before another one has given it its part.
   */
  void load() {
    if (!known && meta.isThere()) {
      known = true;
      exists = true;
      services.logs().count(1);
      info = meta.load(log);
      scrubs = meta.loadScrubs();
      groups = meta.loadGroups();
      partials.removeLeft(store);
      trim();
    }
  }

  /** There is less room for the log than when it was written. */
  private void trim() {
    EVersion before = log.tail();
    Transaction transaction = new Transaction(collection());
    meta.removeEntries(transaction, log.trim());
    if (!log.tail().equals(before)) {
      info = info.withTail(log.tail());
      meta.putInfo(transaction, info);
      commit(transaction, () -> {});
    }
  }

  PgLog log() {
    return log;
  }

  PeerPgInfo info() {
    return info;
  }

  /** What the last scrubs here found. Any thread. */
  ScrubFacts scrubs() {
    return scrubs;
  }

  CollectionId collection() {
    return meta.collection();
  }

  boolean exists() {
    return exists;
  }

  /** The objects as committed. */
  PgObjects objects() {
    return objects;
  }

  /** Objects that are being copied here. */
  PartialCopies partials() {
    return partials;
  }

  /**
   * Makes the collection when this copy is new.
   *
   * @param pgNum the pool's groups as they are
   */
  void create(int pgNum) {
    if (!exists) {
      known = true;
      exists = true;
      services.logs().count(1);
      groups = pgNum;
      Transaction transaction = new Transaction(collection());
      meta.create(transaction);
      meta.putInfo(transaction, info);
      meta.putGroups(transaction, groups);
      scrubs = ScrubFacts.unscrubbed(UTime.ofNanos(services.clock().wallNanos()));
      meta.putScrubs(transaction, scrubs);
      commit(transaction, () -> {});
    }
  }

  /** By how many groups its objects are divided, with so many at the pool's beginning. */
  int groups(int first) {
    return groups == 0 ? first : groups;
  }

  /**
   * Gives other groups the objects that are theirs when the pool has that many, with their part of
   * the log, in one transaction; they are found there once it is durable.
   *
   * <p>A part's newest version is that of its own newest entry: what it holds is not newer, and a
   * version stands for one change in each of the parts, since the next one is of a later epoch.
   */
  void divide(int pgNum, List<PgId> children, Runnable onCommit) {
    Map<Integer, List<PeerLogEntry>> parts = new HashMap<>();
    List<EVersion> gone = log.trim();
    for (PeerLogEntry entry : log.all()) {
      int seed = ObjectHash.stableMod(entry.object().hash(), pgNum);
      parts.computeIfAbsent(seed, none -> new ArrayList<>()).add(entry);
    }
    List<PeerLogEntry> ours = parts.getOrDefault(pg.seed(), List.of());
    parts.remove(pg.seed());
    Transaction transaction = new Transaction(collection());
    parts.values().forEach(theirs -> theirs.forEach(entry -> gone.add(entry.version())));
    meta.removeEntries(transaction, gone);
    ScrubFacts unscrubbed = ScrubFacts.unscrubbed(UTime.ofNanos(services.clock().wallNanos()));
    for (PgId child : children) {
      PgMeta other = new PgMeta(store, child);
      if (other.isThere()) {
        throw new IllegalStateException(pg + " divides into " + child + ", which is there");
      }
      commit(new Transaction(other.collection()).add(new Transaction.CreateCollection()), () -> {});
      List<PeerLogEntry> theirs = parts.getOrDefault(child.seed(), List.of());
      parts.remove(child.seed());
      EVersion newest = theirs.isEmpty() ? log.tail() : theirs.get(theirs.size() - 1).version();
      other.putScrubs(transaction, unscrubbed);
      other.moveFrom(transaction, child, pgNum, info.part(newest, log.tail()), theirs);
    }
    if (!parts.isEmpty()) {
      throw new IllegalStateException(pg + " logged objects of the groups " + parts.keySet());
    }
    log.replace(ours, log.tail());
    info = info.part(log.head(), log.tail());
    groups = pgNum;
    meta.putInfo(transaction, info);
    meta.putGroups(transaction, pgNum);
    commit(transaction, onCommit);
  }

  /** Notes a scrub's end, durably in time. */
  void scrubbed(ScrubFacts found) {
    scrubs = found;
    Transaction transaction = new Transaction(collection());
    meta.putScrubs(transaction, found);
    commit(transaction, () -> {});
  }

  /** Removes the copy; afterwards it is as if it had never been. */
  void destroy() {
    known = true;
    if (exists || store.exists(collection())) {
      services.logs().count(exists ? -1 : 0);
      exists = false;
      commit(new Transaction(collection()).add(new Transaction.RemoveCollection()), () -> {});
    }
    log.replace(List.of(), EVersion.ZERO);
    info = PeerPgInfo.EMPTY;
    groups = 0;
  }

  /**
   * Puts a write's bytes into the store; small ones stay in memory for the metadata batch.
   *
   * @param bytes taken over
   */
  Staged claimStage(Payload bytes) throws StoreException {
    if (bytes.cut() != null) {
      return new Staged(null, bytes.cut().claimStaged());
    }
    if (bytes.length() <= Limits.INLINE_BYTES) {
      try (bytes) {
        return new Staged(
            bytes.bytes().toByteArray(services.pipes(), Inspection.SMALL_WRITE), null);
      }
    }
    return new Staged(null, store.claimStage(bytes.bytes(), bytes.checksums()));
  }

  /** The bytes of one write on their way: in memory or in fresh extents. */
  record Staged(byte[] inline, StagedWrite extents) {
    void abort() {
      if (extents != null) {
        extents.abort();
      }
    }

    /** In the heap. */
    int keptBytes() {
      return inline == null ? 0 : inline.length;
    }

    Transaction.Op at(ObjectId object, long offset) {
      return extents == null
          ? new Transaction.WriteInline(object, offset, inline)
          : new Transaction.Write(object, offset, extents);
    }
  }

  /**
   * Logs an operation and applies its changes, durably together.
   *
   * @param readHere as primary, who is asked for what was written
   */
  void apply(
      PeerLogEntry entry,
      List<RepChange> changes,
      List<Staged> writes,
      boolean readHere,
      Runnable onCommit) {
    Transaction transaction = new Transaction(collection());
    if (readHere) {
      transaction.readHere();
    }
    int nextWrite = 0;
    for (RepChange change : changes) {
      if (change instanceof RepChange.Write write) {
        transaction.add(writes.get(nextWrite++).at(entry.object(), write.offset()));
      } else {
        addTo(transaction, entry.object(), change);
      }
    }
    byte[] encoded = PgLog.encoded(entry);
    List<EVersion> trimmed = log.append(entry, encoded);
    info = info.advanced(entry.version(), log.tail(), entry.userVersion());
    meta.removeEntries(transaction, trimmed, entry.version());
    meta.putEntry(transaction, entry.version(), encoded, info);
    commit(transaction, onCommit);
  }

  private static void addTo(Transaction to, ObjectId object, RepChange change) {
    if (change instanceof RepChange.CloneTo made) {
      ObjectId clone = object.withSnap(made.snap());
      to.add(new Transaction.Clone(object, clone));
      to.add(new Transaction.SetAttr(clone, made.attribute(), made.info()));
      to.add(new Transaction.RemoveAttr(clone, SnapSet.ATTRIBUTE));
      to.add(new Transaction.RemoveAttr(clone, Watchers.ATTRIBUTE));
    } else if (change instanceof RepChange.CloneFrom from) {
      to.add(new Transaction.Clone(object.withSnap(from.snap()), object));
    } else if (change instanceof RepChange.RemoveClone gone) {
      to.add(new Transaction.Remove(object.withSnap(gone.snap())));
    } else {
      to.add(translate(object, change));
    }
  }

  private static Transaction.Op translate(ObjectId object, RepChange change) {
    if (change instanceof RepChange.Touch) {
      return new Transaction.Touch(object);
    } else if (change instanceof RepChange.Zero zero) {
      return new Transaction.Zero(object, zero.offset(), zero.length());
    } else if (change instanceof RepChange.Truncate truncate) {
      return new Transaction.Truncate(object, truncate.size());
    } else if (change instanceof RepChange.Remove) {
      return new Transaction.Remove(object);
    } else if (change instanceof RepChange.SetAttr attr) {
      return new Transaction.SetAttr(object, attr.name(), attr.value());
    } else if (change instanceof RepChange.RemoveAttr attr) {
      return new Transaction.RemoveAttr(object, attr.name());
    } else if (change instanceof RepChange.OmapSet set) {
      return new Transaction.OmapSet(object, set.key(), set.value());
    } else if (change instanceof RepChange.OmapRemove remove) {
      return new Transaction.OmapRemove(object, remove.key());
    } else if (change instanceof RepChange.OmapRemoveRange range) {
      return new Transaction.OmapRemoveRange(object, range.first(), range.end());
    } else if (change instanceof RepChange.OmapClear) {
      return new Transaction.OmapClear(object);
    }
    throw new IllegalArgumentException("not a change of metadata: " + change);
  }

  /** What a copy takes over from a copy that knows more. */
  record Adoption(
      PeerPgInfo info,
      boolean replace,
      EVersion common,
      List<PeerLogEntry> entries,
      int interval) {}

  /**
   * Makes log and info those of the authority, together with objects that were received for it.
   *
   * @param objects operations that bring the objects to the state the log speaks of
   */
  void adopt(Adoption from, List<Transaction.Op> objects, Runnable onCommit) {
    Transaction transaction = new Transaction(collection());
    objects.forEach(transaction::add);
    List<EVersion> gone = new ArrayList<>();
    if (from.replace()) {
      meta.clearLog(transaction);
      log.replace(List.of(), from.info().logTail());
    } else {
      gone.addAll(log.rewind(from.common()));
    }
    from.entries().forEach(entry -> gone.addAll(log.append(entry, PgLog.encoded(entry))));
    meta.removeEntries(transaction, gone);
    for (PeerLogEntry entry : from.entries()) {
      if (entry.version().compareTo(log.tail()) > 0) {
        meta.putEntry(transaction, entry.version(), PgLog.encoded(entry));
      }
    }
    info =
        new PeerPgInfo(
            from.info().lastUpdate(),
            from.info().lastComplete(),
            from.interval(),
            from.interval(),
            log.tail(),
            from.info().lastUserVersion());
    meta.putInfo(transaction, info);
    commit(transaction, onCommit);
  }

  /** Notes durably that the group went active in this interval. */
  void started(int interval, Runnable onCommit) {
    info = info.started(interval);
    Transaction transaction = new Transaction(collection());
    meta.putInfo(transaction, info);
    commit(transaction, onCommit);
  }

  /** A transaction that touches objects only; {@code onCommit} runs on the loop. */
  void commit(Transaction transaction, Runnable onCommit) {
    committing++;
    store.commit(
        transaction,
        () ->
            loop.execute(
                () -> {
                  committing--;
                  onCommit.run();
                  drained();
                }));
  }

  /** Runs the task once nothing is on its way to the disk; at once when that is so already. */
  void whenDrained(Runnable task) {
    onDrained.add(task);
    drained();
  }

  private void drained() {
    while (committing == 0 && !onDrained.isEmpty()) {
      onDrained.poll().run();
    }
  }
}
