package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Crc32c;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The bytes that docs/objectstore.md draws: a store of today must be readable tomorrow. */
class FormatsTest {
  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Blanks are for the eye. */
  private static void assertBytes(byte[] found, String... expected) {
    assertThat(hex(found)).isEqualTo(String.join("", expected).replace(" ", ""));
  }

  @Test
  void shouldWriteTheSuperblockAsDrawn() {
    byte[] bytes =
        new Superblock(new UUID(1, 2), 5, new UUID(3, 4), true, 512, 0x1122_0000L, 0x3344_0000L)
            .encode();
    assertBytes(
        Arrays.copyOf(bytes, 94),
        hex("sluice objectstore\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
        "01 01 45000000",
        "0000000000000000",
        "0000000000000001 0000000000000002",
        "05000000",
        "0000000000000003 0000000000000004",
        "00100000 01 00020000",
        "0000221100000000 0000443300000000");
    assertThat(bytes).hasSize(98);
    int crc = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(94);
    assertThat(crc).isEqualTo(Crc32c.update(Crc32c.SEED, bytes, 0, 94));
  }

  @Test
  void shouldWriteKeysAsDrawn() {
    CollectionId collection = new CollectionId(new PgId(3, 5));
    ObjectId object = new ObjectId(3, "n", "", "a\0b", 1, 7, -1, -1);
    assertBytes(MetadataKeys.collection(collection), "43 8000000000000003 00000005");
    assertBytes(
        MetadataKeys.object(collection, object),
        "4f 8000000000000003 00000005",
        "80000000 8000000000000003 6e0000 0000 6100ff620000",
        "0000000000000007 ffffffffffffffff 7fffffff");
    assertBytes(MetadataKeys.omap(9, new byte[] {1}), "4d 0000000000000009 01");
    assertBytes(MetadataKeys.blob(9), "42 0000000000000009");
    assertBytes(MetadataKeys.checksums(9), "4b 0000000000000009");
    assertBytes(MetadataKeys.inline(9), "49 0000000000000009");
    assertBytes(MetadataKeys.state("ids"), "53 696473");
    assertBytes(MetadataKeys.state("copying"), "53 636f7079696e67");
  }

  @Test
  void shouldWriteACollectionAsDrawn() {
    assertBytes(
        CollectionRecord.encode(new ObjectStore.Usage(2, 300)),
        "02 01 10000000 0200000000000000 2c01000000000000");
  }

  @Test
  void shouldWriteAnOnodeAsDrawn() {
    Onode onode = new Onode(7);
    onode.size = 0x1000;
    onode.omap = true;
    onode.extents.add(new Extent(1, 2, 3, 4));
    onode.attrs.put("x", new byte[] {9});
    onode.omapHeader = new byte[] {8};
    onode.hint = new AllocHint(1, 2, 3);
    assertBytes(
        onode.encode(),
        "02 02 64000000 0000000000000000 0700000000000000 0010000000000000 01",
        "01000000 0100000000000000 0200000000000000 0300000000000000 0400000000000000",
        "01000000 01000000 78 01000000 09",
        "01000000 08 0100000000000000 0200000000000000 03000000");
  }

  @Test
  void shouldWriteABlobAsDrawn() {
    assertBytes(
        new Blob(5000, 2, List.of(new DiskExtent(4096, 8192))).encode(),
        "01 01 28000000 0000000000000000 8813000000000000 02000000",
        "01000000 0010000000000000 0020000000000000");
  }
}
