package io.sluice.bufferlist;

/**
 * Says how much of a pipe to splice into an O_DIRECT file next, so that only the blocks that it
 * cannot take are read.
 *
 * <p>Such a splice takes only page fragments that begin and end on the disk's alignment; one bad
 * fragment in the range makes all of it EINVAL, with nothing consumed. So a refused range is halved
 * until its good head goes through, and the block that is bad by itself is read into memory.
 * Segments that were cut inside a page come in rows, as many pages apart as the last two: after a
 * bad block as much is tried as was good before it, then the block behind by itself.
 *
 * <p>After {@value #BAD_BLOCKS_MAX} bad blocks, and one more for every {@value #GOOD_BYTES} bytes
 * that went, the rest of the pipe is to be read: its sender does not align at all. Counted as
 * fallbacks: {@code splice_einval} a bad block, {@code pipe_read} a pipe given up.
 *
 * <p><b>Threads:</b> one owner.
 */
public final class BadBlockFinder {
  private static final int BAD_BLOCKS_MAX = 4;

  /** To read them costs about as much as to find the one bad block among them. */
  private static final int GOOD_BYTES = 16 << 10;

  private final int block;
  private int badBlocks;
  private boolean givenUp;

  /** Bytes that went since the last bad block, and between the two before; 0 = not known. */
  private long sinceBad;

  private long stride;
  private long gone;

  /** Bytes from the head of the pipe among which there is a bad one; 0 = none known. */
  private long suspect;

  /**
   * @param block bytes
   */
  public BadBlockFinder(int block) {
    this.block = block;
  }

  /** Another pipe. */
  public void begin() {
    badBlocks = 0;
    givenUp = false;
    sinceBad = 0;
    stride = 0;
    gone = 0;
    suspect = 0;
  }

  /** The rest of the pipe is to be read. */
  public boolean givenUp() {
    return givenUp;
  }

  /**
   * Bytes to try.
   *
   * @param whole what there is, up to a block boundary
   * @param toBoundary from the head of the pipe to the first one; a whole block when it is on one
   */
  public long next(long whole, long toBoundary) {
    return Math.min(whole, suspect > 0 ? firstHalf(toBoundary) : likely(whole, toBoundary));
  }

  /** Rounded up to a block boundary, so that only whole blocks end in memory. */
  private long firstHalf(long toBoundary) {
    long half = Math.max(0, suspect / 2 - toBoundary);
    return Math.min(suspect, toBoundary + half / block * block);
  }

  /** Up to where the next bad block is to be expected, that block by itself, or all. */
  private long likely(long whole, long toBoundary) {
    if (stride == 0 || sinceBad > stride) {
      return whole;
    }
    long left = (stride - sinceBad) / block * block;
    return left > 0 ? left : toBoundary;
  }

  /** So many bytes went. */
  public void moved(long bytes) {
    suspect = Math.max(0, suspect - bytes);
    sinceBad += bytes;
    gone += bytes;
  }

  /** So many were tried, and refused with EINVAL. */
  public void refused(long tried) {
    suspect = tried;
  }

  /** What is left of the block at the head is bad, and to be read. */
  public boolean headIsBad(long toBoundary) {
    return suspect > 0 && suspect <= toBoundary;
  }

  /**
   * The bad block at the head is read.
   *
   * @param meter counts it
   */
  public void skipHead(CopyMeter meter) {
    badBlocks++;
    givenUp = badBlocks >= BAD_BLOCKS_MAX + gone / GOOD_BYTES;
    meter.fallback(givenUp ? "pipe_read" : "splice_einval");
    suspect = 0;
    stride = sinceBad;
    sinceBad = 0;
  }

  @Override
  public String toString() {
    return "BadBlockFinder["
        + badBlocks
        + " bad of "
        + gone
        + " bytes"
        + (givenUp ? ", given up]" : "]");
  }
}
