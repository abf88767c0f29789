package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.B;
import static io.sluice.objectstore.ObjectStoreContract.OTHER;
import static io.sluice.objectstore.ObjectStoreContract.PG;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each inconsistency is found and named. Ids: A is node 1 with blob 2 on disk, B node 3 with blob 4
 * inline.
 */
@ExtendWith(NoLeaks.class)
class FsckTest {
  @TempDir Path dir;

  @BeforeEach
  void make() throws Exception {
    try (TestStore test = TestStore.create(dir, Linux.instance())) {
      test.apply(test.write(A, 0, ObjectStoreContract.bytes(50_000, 1)));
      test.apply(
          new Transaction.WriteInline(B, 10, new byte[20]),
          new Transaction.OmapSet(B, new byte[] {1}, new byte[] {1}));
    }
    assertThat(Fsck.check(dir, true, Linux.instance()))
        .isEqualTo(new Fsck.Report(1, 2, 2, 53_248, 50_000, List.of()));
  }

  private List<String> damaged(Consumer<MetadataBatch> damage) throws Exception {
    try (MetadataDb db = RocksMetadata.open(dir.resolve("db"), 1 << 20)) {
      MetadataBatch batch = new MetadataBatch();
      damage.accept(batch);
      db.write(batch);
    }
    return Fsck.check(dir, true, Linux.instance()).findings();
  }

  private static Onode onode(long node, long size, Extent... extents) {
    Onode onode = new Onode(node);
    onode.size = size;
    List.of(extents).forEach(onode.extents::add);
    return onode;
  }

  private static Blob blob(int references) {
    return new Blob(50_000, references, List.of(new DiskExtent(0, 53_248)));
  }

  @Test
  void shouldFindAWrongReferenceCount() throws Exception {
    assertThat(damaged(batch -> batch.put(MetadataKeys.blob(2), blob(2).encode())))
        .containsExactly("blob 2 counts 2 references, has 1");
  }

  @Test
  void shouldFindALeakedBlob() throws Exception {
    assertThat(damaged(batch -> batch.delete(MetadataKeys.object(PG, A))))
        .containsExactly("blob 2 counts 1 references, has 0 (leaked)");
  }

  @Test
  void shouldFindAMissingBlobAndWhatItLeft() throws Exception {
    assertThat(damaged(batch -> batch.delete(MetadataKeys.blob(2))))
        .containsExactly(
            "object " + A + " in " + PG + " at 0 refers to blob 2, which is not there",
            "checksums without their blob 2");
  }

  @Test
  void shouldFindMissingChecksumsAndInlineBytes() throws Exception {
    assertThat(
            damaged(
                batch -> batch.delete(MetadataKeys.checksums(2)).delete(MetadataKeys.inline(4))))
        .containsExactly("blob 2 has no checksums", "inline blob 4 has no bytes");
  }

  @Test
  void shouldFindADamagedInlineBlob() throws Exception {
    assertThat(damaged(batch -> batch.put(MetadataKeys.inline(4), new byte[24])))
        .containsExactly("inline blob 4 does not match its checksum");
  }

  @Test
  void shouldFindBlocksUsedTwice() throws Exception {
    Blob second = new Blob(4096, 1, List.of(new DiskExtent(4096, 4096)));
    byte[] checksums = checksumsOf(4096);
    Onode onode = onode(9, 4096, new Extent(0, 4096, 8, 0));
    List<String> found =
        damaged(
            batch ->
                batch
                    .put(MetadataKeys.blob(8), second.encode())
                    .put(MetadataKeys.checksums(8), checksums)
                    .put(MetadataKeys.object(PG, ObjectStoreContract.object("c")), onode.encode()));
    assertThat(found).hasSize(2);
    assertThat(found.get(0))
        .isEqualTo("blob 8: blocks 4096+4096 are used twice or lie outside the data files");
    assertThat(found.get(1)).startsWith("wrong checksum of blob 8 at 0");
  }

  private static byte[] checksumsOf(int length) {
    io.sluice.bufferlist.Encoder to = new io.sluice.bufferlist.Encoder();
    io.sluice.bufferlist.ChecksumVector.of(new byte[length], 0, length).encode(to);
    return to.toByteArray();
  }

  @Test
  void shouldFindExtentsThatDoNotFit() throws Exception {
    Onode onode =
        onode(1, 60_000, new Extent(0, 40_000, 2, 0), new Extent(30_000, 40_000, 2, 20_000));
    assertThat(damaged(batch -> batch.put(MetadataKeys.object(PG, A), onode.encode())))
        .containsExactly(
            "object " + A + " in " + PG + ": extents overlap at 30000",
            "object " + A + " in " + PG + " at 30000 refers beyond the end of blob 2",
            "object " + A + " in " + PG + " of 60000 bytes has extents to 70000",
            "blob 2 counts 1 references, has 2");
  }

  @Test
  void shouldFindStrays() throws Exception {
    byte[] stray = onode(3, 0).encode();
    assertThat(
            damaged(
                batch ->
                    batch
                        .put(MetadataKeys.object(OTHER, A), stray)
                        .put(MetadataKeys.omap(77, new byte[1]), new byte[1])
                        .put(MetadataKeys.omap(1, new byte[1]), new byte[1])
                        .put(MetadataKeys.inline(2), new byte[9])))
        .containsExactly(
            "object " + A + " in " + OTHER + ": no such collection",
            "object " + A + " in " + OTHER + " has the node id of another, 3",
            "omap key under node 1, whose object says it has none",
            "omap key under node 3, whose object says it has none",
            "omap key under node 77, which no object has",
            "inline bytes without their blob 2");
  }

  @Test
  void shouldFindDamagedRecords() throws Exception {
    assertThat(damaged(batch -> batch.put(MetadataKeys.object(PG, A), new byte[3])))
        .first()
        .asString()
        .startsWith("damaged record O");
  }
}
