package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.List;
import java.util.function.Consumer;

/**
 * What each operation of a transaction does to a {@link CommitGroup}. <b>Threads:</b> the
 * committer.
 */
final class GroupOps {
  static final OpTable<CommitGroup> TABLE =
      new OpTable<CommitGroup>()
          .on(Transaction.CreateCollection.class, (group, op) -> group.createCollection())
          .on(
              Transaction.RemoveCollection.class,
              (group, op) -> group.removeCollection(group.current()))
          .on(
              Transaction.SplitCollection.class,
              (group, op) -> group.moveAll(group.current(), op.other(), op::moves))
          .on(Transaction.MergeCollection.class, GroupOps::merge)
          .on(Transaction.Touch.class, (group, op) -> group.made(op.object()))
          .on(
              Transaction.Write.class,
              (group, op) -> write(group, op.object(), op.offset(), op.data()))
          .on(
              Transaction.WriteInline.class,
              (group, op) -> writeInline(group, op.object(), op.offset(), op.data()))
          .on(Transaction.WriteFull.class, GroupOps::writeFull)
          .on(
              Transaction.Append.class,
              (group, op) -> write(group, op.object(), group.made(op.object()).size, op.data()))
          .on(
              Transaction.AppendInline.class,
              (group, op) ->
                  writeInline(group, op.object(), group.made(op.object()).size, op.data()))
          .on(Transaction.Zero.class, GroupOps::zero)
          .on(
              Transaction.Truncate.class,
              (group, op) -> truncate(group, group.made(op.object()), op.size()))
          .on(Transaction.Remove.class, (group, op) -> group.remove(op.object()))
          .on(Transaction.Clone.class, (group, op) -> group.copy(op.source(), op.target()))
          .on(Transaction.CloneRange.class, GroupOps::cloneRange)
          .on(
              Transaction.Rename.class,
              (group, op) -> group.move(op.source(), group.current(), op.target()))
          .on(
              Transaction.MoveTo.class,
              (group, op) -> group.move(op.source(), op.other(), op.target()))
          .on(
              Transaction.SetAttr.class,
              (group, op) -> group.made(op.object()).attrs.put(op.name(), op.value().clone()))
          .on(
              Transaction.SetAttrs.class,
              (group, op) -> {
                Onode onode = group.made(op.object());
                op.attrs().forEach((name, value) -> onode.attrs.put(name, value.clone()));
              })
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
          .on(Transaction.OmapClear.class, GroupOps::omapClear)
          .on(
              Transaction.OmapHeader.class,
              (group, op) -> group.made(op.object()).omapHeader = op.header().clone())
          .on(
              Transaction.SetAllocHint.class,
              (group, op) -> group.made(op.object()).hint = op.hint())
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

  private static void merge(CommitGroup group, Transaction.MergeCollection op) {
    group.moveAll(op.other(), group.current(), object -> true);
    group.removeCollection(op.other());
  }

  private static void write(CommitGroup group, ObjectId object, long offset, StagedWrite data) {
    Onode onode = group.made(object);
    StagedBlob staged = StagedBlob.of(data);
    if (staged.length() > 0) {
      long blob = group.blobs().add(staged);
      onode.extents.put(new Extent(offset, staged.length(), blob, 0), group.blobs());
      onode.size = Math.max(onode.size, offset + staged.length());
    }
  }

  private static void writeInline(CommitGroup group, ObjectId object, long offset, byte[] data) {
    Onode onode = group.made(object);
    if (data.length > 0) {
      InlineWrite merged =
          new InlineWrite(offset, data).mergedWithNeighbours(onode.extents, group.blobs());
      long blob = group.blobs().add(merged.bytes());
      Extent extent = new Extent(merged.offset(), merged.bytes().length, blob, 0);
      onode.extents.put(extent, group.blobs());
      onode.size = Math.max(onode.size, offset + data.length);
    }
  }

  private static void writeFull(CommitGroup group, Transaction.WriteFull op) {
    truncate(group, group.made(op.object()), 0);
    write(group, op.object(), 0, op.data());
  }

  private static void zero(CommitGroup group, Transaction.Zero op) {
    Onode onode = group.made(op.object());
    if (op.length() > 0) {
      onode.extents.punch(op.offset(), op.offset() + op.length(), group.blobs());
      onode.size = Math.max(onode.size, op.offset() + op.length());
    }
  }

  private static void truncate(CommitGroup group, Onode onode, long size) {
    onode.extents.punch(size, Long.MAX_VALUE, group.blobs());
    onode.size = size;
  }

  private static void cloneRange(CommitGroup group, Transaction.CloneRange op) {
    long end = op.sourceOffset() + op.length();
    List<Extent> shared =
        group.seen(op.source()).extents.overlapping(op.sourceOffset(), end).stream()
            .map(extent -> extent.cut(op.sourceOffset(), end))
            .map(part -> part.at(part.offset() - op.sourceOffset() + op.targetOffset()))
            .toList();
    Onode target = group.made(op.target());
    if (op.length() > 0) {
      target.extents.punch(op.targetOffset(), op.targetOffset() + op.length(), group.blobs());
      shared.forEach(extent -> target.extents.put(extent, group.blobs()));
      target.size = Math.max(target.size, op.targetOffset() + op.length());
    }
  }

  private static void omapSet(CommitGroup group, Transaction.OmapSet op) {
    Onode onode = group.made(op.object());
    onode.omap = true;
    group.omap().set(onode.node, op.key(), op.value());
  }

  private static void omapClear(CommitGroup group, Transaction.OmapClear op) {
    Onode onode = group.found(op.object());
    if (onode != null) {
      onode.omapHeader = new byte[0];
      if (onode.omap) {
        group.omap().clear(onode.node);
        onode.omap = false;
      }
    }
  }
}
