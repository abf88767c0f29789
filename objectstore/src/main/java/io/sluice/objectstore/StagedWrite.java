package io.sluice.objectstore;

/**
 * Bytes on their way into fresh extents that no object refers to yet.
 *
 * <p>Put into exactly one {@link Transaction}, or aborted: its extents then return to the free
 * space and leave no trace.
 */
public interface StagedWrite {
  /** Bytes. */
  long length();

  /** Gives up the bytes. Also allowed while they are still being written. */
  void abort();
}
