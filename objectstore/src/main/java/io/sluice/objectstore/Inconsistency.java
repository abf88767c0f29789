package io.sluice.objectstore;

import java.util.Locale;

/**
 * What can be wrong with a store whose database opens; the name is what {@code fsck} prints.
 *
 * <p>Repairable is what loses nothing: space and keys that no object refers to, and counts that
 * follow from the objects. Everything else needs another copy of the object.
 */
public enum Inconsistency {
  /** A key that begins with a letter nobody writes. */
  STRAY_KEY(false),
  /** A key of a known kind that does not decode, or not to itself. */
  BAD_KEY(false),
  BAD_COLLECTION(false),
  BAD_ONODE(false),
  BAD_BLOB(false),
  BAD_CHECKSUM_RECORD(false),
  /** The record of the ids given so far is missing or damaged. */
  BAD_ID_CEILING(false),
  /** An id in use that would be given again. */
  ID_ABOVE_CEILING(true),
  /** A collection with other objects or bytes than its record says. */
  WRONG_USAGE(true),
  /** An object in a collection that does not exist. */
  NO_COLLECTION(false),
  /** Two objects with one node id share their omap. */
  SHARED_NODE(false),
  EXTENTS_OVERLAP(false),
  EXTENT_BEYOND_SIZE(false),
  EXTENT_BEYOND_BLOB(false),
  MISSING_BLOB(false),
  /** A blob with another number of references than extents that point to it. */
  WRONG_REFERENCES(true),
  /** A blob, and its blocks, to which nothing points. */
  LEAKED_BLOB(true),
  /** Blocks that two blobs have. */
  BLOCKS_USED_TWICE(false),
  BLOCKS_OUTSIDE(false),
  /** A blob with more or fewer blocks than its bytes need. */
  WRONG_BLOB_LENGTH(false),
  MISSING_CHECKSUMS(false),
  WRONG_CHECKSUM_COUNT(false),
  MISSING_INLINE_BYTES(false),
  DAMAGED_INLINE_BYTES(false),
  WRONG_INLINE_LENGTH(false),
  STRAY_CHECKSUMS(true),
  STRAY_INLINE_BYTES(true),
  /** An omap key under a node that no object has. */
  DANGLING_OMAP(true),
  /** An omap key of an object that says it has none. */
  UNMARKED_OMAP(false),
  /** Deep: bytes on disk that do not match their checksum. */
  WRONG_CHECKSUM(false),
  /** Deep: blocks that the disk does not give back. */
  UNREADABLE_BLOCKS(false);

  private final boolean repairable;

  Inconsistency(boolean repairable) {
    this.repairable = repairable;
  }

  public boolean repairable() {
    return repairable;
  }

  /** With hyphens, as it is printed. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
