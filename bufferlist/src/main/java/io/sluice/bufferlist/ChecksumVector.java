package io.sluice.bufferlist;

import java.util.Arrays;

/**
 * CRC-32C (seed -1) of each {@value #BLOCK}-byte block of a run of bytes, the last block possibly
 * short.
 *
 * <p>Travels beside the bytes, so that whoever needs their checksum need not read them.
 *
 * @param length bytes covered
 * @param crcs one per started block, in order
 */
public record ChecksumVector(long length, int[] crcs) {
  public static final int BLOCK = 4096;

  public ChecksumVector {
    if (length < 0 || crcs.length != (length + BLOCK - 1) / BLOCK) {
      throw new IllegalArgumentException(crcs.length + " checksums for " + length + " bytes");
    }
  }

  /** The checksum of the whole run, from the blocks' alone. */
  public int combined(int seed) {
    int crc = seed;
    long left = length;
    for (int block : crcs) {
      long count = Math.min(BLOCK, left);
      crc = Crc32c.concat(crc, block, count);
      left -= count;
    }
    return crc;
  }

  /**
   * Of the bytes {@code [from, from+count)} alone.
   *
   * @param from on a block boundary
   * @param count whole blocks, or up to the end
   */
  public ChecksumVector slice(long from, long count) {
    boolean whole = from % BLOCK == 0 && (count % BLOCK == 0 || from + count == length);
    if (!whole || from < 0 || count < 0 || from + count > length) {
      throw new IllegalArgumentException(from + "+" + count + " of " + this);
    }
    int first = (int) (from / BLOCK);
    int blocks = (int) ((count + BLOCK - 1) / BLOCK);
    return new ChecksumVector(count, Arrays.copyOfRange(crcs, first, first + blocks));
  }

  /** Reads the bytes, once. */
  public static ChecksumVector of(byte[] bytes, int offset, int length) {
    int[] crcs = new int[(length + BLOCK - 1) / BLOCK];
    for (int i = 0; i < crcs.length; i++) {
      int from = i * BLOCK;
      crcs[i] = Crc32c.update(Crc32c.SEED, bytes, offset + from, Math.min(BLOCK, length - from));
    }
    return new ChecksumVector(length, crcs);
  }

  /** {@code le64 length | le32 count | count x le32}. */
  public void encode(Encoder to) {
    to.le64(length).le32(crcs.length);
    for (int crc : crcs) {
      to.le32(crc);
    }
  }

  /** As {@link #encode} wrote it; MalformedInputException when it was not that. */
  public static ChecksumVector decode(Decoder from) {
    long length = from.le64();
    int[] crcs = new int[from.count(4)];
    for (int i = 0; i < crcs.length; i++) {
      crcs[i] = from.le32();
    }
    if (length < 0 || crcs.length != (length + BLOCK - 1) / BLOCK) {
      throw new MalformedInputException(crcs.length + " checksums for " + length + " bytes");
    }
    return new ChecksumVector(length, crcs);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChecksumVector that
        && length == that.length
        && Arrays.equals(crcs, that.crcs);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(length) * 31 + Arrays.hashCode(crcs);
  }

  @Override
  public String toString() {
    return "ChecksumVector[" + length + " bytes, " + crcs.length + " blocks]";
  }
}
