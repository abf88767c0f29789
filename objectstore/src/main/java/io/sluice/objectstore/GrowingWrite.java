package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;

/**
 * A staged write whose bytes come piece by piece; each goes to disk while the next is on its way.
 *
 * <p><b>Invariants:</b> all pieces but the last are whole 4 KiB blocks; a transaction takes it once
 * the last byte has been appended.
 *
 * <p><b>Threads:</b> one at a time; {@link #abort} any.
 */
public interface GrowingWrite extends StagedWrite {
  /**
   * The next bytes, taken over. After {@link #abort} they are dropped.
   *
   * @param checksums of their 4 KiB blocks where known; else null, the store reads the bytes
   * @throws IllegalArgumentException when they are more than are missing, or not whole blocks and
   *     not the last; they are closed then
   */
  void claimAppend(BufferList piece, ChecksumVector checksums);
}
