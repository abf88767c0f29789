package io.sluice.objectstore;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;

/**
 * What the store knows of one object: size, where its bytes are, attributes. One RocksDB value.
 *
 * <pre>
 * u8 struct_v 2 | u8 struct_compat 1, or 2 when the last line says anything | le32 length of the rest
 *   | le64 incompatible features, 0 | le64 node id | le64 size in bytes | u8 1 = may have omap keys
 *   | le32 n | n x { le64 offset | le64 length | le64 blob id | le64 offset in blob }
 *   | le32 n | n x { le32 length, name in UTF-8 | le32 length, value }
 *   | le32 length, omap header | le64 expected size | le64 expected write size | le32 hint flags
 * </pre>
 *
 * <p><b>Invariants:</b> no extent reaches beyond {@code size}; the node id is never used again for
 * another object, so omap keys under it cannot come back to life. <b>Threads:</b> once committed
 * nobody changes it; the committer changes copies.
 */
final class Onode {
  private static final int STRUCT_V = 2;
  private static final byte[] NO_HEADER = new byte[0];
  private static final int EXTENT_BYTES = 32;

  final long node;
  final ExtentMap extents;
  final Attributes attrs;
  long size;
  boolean omap;

  /** Beside the omap's keys; empty = none. Nobody changes the bytes. */
  byte[] omapHeader = NO_HEADER;

  AllocHint hint = AllocHint.NONE;

  Onode(long node) {
    this(node, new ExtentMap(), new Attributes());
  }

  private Onode(long node, ExtentMap extents, Attributes attrs) {
    this.node = node;
    this.extents = extents;
    this.attrs = attrs;
  }

  /** One that may be changed. Values of attributes are shared: nobody changes those. */
  Onode copy() {
    return copyFor(node);
  }

  /**
   * The same content under another node id. Its extents count as references once more, its omap
   * keys are still under this node: the caller's to care for.
   */
  Onode copyFor(long otherNode) {
    Onode copy = new Onode(otherNode, extents.copy(), attrs.copy());
    copy.size = size;
    copy.omap = omap;
    copy.omapHeader = omapHeader;
    copy.hint = hint;
    return copy;
  }

  byte[] encode() {
    Encoder to = new Encoder(64 + extents.all().size() * EXTENT_BYTES + attrs.size() * 64);
    int mark = to.begin(STRUCT_V, omapHeader.length > 0 || !hint.equals(AllocHint.NONE) ? 2 : 1);
    to.le64(0).le64(node).le64(size).bool(omap);
    to.list(
        extents.all(),
        (encoder, extent) ->
            encoder
                .le64(extent.offset())
                .le64(extent.length())
                .le64(extent.blob())
                .le64(extent.blobOffset()));
    to.le32(attrs.size());
    attrs.forEach((name, value) -> to.string(name).blob(value));
    to.blob(omapHeader).le64(hint.objectBytes()).le64(hint.writeBytes()).le32(hint.flags());
    return to.end(mark).toByteArray();
  }

  /**
   * @throws MalformedInputException when the bytes are damaged or of a newer version
   */
  static Onode decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(STRUCT_V, "onode");
    long incompatible = from.le64();
    if (incompatible != 0) {
      throw new MalformedInputException(
          "onode with unknown features " + Long.toHexString(incompatible));
    }
    Onode onode = new Onode(from.le64());
    onode.size = from.le64();
    onode.omap = from.bool();
    for (int left = from.count(EXTENT_BYTES); left > 0; left--) {
      long offset = from.le64();
      long length = from.le64();
      long blob = from.le64();
      onode.extents.add(extent(offset, length, blob, from.le64()));
    }
    for (int left = from.count(8); left > 0; left--) {
      String name = from.string();
      onode.attrs.put(name, from.blob());
    }
    if (struct.version() >= 2) {
      onode.omapHeader = from.blob();
      long objectBytes = from.le64();
      long writeBytes = from.le64();
      onode.hint = new AllocHint(objectBytes, writeBytes, from.le32());
    }
    from.end(struct);
    return onode;
  }

  private static Extent extent(long offset, long length, long blob, long blobOffset) {
    try {
      return new Extent(offset, length, blob, blobOffset);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("onode with a damaged extent: " + e.getMessage());
    }
  }

  /** Roughly what it takes in memory, in bytes. */
  int weight() {
    return 200 + omapHeader.length + extents.size() * 120 + attrs.weight();
  }

  @Override
  public String toString() {
    return "onode[" + node + " " + size + " bytes, " + extents.all().size() + " extents]";
  }
}
