package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.B;
import static io.sluice.objectstore.ObjectStoreContract.OTHER;
import static io.sluice.objectstore.ObjectStoreContract.PG;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Sys;
import io.sluice.types.ObjectId;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each inconsistency is found and named, and repaired where that loses nothing. Ids: A is node 1
 * with blob 2 on disk, B node 3 with blob 4 inline and an omap key.
 */
@ExtendWith(NoLeaks.class)
class FsckTest {
  private static final ObjectId C = ObjectStoreContract.object("c");
  private static final byte[] IDS = MetadataKeys.state("ids");

  @TempDir Path dir;

  /** What is done to the metadata, and all that fsck must then name. */
  private record Damage(String name, Set<Inconsistency> expected, Consumer<MetadataBatch> change) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Damage damage(
      String name, Consumer<MetadataBatch> change, Inconsistency first, Inconsistency... more) {
    return new Damage(name, EnumSet.of(first, more), change);
  }

  static Stream<Damage> damages() {
    return Stream.of(records(), objects(), blobs(), strays()).flatMap(List::stream);
  }

  private static List<Damage> records() {
    return List.of(
        damage(
            "a key of no kind",
            batch -> batch.put(new byte[] {'Z', 1}, new byte[1]),
            Inconsistency.STRAY_KEY),
        damage(
            "a key below all kinds",
            batch -> batch.put(new byte[1], new byte[1]),
            Inconsistency.STRAY_KEY),
        damage(
            "a short blob key",
            batch -> batch.put(new byte[] {'B', 1}, new byte[1]),
            Inconsistency.BAD_KEY),
        damage(
            "a short object key",
            batch -> batch.put(new byte[] {'O', 1}, new byte[1]),
            Inconsistency.BAD_KEY),
        damage(
            "an object key without an object",
            batch -> batch.put(MetadataKeys.firstObject(PG), new byte[1]),
            Inconsistency.BAD_KEY),
        damage(
            "a key with bytes behind it",
            batch -> batch.put(longer(MetadataKeys.object(PG, A)), onode(9, 0).encode()),
            Inconsistency.BAD_KEY),
        damage(
            "a short omap key",
            batch -> batch.put(new byte[] {'M', 1}, new byte[1]),
            Inconsistency.BAD_KEY),
        damage(
            "a collection of another version",
            batch -> batch.put(MetadataKeys.collection(PG), new byte[3]),
            Inconsistency.BAD_COLLECTION),
        damage(
            "an onode cut short",
            batch -> batch.put(MetadataKeys.object(PG, A), new byte[3]),
            Inconsistency.BAD_ONODE,
            Inconsistency.LEAKED_BLOB),
        damage(
            "a blob record cut short",
            batch -> batch.put(MetadataKeys.blob(2), new byte[3]),
            Inconsistency.BAD_BLOB,
            Inconsistency.MISSING_BLOB),
        damage(
            "a record of checksums cut short",
            batch -> batch.put(MetadataKeys.checksums(2), new byte[5]),
            Inconsistency.BAD_CHECKSUM_RECORD),
        damage("no record of ids", batch -> batch.delete(IDS), Inconsistency.BAD_ID_CEILING),
        damage(
            "a short record of ids",
            batch -> batch.put(IDS, new byte[3]),
            Inconsistency.BAD_ID_CEILING),
        damage(
            "ids that will be given again",
            batch -> batch.put(IDS, new Encoder(8).le64(3).toByteArray()),
            Inconsistency.ID_ABOVE_CEILING));
  }

  private static List<Damage> objects() {
    return List.of(
        damage(
            "an object in no collection",
            batch -> batch.put(MetadataKeys.object(OTHER, A), onode(9, 0).encode()),
            Inconsistency.NO_COLLECTION),
        damage(
            "a collection that counts wrongly",
            batch ->
                batch.put(
                    MetadataKeys.collection(PG),
                    CollectionRecord.encode(new ObjectStore.Usage(1, 1))),
            Inconsistency.WRONG_USAGE),
        damage(
            "two objects with one node",
            batch -> batch.put(MetadataKeys.object(PG, C), onode(1, 0).encode()),
            Inconsistency.SHARED_NODE,
            Inconsistency.WRONG_USAGE),
        damage(
            "extents that overlap",
            batch ->
                batch.put(
                    MetadataKeys.object(PG, A),
                    onode(1, 90_000, new Extent(0, 40_000, 2, 0), new Extent(30_000, 9, 2, 0))
                        .encode()),
            Inconsistency.EXTENTS_OVERLAP,
            Inconsistency.WRONG_REFERENCES,
            Inconsistency.WRONG_USAGE),
        damage(
            "an extent beyond the object",
            batch ->
                batch.put(
                    MetadataKeys.object(PG, A),
                    onode(1, 49_999, new Extent(0, 50_000, 2, 0)).encode()),
            Inconsistency.EXTENT_BEYOND_SIZE,
            Inconsistency.WRONG_USAGE),
        damage(
            "an extent beyond its blob",
            batch ->
                batch.put(
                    MetadataKeys.object(PG, A),
                    onode(1, 50_000, new Extent(0, 50_000, 2, 1)).encode()),
            Inconsistency.EXTENT_BEYOND_BLOB),
        damage(
            "a blob that is gone",
            batch -> batch.delete(MetadataKeys.blob(2)),
            Inconsistency.MISSING_BLOB,
            Inconsistency.STRAY_CHECKSUMS),
        damage(
            "omap of an object without",
            batch -> batch.put(MetadataKeys.omap(1, new byte[1]), new byte[1]),
            Inconsistency.UNMARKED_OMAP));
  }

  private static List<Damage> blobs() {
    return List.of(
        damage(
            "a wrong count",
            batch -> batch.put(MetadataKeys.blob(2), blob(7)),
            Inconsistency.WRONG_REFERENCES),
        damage(
            "a leak",
            batch -> batch.delete(MetadataKeys.object(PG, A)),
            Inconsistency.LEAKED_BLOB,
            Inconsistency.WRONG_USAGE),
        damage(
            "blocks of two blobs",
            batch -> {
              batch.put(MetadataKeys.blob(8), blob(1, 4096, new DiskExtent(4096, 4096)));
              batch.put(MetadataKeys.checksums(8), checksums(4096));
              batch.put(
                  MetadataKeys.object(PG, C), onode(9, 4096, new Extent(0, 4096, 8, 0)).encode());
            },
            Inconsistency.BLOCKS_USED_TWICE,
            Inconsistency.WRONG_CHECKSUM,
            Inconsistency.WRONG_USAGE),
        damage(
            "blocks behind the end",
            batch ->
                batch.put(MetadataKeys.blob(2), blob(1, 50_000, new DiskExtent(1L << 30, 53_248))),
            Inconsistency.BLOCKS_OUTSIDE),
        damage(
            "too few blocks",
            batch -> batch.put(MetadataKeys.blob(2), blob(1, 50_000, new DiskExtent(0, 4096))),
            Inconsistency.WRONG_BLOB_LENGTH),
        damage(
            "no checksums",
            batch -> batch.delete(MetadataKeys.checksums(2)),
            Inconsistency.MISSING_CHECKSUMS),
        damage(
            "checksums of other bytes",
            batch -> batch.put(MetadataKeys.checksums(2), checksums(9_000)),
            Inconsistency.WRONG_CHECKSUM_COUNT),
        damage(
            "checksums that do not match",
            batch -> batch.put(MetadataKeys.checksums(2), checksums(50_000)),
            Inconsistency.WRONG_CHECKSUM),
        damage(
            "no inline bytes",
            batch -> batch.delete(MetadataKeys.inline(4)),
            Inconsistency.MISSING_INLINE_BYTES),
        damage(
            "damaged inline bytes",
            batch -> batch.put(MetadataKeys.inline(4), new byte[24]),
            Inconsistency.DAMAGED_INLINE_BYTES),
        damage(
            "more inline bytes",
            batch -> batch.putChecked(MetadataKeys.inline(4), new byte[21]),
            Inconsistency.WRONG_INLINE_LENGTH));
  }

  private static List<Damage> strays() {
    return List.of(
        damage(
            "checksums of no blob",
            batch -> batch.put(MetadataKeys.checksums(77), checksums(1)),
            Inconsistency.STRAY_CHECKSUMS),
        damage(
            "inline bytes beside a blob on disk",
            batch -> batch.put(MetadataKeys.inline(2), new byte[9]),
            Inconsistency.STRAY_INLINE_BYTES),
        damage(
            "omap of no object",
            batch -> batch.put(MetadataKeys.omap(77, new byte[1]), new byte[1]),
            Inconsistency.DANGLING_OMAP));
  }

  private static byte[] longer(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  private static Onode onode(long node, long size, Extent... extents) {
    Onode onode = new Onode(node);
    onode.size = size;
    List.of(extents).forEach(onode.extents::add);
    return onode;
  }

  private static byte[] blob(int references) {
    return blob(references, 50_000, new DiskExtent(0, 53_248));
  }

  private static byte[] blob(int references, long length, DiskExtent where) {
    return new Blob(length, references, List.of(where)).encode();
  }

  private static byte[] checksums(int length) {
    Encoder to = new Encoder();
    ChecksumVector.of(new byte[length], 0, length).encode(to);
    return to.toByteArray();
  }

  @BeforeEach
  void make() throws Exception {
    try (TestStore test = TestStore.create(dir, Linux.instance())) {
      test.apply(test.write(A, 0, ObjectStoreContract.bytes(50_000, 1)));
      test.apply(
          new Transaction.WriteInline(B, 10, new byte[20]),
          new Transaction.OmapSet(B, new byte[] {1}, new byte[] {1}));
    }
  }

  private void change(Consumer<MetadataBatch> damage) throws Exception {
    try (MetadataDb db = RocksMetadata.open(dir.resolve("db"), 1 << 20)) {
      MetadataBatch batch = new MetadataBatch();
      damage.accept(batch);
      db.write(batch);
    }
  }

  private static Set<Inconsistency> kinds(List<Fsck.Finding> findings) {
    return findings.stream()
        .map(Fsck.Finding::kind)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Inconsistency.class)));
  }

  @Test
  void shouldFindNothingWrongWithASoundStore() throws Exception {
    assertThat(Fsck.check(dir, true, Linux.instance()))
        .isEqualTo(new Fsck.Report(1, 2, 2, 53_248, 50_000, List.of(), List.of()));
    assertThat(Fsck.repair(dir, true, Linux.instance()))
        .isEqualTo(new Fsck.Report(1, 2, 2, 53_248, 50_000, List.of(), List.of()));
  }

  /** Repairs what can be, and touches nothing else: what is left is found again. */
  @ParameterizedTest
  @MethodSource("damages")
  void shouldNameWhatIsWrongAndRepairWhatLosesNothing(Damage damage) throws Exception {
    change(damage.change());
    Fsck.Report found = Fsck.check(dir, true, Linux.instance());
    assertThat(kinds(found.findings())).isEqualTo(damage.expected());
    Set<Inconsistency> lasting =
        found.findings().stream()
            .map(Fsck.Finding::kind)
            .filter(kind -> !kind.repairable() || blind(damage))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Inconsistency.class)));
    Fsck.Report repaired = Fsck.repair(dir, true, Linux.instance());
    assertThat(kinds(repaired.findings())).isEqualTo(lasting);
    assertThat(kinds(repaired.repaired()))
        .isEqualTo(
            damage.expected().stream()
                .filter(kind -> !lasting.contains(kind))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Inconsistency.class))));
    if (lasting.isEmpty()) {
      try (TestStore test = TestStore.open(dir, Linux.instance())) {
        assertThat(test.apply(test.write(B, 0, new byte[90_000]))).isTrue();
      }
      assertThat(Fsck.check(dir, true, Linux.instance()).findings()).isEmpty();
    }
  }

  /** Where an object cannot be read, nobody knows what it refers to: nothing is freed. */
  private static boolean blind(Damage damage) {
    return damage.expected().contains(Inconsistency.BAD_ONODE);
  }

  @Test
  void shouldHaveADamageForEveryKind() {
    Set<Inconsistency> made =
        EnumSet.of(Inconsistency.UNREADABLE_BLOCKS); // below: the disk's doing
    damages().forEach(damage -> made.addAll(damage.expected()));
    assertThat(made).containsExactlyInAnyOrder(Inconsistency.values());
  }

  @Test
  void shouldNameBlocksThatTheDiskDoesNotGiveBack() throws Exception {
    FaultySys faults = new FaultySys(Linux.instance()).failAlways("pread", Sys.EIO);
    assertThat(Fsck.check(dir, true, faults.sys()).findings())
        .singleElement()
        .hasToString(
            "unreadable-blocks: cannot read blob 2 at 0 ("
                + DataFiles.path(dir, 0)
                + " at 0), of object "
                + A
                + " in "
                + PG);
  }

  @Test
  void shouldSayWhichBytesOfWhichObjectAreWrong() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(DataFiles.path(dir, 0).toFile(), "rw")) {
      file.seek(9_000);
      file.write(file.read() ^ 1);
    }
    assertThat(Fsck.check(dir, false, Linux.instance()).clean()).isTrue();
    assertThat(Fsck.check(dir, true, Linux.instance()).findings())
        .singleElement()
        .hasToString(
            "wrong-checksum: wrong checksum of blob 2 at 8192 ("
                + DataFiles.path(dir, 0)
                + " at 8192), of object "
                + A
                + " in "
                + PG);
  }

  @Test
  void shouldPrintEveryKindUnderAnotherName() {
    Set<String> names = new TreeSet<>();
    for (Inconsistency kind : Inconsistency.values()) {
      assertThat(kind.toString()).matches("[a-z-]+");
      names.add(kind.toString());
    }
    assertThat(names).hasSameSizeAs(Inconsistency.values()).hasSizeGreaterThanOrEqualTo(26);
  }
}
