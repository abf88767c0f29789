package io.sluice.osd;

import io.sluice.objectstore.StoreException;
import io.sluice.objectstore.Transaction;
import io.sluice.protocol.PushObject;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in objects that another OSD copies to us. Bytes go into fresh extents as they come; the
 * object as such changes in one transaction, when it is whole, or together with the log (held).
 *
 * <p>What comes beside bytes (omap, attributes) is kept in the heap while it is little. What is
 * more is stored as it comes, in an object of ours that nobody sees ({@link PartialCopies}); the
 * transaction that makes the copy whole gives it its name. (ceph: temp_recovering_object)
 *
 * <p><b>Threads:</b> the group's loop. <b>Owns</b> staged extents and partial copies until they are
 * committed or aborted.
 */
final class PushReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(PushReceiver.class);

  /** What a change takes in the heap beside its bytes: itself, and its arrays. */
  private static final int CHANGE_BYTES = 128;

  /** One object on its way. */
  private final class Copy {
    private final ObjectId object;
    private final boolean exists;
    private final List<Function<ObjectId, Transaction.Op>> changes = new ArrayList<>();
    private final List<PgStore.Staged> staged = new ArrayList<>();
    private ObjectId apart;
    private long bytes;

    private Copy(PushObject piece) {
      this.object = piece.object();
      this.exists = piece.exists();
    }

    private void add(long length, Function<ObjectId, Transaction.Op> change) {
      changes.add(change);
      bytes += CHANGE_BYTES + length;
      keptBytes += CHANGE_BYTES + length;
    }

    private void addAll(PushObject piece) {
      piece
          .attributes()
          .forEach(
              (name, value) -> add(value.length, at -> new Transaction.SetAttr(at, name, value)));
      for (PushObject.OmapEntry entry : piece.omap()) {
        add(
            (long) entry.key().length + entry.value().length,
            at -> new Transaction.OmapSet(at, entry.key(), entry.value()));
      }
    }

    /** Stores what has come where nobody sees it; the heap has nothing of it afterwards. */
    private void putApart(Runnable onStored) {
      Transaction part = new Transaction(store.collection());
      if (apart == null) {
        apart = store.partials().next();
        part.add(new Transaction.Touch(apart));
      }
      changes.forEach(change -> part.add(change.apply(apart)));
      forget();
      store.commit(part, onStored);
    }

    private void forget() {
      keptBytes -= bytes;
      bytes = 0;
      changes.clear();
      staged.clear();
    }

    /** What makes the object what was copied. */
    private List<Transaction.Op> claimOps() {
      List<Transaction.Op> ops = new ArrayList<>(changes.size() + 2);
      ops.add(new Transaction.Remove(object));
      if (apart != null) {
        ops.add(new Transaction.Rename(apart, object));
      } else if (exists) {
        ops.add(new Transaction.Touch(object));
      }
      changes.forEach(change -> ops.add(change.apply(object)));
      forget();
      return ops;
    }

    private void abort() {
      staged.forEach(PgStore.Staged::abort);
      forget();
      if (apart != null) {
        store.partials().remove(apart);
      }
    }
  }

  private final PgStore store;
  private final Map<ObjectId, Copy> partial = new LinkedHashMap<>();
  private final Map<ObjectId, Copy> held = new LinkedHashMap<>();

  /** Of all copies, in the heap. */
  private long keptBytes;

  PushReceiver(PgStore store) {
    this.store = store;
  }

  /**
   * Takes in a piece.
   *
   * @param bytes taken over
   * @param onTaken runs when the next piece may come, or (after the last) when the copy is durable
   *     or held
   * @return false when there is no room for it; then nothing of the object is kept, and {@code
   *     onTaken} does not run
   */
  boolean accept(PushObject piece, Payload bytes, Runnable onTaken) {
    ObjectId object = piece.object();
    if (piece.first()) {
      replace(partial, object, new Copy(piece));
    }
    Copy copy = partial.get(object);
    if (copy == null) {
      bytes.close();
      return true;
    }
    if (!stage(copy, piece, bytes)) {
      bytes.close();
      return false;
    }
    copy.addAll(piece);
    boolean much =
        copy.exists
            && (copy.bytes > Limits.COPY_KEPT_BYTES
                || piece.hold() && keptBytes > Limits.COPIES_KEPT_BYTES);
    if (!piece.last()) {
      store(copy, much, onTaken);
      return true;
    }
    partial.remove(object);
    if (piece.hold()) {
      replace(held, object, copy);
      store(copy, much, onTaken);
    } else {
      Transaction transaction = new Transaction(store.collection());
      copy.claimOps().forEach(transaction::add);
      store.commit(transaction, onTaken);
    }
    return true;
  }

  private static void replace(Map<ObjectId, Copy> in, ObjectId object, Copy copy) {
    Copy old = in.put(object, copy);
    if (old != null) {
      old.abort();
    }
  }

  private static void store(Copy copy, boolean much, Runnable onTaken) {
    if (much) {
      copy.putApart(onTaken);
    } else {
      onTaken.run();
    }
  }

  private boolean stage(Copy copy, PushObject piece, Payload bytes) {
    if (bytes.length() == 0) {
      bytes.close();
      return true;
    }
    try {
      PgStore.Staged staged = store.claimStage(bytes);
      copy.staged.add(staged);
      copy.add(staged.keptBytes(), at -> staged.at(at, piece.offset()));
      return true;
    } catch (StoreException e) {
      LOG.error("no room for a copy of {}: {}", piece.object(), e.getMessage());
      partial.remove(piece.object());
      copy.abort();
      return false;
    }
  }

  boolean holds(ObjectId object) {
    return held.containsKey(object);
  }

  /** The changes of everything held, for one transaction; held no more. */
  List<Transaction.Op> claimHeld() {
    List<Transaction.Op> ops = new ArrayList<>();
    held.values().forEach(copy -> ops.addAll(copy.claimOps()));
    held.clear();
    return ops;
  }

  /** Gives up everything that is not committed. */
  void abort() {
    partial.values().forEach(Copy::abort);
    partial.clear();
    held.values().forEach(Copy::abort);
    held.clear();
  }
}
