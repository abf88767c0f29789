package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;

/**
 * Takes a run of payload piece by piece, while the rest of it is still on its way.
 *
 * <p><b>Invariants:</b> what was taken counts for nothing before the message has reached the
 * dispatcher, which it does only when all its checksums held; pieces come in order, all but the
 * last in whole 4 KiB blocks.
 *
 * <p><b>Threads:</b> the connection's loop.
 */
public interface PieceSink {
  /**
   * The next bytes, taken over. Whoever cannot take more for now pauses the connection: at most one
   * more piece comes, and only if it is the one being received.
   *
   * @param checksums of the blocks: computed on the way, or what the sender says of them
   */
  void claimPiece(BufferList piece, ChecksumVector checksums);

  /**
   * The message will not come, or whoever got it has closed it: nothing may stay of what was taken.
   * Does nothing once somebody has taken the payload over from the message.
   */
  void abort();
}
