package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Makes the {@link ChecksumVector} of a run of bytes that arrives in pieces of any size: a block
 * that spans two pieces is carried over.
 *
 * <p><b>Threads:</b> one owner.
 */
public final class ChecksumScanner {
  private static final int BLOCK = ChecksumVector.BLOCK;

  private final CRC32C block = new CRC32C();
  private int[] crcs;
  private int blocks;
  private int inBlock;

  /**
   * @param expectedBytes a guess that saves growing
   */
  public ChecksumScanner(long expectedBytes) {
    crcs = new int[Math.max(1, Math.toIntExact((expectedBytes + BLOCK - 1) / BLOCK))];
  }

  /** The next bytes: the remaining ones of the buffer, whose position does not move. */
  public ChecksumScanner update(ByteBuffer bytes) {
    ByteBuffer from = bytes.duplicate();
    int end = from.limit();
    while (from.position() < end) {
      int count = Math.min(BLOCK - inBlock, end - from.position());
      block.update(from.limit(from.position() + count));
      inBlock += count;
      if (inBlock == BLOCK) {
        endBlock();
      }
    }
    return this;
  }

  /** Bytes seen so far. */
  public long length() {
    return (long) blocks * BLOCK + inBlock;
  }

  private void endBlock() {
    if (blocks == crcs.length) {
      crcs = Arrays.copyOf(crcs, crcs.length * 2);
    }
    crcs[blocks++] = Crc32c.seeded(Crc32c.SEED, block, inBlock);
    block.reset();
    inBlock = 0;
  }

  /** The checksums of the whole blocks seen so far; the scanner goes on. */
  public ChecksumVector whole() {
    return new ChecksumVector((long) blocks * BLOCK, Arrays.copyOf(crcs, blocks));
  }

  /** The checksums of everything seen; the scanner begins anew. */
  public ChecksumVector finish() {
    long length = length();
    if (inBlock > 0) {
      endBlock();
    }
    ChecksumVector vector = new ChecksumVector(length, Arrays.copyOf(crcs, blocks));
    blocks = 0;
    return vector;
  }
}
