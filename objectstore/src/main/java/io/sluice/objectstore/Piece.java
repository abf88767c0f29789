package io.sluice.objectstore;

/** A run of the bytes that a read asks for, and where they are. */
sealed interface Piece {
  /** Bytes. */
  long length();

  /** Zeros that nobody stored. */
  record Hole(long length) implements Piece {}

  /** Bytes that lay in the metadata. */
  record Inline(byte[] bytes) implements Piece {
    @Override
    public long length() {
      return bytes.length;
    }
  }

  /**
   * Bytes of a blob in the data files.
   *
   * @param blob its id
   */
  record OnDisk(long blob, BlobReader.Range range) implements Piece {
    @Override
    public long length() {
      return range.length();
    }
  }
}
