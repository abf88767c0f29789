package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.DecoderTarget;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.ObjectId;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Every decoder of what a store reads back from its disk. */
final class StoreDecoders {
  static final List<DecoderTarget> ALL =
      List.of(
          DecoderTarget.of("onode", bytes -> Onode.decode(bytes).encode(), onode()),
          DecoderTarget.of(
              "blob",
              bytes -> Blob.decode(bytes).encode(),
              new Blob(5000, 2, List.of(new DiskExtent(8192, 8192))).encode(),
              new Blob(5, 1, List.of()).encode()),
          DecoderTarget.of("superblock", StoreDecoders::superblock, superblock()),
          DecoderTarget.of(
              "object key",
              bytes -> ObjectKey.decode(bytes, 0),
              ObjectKey.of(ObjectId.head(3, "space", "key", "na\0me", 0x1234)).bytes()),
          DecoderTarget.of(
              "collection",
              CollectionRecord::decode,
              CollectionRecord.encode(new ObjectStore.Usage(3, 5000))),
          DecoderTarget.of(
              "checksums",
              bytes -> ChecksumVector.decode(new Decoder(bytes)).combined(Crc32c.SEED),
              checksums()),
          DecoderTarget.of("inline bytes", InlineBytes::matches, new byte[] {1, 2, 3, 4, 5}),
          DecoderTarget.of("manifest", RocksManifest::logNumber, manifest()));

  private StoreDecoders() {}

  private static byte[] onode() {
    Onode onode = new Onode(7);
    onode.size = 5000;
    onode.extents.add(new Extent(0, 4096, 3, 0));
    onode.extents.add(new Extent(4096, 904, 4, 0));
    onode.attrs.put("_", new byte[] {1, 2, 3});
    return onode.encode();
  }

  private static byte[] superblock() {
    return new Superblock(new UUID(1, 2), 3, new UUID(4, 5), true, 512, 1L << 30, 1L << 28)
        .encode();
  }

  private static byte[] checksums() {
    Encoder to = new Encoder();
    ChecksumVector.of(new byte[5000], 0, 5000).encode(to);
    return to.toByteArray();
  }

  /** One edit in one piece, and one in two: comparator, database id, numbers of logs. */
  private static byte[] manifest() {
    byte[] first = {1, 3, 'a', 'b', 'c', (byte) 0x81, 0x40, 1, 'd', 2, 9, 3, (byte) 0x80, 1, 99};
    byte[] second = {9, 1, 10, 0, (byte) 0xcb, 1, 5, 2, (byte) 0xac, 2};
    return new Encoder()
        .le32(0)
        .le16(first.length)
        .u8(1)
        .raw(first)
        .le32(0)
        .le16(4)
        .u8(2)
        .raw(Arrays.copyOf(second, 4))
        .le32(0)
        .le16(6)
        .u8(4)
        .raw(Arrays.copyOfRange(second, 4, 10))
        .toByteArray();
  }

  /** The checksum is made right, so that damage gets past it. */
  private static void superblock(byte[] bytes) {
    int end = Math.max(0, bytes.length - 4);
    byte[] body = Arrays.copyOf(bytes, end);
    int crc = Crc32c.update(Crc32c.SEED, body);
    Superblock.decode(new Encoder().raw(body).le32(crc).toByteArray());
  }
}
