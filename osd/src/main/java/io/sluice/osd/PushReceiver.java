package io.sluice.osd;

import io.sluice.objectstore.StoreException;
import io.sluice.objectstore.Transaction;
import io.sluice.protocol.PushObject;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in objects that another OSD copies to us. Bytes go into fresh extents as they come; the
 * object as such changes in one transaction, when it is whole, or together with the log (held).
 *
 * <p><b>Threads:</b> the group's loop. <b>Owns</b> staged extents until they are committed or
 * aborted.
 */
final class PushReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(PushReceiver.class);

  private static final class Partial {
    private final List<Transaction.Op> ops = new ArrayList<>();
    private final List<PgStore.Staged> staged = new ArrayList<>();

    private void abort() {
      staged.forEach(PgStore.Staged::abort);
    }
  }

  private final PgStore store;
  private final Map<ObjectId, Partial> partial = new LinkedHashMap<>();
  private final Map<ObjectId, Partial> held = new LinkedHashMap<>();

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
      Partial old = partial.put(object, begin(piece));
      if (old != null) {
        old.abort();
      }
    }
    Partial copy = partial.get(object);
    if (copy == null) {
      bytes.close();
      return true;
    }
    if (!stage(copy, piece, bytes)) {
      bytes.close();
      return false;
    }
    piece
        .attributes()
        .forEach((name, value) -> copy.ops.add(new Transaction.SetAttr(object, name, value)));
    piece
        .omap()
        .forEach(
            entry -> copy.ops.add(new Transaction.OmapSet(object, entry.key(), entry.value())));
    if (!piece.last()) {
      onTaken.run();
      return true;
    }
    partial.remove(object);
    if (piece.hold()) {
      Partial old = held.put(object, copy);
      if (old != null) {
        old.abort();
      }
      onTaken.run();
    } else {
      Transaction transaction = new Transaction(store.collection());
      copy.ops.forEach(transaction::add);
      store.commit(transaction, onTaken);
    }
    return true;
  }

  private static Partial begin(PushObject piece) {
    Partial copy = new Partial();
    copy.ops.add(new Transaction.Remove(piece.object()));
    if (piece.exists()) {
      copy.ops.add(new Transaction.Touch(piece.object()));
    }
    return copy;
  }

  private boolean stage(Partial copy, PushObject piece, Payload bytes) {
    if (bytes.length() == 0) {
      bytes.close();
      return true;
    }
    try {
      PgStore.Staged staged = store.claimStage(bytes);
      copy.staged.add(staged);
      copy.ops.add(staged.at(piece.object(), piece.offset()));
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
    held.values().forEach(copy -> ops.addAll(copy.ops));
    held.clear();
    return ops;
  }

  /** Gives up everything that is not committed. */
  void abort() {
    partial.values().forEach(Partial::abort);
    partial.clear();
    held.values().forEach(Partial::abort);
    held.clear();
  }
}
