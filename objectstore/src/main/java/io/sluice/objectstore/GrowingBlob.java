package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;

/**
 * A blob of a {@link DiskStore} whose bytes come in pieces.
 *
 * @param appender what brings a piece to disk
 */
record GrowingBlob(StagedBlob blob, Appender appender) implements GrowingWrite {
  /** Takes the piece over. */
  interface Appender {
    void append(StagedBlob blob, BufferList piece, ChecksumVector checksums);
  }

  @Override
  public void claimAppend(BufferList piece, ChecksumVector checksums) {
    if (checksums != null && checksums.length() != piece.length()) {
      long length = piece.length();
      piece.close();
      throw new IllegalArgumentException(
          "checksums of " + checksums.length() + " bytes for " + length);
    }
    appender.append(blob, piece, checksums);
  }

  @Override
  public long length() {
    return blob.length();
  }

  @Override
  public void abort() {
    blob.abort();
  }
}
