package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds out whether a transaction can be applied, without applying it: follows which collections
 * and objects exist as its operations go by.
 *
 * <p><b>Threads:</b> one, which sees the state before the transaction throughout.
 */
final class TransactionCheck {
  /** What there is at some moment. */
  interface State {
    boolean exists(CollectionId collection);

    boolean exists(CollectionId collection, ObjectId object);
  }

  private record Place(CollectionId collection, ObjectId object) {}

  /** A state, and the changes of single objects and collections since. */
  private static final class Later implements State {
    private final State before;
    private final Map<CollectionId, Boolean> collections = new HashMap<>(2);
    private final Map<Place, Boolean> objects = new HashMap<>(2);

    Later(State before) {
      this.before = before;
    }

    @Override
    public boolean exists(CollectionId collection) {
      Boolean changed = collections.get(collection);
      return changed != null ? changed : before.exists(collection);
    }

    @Override
    public boolean exists(CollectionId collection, ObjectId object) {
      Boolean changed = objects.get(new Place(collection, object));
      return changed != null ? changed : before.exists(collection, object);
    }
  }

  /** A state after some objects of one collection went to another, or nowhere (null). */
  private record Moved(State before, CollectionId from, CollectionId to, Predicate<ObjectId> which)
      implements State {
    @Override
    public boolean exists(CollectionId collection) {
      return before.exists(collection);
    }

    @Override
    public boolean exists(CollectionId collection, ObjectId object) {
      boolean moved = which.test(object);
      if (collection.equals(from)) {
        return !moved && before.exists(from, object);
      }
      return before.exists(collection, object)
          || collection.equals(to) && moved && before.exists(from, object);
    }
  }

  private static final OpTable<TransactionCheck> TABLE = table();

  private final CollectionId current;
  private Later state;
  private StoreException refusal;

  private TransactionCheck(CollectionId current, State before) {
    this.current = current;
    this.state = new Later(before);
  }

  /**
   * @throws StoreException NO_COLLECTION, NOT_FOUND or EXISTS: it cannot be applied
   */
  static void check(Transaction transaction, State before) throws StoreException {
    TransactionCheck check = new TransactionCheck(transaction.collection(), before);
    for (Transaction.Op op : transaction.ops()) {
      TABLE.apply(check, op);
      if (check.refusal != null) {
        throw check.refusal;
      }
    }
  }

  private static OpTable<TransactionCheck> table() {
    return new OpTable<TransactionCheck>()
        .on(Transaction.CreateCollection.class, (check, op) -> check.set(check.current, true))
        .on(Transaction.RemoveCollection.class, (check, op) -> check.removeAll(check.current))
        .on(Transaction.SplitCollection.class, TransactionCheck::split)
        .on(Transaction.MergeCollection.class, TransactionCheck::merge)
        .on(Transaction.Touch.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.Write.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.WriteInline.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.WriteFull.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.Append.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.AppendInline.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.Zero.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.Truncate.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.Remove.class, TransactionCheck::remove)
        .on(Transaction.Clone.class, (check, op) -> check.copies(op.source(), op.target()))
        .on(Transaction.CloneRange.class, (check, op) -> check.copies(op.source(), op.target()))
        .on(
            Transaction.Rename.class,
            (check, op) -> check.rename(op.source(), check.current, op.target()))
        .on(
            Transaction.MoveTo.class,
            (check, op) -> check.rename(op.source(), op.other(), op.target()))
        .on(Transaction.SetAttr.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.SetAttrs.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.RemoveAttr.class, (check, op) -> check.needs(check.current))
        .on(Transaction.RemoveAttrs.class, (check, op) -> check.needs(check.current))
        .on(Transaction.OmapSet.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.OmapRemove.class, (check, op) -> check.needs(check.current))
        .on(Transaction.OmapRemoveRange.class, (check, op) -> check.needs(check.current))
        .on(Transaction.OmapClear.class, (check, op) -> check.needs(check.current))
        .on(Transaction.OmapHeader.class, (check, op) -> check.makes(op.object()))
        .on(Transaction.SetAllocHint.class, (check, op) -> check.makes(op.object()))
        .complete();
  }

  private void set(CollectionId collection, boolean exists) {
    state.collections.put(collection, exists);
  }

  private void removeAll(CollectionId collection) {
    state = new Later(new Moved(state, collection, null, object -> true));
    set(collection, false);
  }

  private void split(Transaction.SplitCollection op) {
    if (needs(current) && needs(op.other())) {
      state = new Later(new Moved(state, current, op.other(), op::moves));
    }
  }

  private void merge(Transaction.MergeCollection op) {
    if (needs(current) && needs(op.other())) {
      state = new Later(new Moved(state, op.other(), current, object -> true));
      set(op.other(), false);
    }
  }

  private boolean needs(CollectionId collection) {
    if (!state.exists(collection)) {
      refuse(StoreException.Kind.NO_COLLECTION, "no collection " + collection);
    }
    return refusal == null;
  }

  private boolean needs(ObjectId source) {
    if (needs(current) && !state.exists(current, source)) {
      refuse(StoreException.Kind.NOT_FOUND, "no object " + source + " in " + current);
    }
    return refusal == null;
  }

  private void makes(ObjectId object) {
    if (needs(current)) {
      state.objects.put(new Place(current, object), true);
    }
  }

  private void remove(Transaction.Remove op) {
    if (needs(current)) {
      state.objects.put(new Place(current, op.object()), false);
    }
  }

  private void copies(ObjectId source, ObjectId target) {
    if (needs(source)) {
      makes(target);
    }
  }

  private void rename(ObjectId source, CollectionId to, ObjectId target) {
    if (!needs(source) || !needs(to)) {
      return;
    }
    if (state.exists(to, target)) {
      refuse(StoreException.Kind.EXISTS, "object " + target + " exists in " + to);
    }
    state.objects.put(new Place(current, source), false);
    state.objects.put(new Place(to, target), true);
  }

  private void refuse(StoreException.Kind kind, String why) {
    refusal = new StoreException(kind, "transaction refused: " + why);
  }
}
