package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes to one collection that become durable together, or not at all.
 *
 * <p>Operations apply in the order in which they were added. Writing (data, zeros, a size, an
 * attribute, omap, a hint) creates the object where it is absent; creating what exists and removing
 * what does not changes nothing. Writing no bytes changes no size.
 *
 * <p><b>Refused</b> as a whole, before anything is applied, with a {@link StoreException}: an
 * operation in a collection that does not exist (NO_COLLECTION); cloning or renaming an object that
 * does not exist (NOT_FOUND); renaming to one that does (EXISTS). A staged write used twice is a
 * bug of the caller, and thrown at once.
 *
 * <p>A few operations name a second collection: the transaction then has its place in the order of
 * both.
 */
public final class Transaction {
  /** One change. */
  public sealed interface Op {
    /** Roughly what it holds in memory while it waits, in bytes. */
    default int weight() {
      return OP_WEIGHT;
    }
  }

  /** Operations that carry a staged write. */
  public sealed interface Staging {
    StagedWrite data();
  }

  /** Operations on two collections: the transaction's own and this one. */
  public sealed interface TwoCollections {
    CollectionId other();
  }

  public record CreateCollection() implements Op {}

  /** With all its objects. */
  public record RemoveCollection() implements Op {}

  /**
   * Moves the objects whose hash has {@code remainder} in its lowest {@code bits} bits to another
   * collection, which exists; each replaces one of the same id there.
   */
  public record SplitCollection(int bits, int remainder, CollectionId other)
      implements Op, TwoCollections {
    public SplitCollection {
      if (bits < 0 || bits > 31 || remainder >>> bits != 0) {
        throw new IllegalArgumentException("split by " + bits + " bits of " + remainder);
      }
    }

    boolean moves(ObjectId object) {
      return (object.hash() & (1 << bits) - 1) == remainder;
    }
  }

  /**
   * Moves all objects of another collection here, each in place of one of the same id; removes it.
   */
  public record MergeCollection(CollectionId other) implements Op, TwoCollections {}

  /** Creates the object when absent. */
  public record Touch(ObjectId object) implements Op {}

  /** Writes at {@code offset}, creating the object when absent; a gap before it reads as zeros. */
  public record Write(ObjectId object, long offset, StagedWrite data) implements Op, Staging {
    public Write {
      checkRange(offset, data.length());
    }
  }

  /**
   * Small bytes that go into the metadata batch itself; see {@link ObjectStore#INLINE_BYTES}.
   *
   * @param data at most {@link #BYTES_MAX}; nobody changes them any more
   */
  public record WriteInline(ObjectId object, long offset, byte[] data) implements Op {
    /** A bound on what one batch is made to carry. */
    public static final int BYTES_MAX = 1 << 20;

    public WriteInline {
      checkRange(offset, data.length);
      if (data.length > BYTES_MAX) {
        throw new IllegalArgumentException(data.length + " bytes inline, of at most " + BYTES_MAX);
      }
    }

    @Override
    public int weight() {
      return OP_WEIGHT + data.length;
    }
  }

  /** Replaces all bytes of the object; attributes and omap stay. */
  public record WriteFull(ObjectId object, StagedWrite data) implements Op, Staging {}

  /** Writes at what is the end of the object when the operation is applied. */
  public record Append(ObjectId object, StagedWrite data) implements Op, Staging {}

  /** {@link Append} of bytes as in {@link WriteInline}. */
  public record AppendInline(ObjectId object, byte[] data) implements Op {
    public AppendInline {
      new WriteInline(object, 0, data); // the same bound
    }

    @Override
    public int weight() {
      return OP_WEIGHT + data.length;
    }
  }

  /**
   * Reads as zeros afterwards; does not grow the object beyond {@code offset+length}, but to there.
   */
  public record Zero(ObjectId object, long offset, long length) implements Op {
    public Zero {
      checkRange(offset, length);
    }
  }

  public record Truncate(ObjectId object, long size) implements Op {
    public Truncate {
      checkRange(0, size);
    }
  }

  /** With its attributes and omap; absent is allowed. */
  public record Remove(ObjectId object) implements Op {}

  /**
   * Makes the target what the source is: bytes (shared, not copied), attributes, omap with header,
   * hint. What the target was before goes.
   */
  public record Clone(ObjectId source, ObjectId target) implements Op {}

  /**
   * Maps a range of the source's bytes, holes too, into the target at another offset; shared, not
   * copied. Beyond the end of the source there are zeros. The target is created when absent.
   */
  public record CloneRange(
      ObjectId source, ObjectId target, long sourceOffset, long length, long targetOffset)
      implements Op {
    public CloneRange {
      checkRange(sourceOffset, length);
      checkRange(targetOffset, length);
    }
  }

  /** Gives the object another id; the target must be absent. */
  public record Rename(ObjectId source, ObjectId target) implements Op {}

  /** {@link Rename} into another collection. */
  public record MoveTo(ObjectId source, CollectionId other, ObjectId target)
      implements Op, TwoCollections {}

  public record SetAttr(ObjectId object, String name, byte[] value) implements Op {
    @Override
    public int weight() {
      return OP_WEIGHT + value.length;
    }
  }

  /** Others stay. */
  public record SetAttrs(ObjectId object, Map<String, byte[]> attrs) implements Op {
    public SetAttrs {
      attrs = Map.copyOf(attrs);
    }

    @Override
    public int weight() {
      return OP_WEIGHT + attrs.values().stream().mapToInt(value -> OP_WEIGHT + value.length).sum();
    }
  }

  /** Absent is allowed. */
  public record RemoveAttr(ObjectId object, String name) implements Op {}

  public record RemoveAttrs(ObjectId object) implements Op {}

  public record OmapSet(ObjectId object, byte[] key, byte[] value) implements Op {
    @Override
    public int weight() {
      return OP_WEIGHT + key.length + value.length;
    }
  }

  public record OmapRemove(ObjectId object, byte[] key) implements Op {}

  /** Keys in {@code [first, end)}, compared as unsigned bytes. */
  public record OmapRemoveRange(ObjectId object, byte[] first, byte[] end) implements Op {}

  /** The header too. */
  public record OmapClear(ObjectId object) implements Op {}

  /** Bytes beside the keys; empty = none. Kept with the object itself, so for small ones. */
  public record OmapHeader(ObjectId object, byte[] header) implements Op {
    @Override
    public int weight() {
      return OP_WEIGHT + header.length;
    }
  }

  /** What the object is going to be; kept, and told in {@link ObjectStore.ObjectStat}. */
  public record SetAllocHint(ObjectId object, AllocHint hint) implements Op {}

  private static final int OP_WEIGHT = 128;

  private final CollectionId collection;
  private final Set<CollectionId> collections = new LinkedHashSet<>(2);
  private final List<Op> ops = new ArrayList<>();
  private Swap swap;
  private boolean readHere;

  public Transaction(CollectionId collection) {
    this.collection = collection;
    collections.add(collection);
  }

  private static void checkRange(long offset, long length) {
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw new IllegalArgumentException("range " + offset + "+" + length);
    }
  }

  public Transaction add(Op op) {
    if (op instanceof TwoCollections two) {
      if (two.other().equals(collection)) {
        throw new IllegalArgumentException("one collection twice: " + op);
      }
      collections.add(two.other());
    }
    ops.add(op);
    return this;
  }

  public CollectionId collection() {
    return collection;
  }

  /** Its own collection and those that some operation names: its place is in the order of each. */
  Set<CollectionId> collections() {
    return collections;
  }

  public List<Op> ops() {
    return List.copyOf(ops);
  }

  @Override
  public String toString() {
    return "Transaction[" + collection + " " + ops + "]";
  }

  /** Small writes of it are kept in memory: whoever asks for them next asks this store. */
  public Transaction readHere() {
    readHere = true;
    return this;
  }

  boolean isReadHere() {
    return readHere;
  }

  /** Also puts one blob in the place of some extents; refused when those have changed. */
  Transaction swapping(Swap what) {
    swap = what;
    return this;
  }

  /** Or null. */
  Swap swap() {
    return swap;
  }
}
