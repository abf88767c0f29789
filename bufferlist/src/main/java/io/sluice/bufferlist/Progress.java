package io.sluice.bufferlist;

/** How a move that can be resumed stands. */
public enum Progress {
  /** Every byte has moved. */
  DONE,
  /** The other side has nothing, or no room, now: go on when it is ready. */
  WAIT,
  /** More can move at once: the bound of this call was reached. */
  MORE,
  /** The source has ended before all bytes came; what came can be claimed. */
  ENDED
}
