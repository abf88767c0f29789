package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumVector;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * A staged write of a {@link DiskStore}: extents that no object refers to, and bytes on their way
 * into them, in one piece or many.
 *
 * <pre>
 * WRITING --> WRITTEN          fate: FREE --> IN_TRANSACTION (at commit)
 *         \-> FAILED                \----\-> ABORTED        (extents freed once nobody writes to them)
 * </pre>
 *
 * <p><b>Threads:</b> any.
 */
final class StagedBlob implements StagedWrite {
  private enum Progress {
    WRITING,
    WRITTEN,
    FAILED
  }

  private enum Fate {
    FREE,
    IN_TRANSACTION,
    ABORTED
  }

  /** What a staged write tells its store. */
  interface Owner {
    /** Nobody will read or write these any more, and they were never committed. */
    void release(StagedBlob blob);
  }

  private static final int BLOCK = DiskExtent.BLOCK;

  private final Owner owner;
  private final long length;
  private final List<DiskExtent> extents;
  private final int[] crcs;
  private Progress progress = Progress.WRITING;
  private Fate fate = Fate.FREE;
  private long appended;
  private int piecesWriting;
  private long number;

  StagedBlob(Owner owner, long length, List<DiskExtent> extents) {
    this.owner = owner;
    this.length = length;
    this.extents = extents;
    this.crcs = new int[Math.toIntExact((length + BLOCK - 1) / BLOCK)];
  }

  /** The blob that a {@link DiskStore} made, however its bytes came. */
  static StagedBlob of(StagedWrite write) {
    return write instanceof GrowingBlob growing ? growing.blob() : (StagedBlob) write;
  }

  @Override
  public long length() {
    return length;
  }

  List<DiskExtent> extents() {
    return extents;
  }

  /**
   * A piece is about to be written.
   *
   * @return where in the blob it goes; -1 when the blob is aborted and the piece is to be dropped
   */
  synchronized long beginPiece(long bytes) {
    boolean fits = bytes <= length - appended;
    boolean whole = bytes % BLOCK == 0 || appended + bytes == length;
    if (!fits || !whole) {
      throw new IllegalArgumentException(
          "a piece of " + bytes + " bytes after " + appended + " of " + length);
    }
    if (fate == Fate.ABORTED) {
      return -1;
    }
    long at = appended;
    appended += bytes;
    piecesWriting++;
    return at;
  }

  /**
   * A piece is on disk, though not flushed.
   *
   * @return true when it was the last of the blob: {@link #written} is to follow
   */
  boolean pieceWritten(long at, ChecksumVector vector) {
    boolean dropped;
    boolean complete;
    synchronized (this) {
      System.arraycopy(vector.crcs(), 0, crcs, (int) (at / BLOCK), vector.crcs().length);
      piecesWriting--;
      dropped = fate == Fate.ABORTED && piecesWriting == 0;
      complete = fate != Fate.ABORTED && piecesWriting == 0 && appended == length;
    }
    if (dropped) {
      owner.release(this);
    }
    return complete;
  }

  /** All bytes are on disk, though not flushed. */
  synchronized void written(long blobNumber) {
    progress = Progress.WRITTEN;
    number = blobNumber;
  }

  /** The store stops; nothing waits for this any more. */
  synchronized void failed() {
    progress = Progress.FAILED;
  }

  synchronized boolean isWritten() {
    return progress == Progress.WRITTEN;
  }

  /** True when a flush made all of its bytes durable. */
  synchronized boolean isFlushed(LongPredicate flushed) {
    return progress == Progress.WRITTEN && flushed.test(number);
  }

  /** Number of the write, for {@link DataFiles#isFlushed}. */
  synchronized long number() {
    return number;
  }

  /** Of all blocks, once it is written. */
  synchronized ChecksumVector checksums() {
    return new ChecksumVector(length, crcs);
  }

  /** Into a transaction. */
  synchronized void claim() {
    if (fate != Fate.FREE) {
      throw new IllegalStateException(
          "staged write of " + length + " bytes used twice, it is " + fate);
    }
    if (appended < length) {
      throw new IllegalStateException(
          "staged write of " + length + " bytes used with only " + appended + " of them there");
    }
    fate = Fate.IN_TRANSACTION;
  }

  /** Its transaction was refused, after everything was written. */
  void refused() {
    synchronized (this) {
      fate = Fate.ABORTED;
    }
    owner.release(this);
  }

  @Override
  public void abort() {
    boolean idle;
    synchronized (this) {
      if (fate != Fate.FREE) {
        throw new IllegalStateException(
            "staged write of " + length + " bytes aborted, it is " + fate);
      }
      fate = Fate.ABORTED;
      idle = piecesWriting == 0 && progress != Progress.FAILED;
    }
    if (idle) {
      owner.release(this);
    }
  }

  @Override
  public synchronized String toString() {
    return "staged[" + appended + " of " + length + " bytes " + progress + " " + fate + "]";
  }
}
