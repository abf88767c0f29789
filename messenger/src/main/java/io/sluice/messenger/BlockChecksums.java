package io.sluice.messenger;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Crc32c;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Checksums bytes as they arrive, by blocks of {@value ChecksumVector#BLOCK}, so that the same look at a hot
 * byte serves the frame's checksum and the stored one.
 */
final class BlockChecksums {
  private final int[] crcs;
  private final long length;
  private final CRC32C block = new CRC32C();
  private int inBlock;
  private int blocks;

  BlockChecksums(long length) {
    this.length = length;
    this.crcs = new int[Math.toIntExact((length + ChecksumVector.BLOCK - 1) / ChecksumVector.BLOCK)];
  }

  /** The remaining bytes of {@code bytes}, whose position moves to its limit. */
  void update(ByteBuffer bytes) {
    int end = bytes.limit();
    while (bytes.position() < end) {
      int count = Math.min(ChecksumVector.BLOCK - inBlock, end - bytes.position());
      bytes.limit(bytes.position() + count);
      block.update(bytes);
      inBlock += count;
      if (inBlock == ChecksumVector.BLOCK) {
        finishBlock();
      }
    }
  }

  private void finishBlock() {
    crcs[blocks++] = ~(int) block.getValue();
    block.reset();
    inBlock = 0;
  }

  /** Once all bytes have come. */
  ChecksumVector vector() {
    if (inBlock > 0) {
      finishBlock(); // the short one at the end
    }
    return new ChecksumVector(length, crcs);
  }

  /** Once all bytes have come: of the whole, seed {@link Crc32c#SEED}. */
  int combined() {
    return vector().combined(Crc32c.SEED);
  }
}
