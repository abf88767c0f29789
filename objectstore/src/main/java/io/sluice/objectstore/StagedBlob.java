package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumVector;
import java.util.List;

/**
 * A staged write of a {@link DiskStore}: extents that no object refers to, and bytes on their way
 * into them.
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

  private final Owner owner;
  private final long length;
  private final List<DiskExtent> extents;
  private Progress progress = Progress.WRITING;
  private Fate fate = Fate.FREE;
  private ChecksumVector checksums;
  private long number;

  StagedBlob(Owner owner, long length, List<DiskExtent> extents) {
    this.owner = owner;
    this.length = length;
    this.extents = extents;
  }

  @Override
  public long length() {
    return length;
  }

  List<DiskExtent> extents() {
    return extents;
  }

  /** All bytes are on disk, though not flushed. */
  void written(ChecksumVector vector, long blobNumber) {
    boolean dropped;
    synchronized (this) {
      progress = Progress.WRITTEN;
      checksums = vector;
      number = blobNumber;
      dropped = fate == Fate.ABORTED;
    }
    if (dropped) {
      owner.release(this);
    }
  }

  /** The store stops; nothing waits for this any more. */
  synchronized void failed() {
    progress = Progress.FAILED;
  }

  synchronized boolean isWritten() {
    return progress == Progress.WRITTEN;
  }

  /** Number of the write, for {@link DataFiles#isFlushed}. */
  synchronized long number() {
    return number;
  }

  synchronized ChecksumVector checksums() {
    return checksums;
  }

  /** Into a transaction. */
  synchronized void claim() {
    if (fate != Fate.FREE) {
      throw new IllegalStateException(
          "staged write of " + length + " bytes used twice, it is " + fate);
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
    boolean writing;
    synchronized (this) {
      if (fate != Fate.FREE) {
        throw new IllegalStateException(
            "staged write of " + length + " bytes aborted, it is " + fate);
      }
      fate = Fate.ABORTED;
      writing = progress != Progress.WRITTEN;
    }
    if (!writing) {
      owner.release(this);
    }
  }

  @Override
  public synchronized String toString() {
    return "staged[" + length + " bytes " + progress + " " + fate + "]";
  }
}
