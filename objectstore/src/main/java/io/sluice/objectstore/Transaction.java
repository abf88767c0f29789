package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to one collection that become durable together, or not at all.
 *
 * <p>Operations apply in the order in which they were added. Writing (data, zeros, a size, an
 * attribute, an omap pair) creates the object where it is absent; creating what exists and removing
 * what does not changes nothing. An operation on an object in a collection that does not exist, and
 * a staged write used twice, are bugs of the caller and end the daemon.
 */
public final class Transaction {
  /** One change. */
  public sealed interface Op {}

  public record CreateCollection() implements Op {}

  /** With all its objects. */
  public record RemoveCollection() implements Op {}

  /** Creates the object when absent. */
  public record Touch(ObjectId object) implements Op {}

  /** Writes at {@code offset}, creating the object when absent; a gap before it reads as zeros. */
  public record Write(ObjectId object, long offset, StagedWrite data) implements Op {}

  /**
   * Small bytes that go into the metadata batch itself; see {@link ObjectStore#INLINE_BYTES}.
   *
   * @param data at most {@link #BYTES_MAX}; nobody changes them any more
   */
  public record WriteInline(ObjectId object, long offset, byte[] data) implements Op {
    /** A bound on what one batch is made to carry. */
    public static final int BYTES_MAX = 1 << 20;

    public WriteInline {
      if (data.length > BYTES_MAX) {
        throw new IllegalArgumentException(data.length + " bytes inline, of at most " + BYTES_MAX);
      }
    }
  }

  /**
   * Reads as zeros afterwards; does not grow the object beyond {@code offset+length}, but to there.
   */
  public record Zero(ObjectId object, long offset, long length) implements Op {}

  public record Truncate(ObjectId object, long size) implements Op {}

  /** With its attributes and omap; absent is allowed. */
  public record Remove(ObjectId object) implements Op {}

  public record SetAttr(ObjectId object, String name, byte[] value) implements Op {}

  /** Absent is allowed. */
  public record RemoveAttr(ObjectId object, String name) implements Op {}

  public record RemoveAttrs(ObjectId object) implements Op {}

  public record OmapSet(ObjectId object, byte[] key, byte[] value) implements Op {}

  public record OmapRemove(ObjectId object, byte[] key) implements Op {}

  /** Keys in {@code [first, end)}, compared as unsigned bytes. */
  public record OmapRemoveRange(ObjectId object, byte[] first, byte[] end) implements Op {}

  public record OmapClear(ObjectId object) implements Op {}

  private final CollectionId collection;
  private final List<Op> ops = new ArrayList<>();

  public Transaction(CollectionId collection) {
    this.collection = collection;
  }

  public Transaction add(Op op) {
    ops.add(op);
    return this;
  }

  public CollectionId collection() {
    return collection;
  }

  public List<Op> ops() {
    return List.copyOf(ops);
  }

  @Override
  public String toString() {
    return "Transaction[" + collection + " " + ops + "]";
  }
}
