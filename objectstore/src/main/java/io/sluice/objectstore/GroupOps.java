package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.function.Consumer;

/**
 * What each operation of a transaction does to a {@link CommitGroup}. <b>Threads:</b> the
 * committer.
 */
final class GroupOps {
  static final OpTable<CommitGroup> TABLE =
      new OpTable<CommitGroup>()
          .on(Transaction.CreateCollection.class, (group, op) -> group.createCollection())
          .on(Transaction.RemoveCollection.class, (group, op) -> group.removeCollection())
          .on(Transaction.Touch.class, (group, op) -> group.made(op.object()))
          .on(Transaction.Write.class, GroupOps::write)
          .on(Transaction.WriteInline.class, GroupOps::writeInline)
          .on(Transaction.Zero.class, GroupOps::zero)
          .on(Transaction.Truncate.class, GroupOps::truncate)
          .on(Transaction.Remove.class, (group, op) -> group.remove(op.object()))
          .on(
              Transaction.SetAttr.class,
              (group, op) -> group.made(op.object()).attrs.put(op.name(), op.value().clone()))
          .on(
              Transaction.RemoveAttr.class,
              (group, op) -> ifFound(group, op.object(), onode -> onode.attrs.remove(op.name())))
          .on(
              Transaction.RemoveAttrs.class,
              (group, op) -> ifFound(group, op.object(), onode -> onode.attrs.clear()))
          .on(Transaction.OmapSet.class, GroupOps::omapSet)
          .on(
              Transaction.OmapRemove.class,
              (group, op) ->
                  ifOmap(group, op.object(), onode -> group.omap().remove(onode.node, op.key())))
          .on(
              Transaction.OmapRemoveRange.class,
              (group, op) ->
                  ifOmap(
                      group,
                      op.object(),
                      onode -> group.omap().removeRange(onode.node, op.first(), op.end())))
          .on(
              Transaction.OmapClear.class,
              (group, op) -> ifOmap(group, op.object(), onode -> group.omap().clear(onode.node)))
          .complete();

  private GroupOps() {}

  private static void ifFound(CommitGroup group, ObjectId object, Consumer<Onode> change) {
    Onode onode = group.found(object);
    if (onode != null) {
      change.accept(onode);
    }
  }

  private static void ifOmap(CommitGroup group, ObjectId object, Consumer<Onode> change) {
    ifFound(
        group,
        object,
        onode -> {
          if (onode.omap) {
            change.accept(onode);
          }
        });
  }

  private static void write(CommitGroup group, Transaction.Write op) {
    Onode onode = group.made(op.object());
    StagedBlob staged = (StagedBlob) op.data();
    if (staged.length() > 0) {
      long blob = group.blobs().add(staged);
      onode.extents.put(new Extent(op.offset(), staged.length(), blob, 0), group.blobs());
    }
    onode.size = Math.max(onode.size, op.offset() + staged.length());
  }

  private static void writeInline(CommitGroup group, Transaction.WriteInline op) {
    Onode onode = group.made(op.object());
    if (op.data().length > 0) {
      InlineWrite merged = InlineWrite.of(op).mergedWithNeighbours(onode.extents, group.blobs());
      long blob = group.blobs().add(merged.bytes());
      Extent extent = new Extent(merged.offset(), merged.bytes().length, blob, 0);
      onode.extents.put(extent, group.blobs());
    }
    onode.size = Math.max(onode.size, op.offset() + op.data().length);
  }

  private static void zero(CommitGroup group, Transaction.Zero op) {
    Onode onode = group.made(op.object());
    onode.extents.punch(op.offset(), op.offset() + op.length(), group.blobs());
    onode.size = Math.max(onode.size, op.offset() + op.length());
  }

  private static void truncate(CommitGroup group, Transaction.Truncate op) {
    Onode onode = group.made(op.object());
    onode.extents.punch(op.size(), Long.MAX_VALUE, group.blobs());
    onode.size = op.size();
  }

  private static void omapSet(CommitGroup group, Transaction.OmapSet op) {
    Onode onode = group.made(op.object());
    onode.omap = true;
    group.omap().set(onode.node, op.key(), op.value());
  }
}
