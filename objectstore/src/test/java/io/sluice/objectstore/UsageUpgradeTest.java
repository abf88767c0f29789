package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.B;
import static io.sluice.objectstore.ObjectStoreContract.PG;
import static io.sluice.objectstore.StoreFixture.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.NoLeaks;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Records that an older version of the store wrote. */
@ExtendWith(NoLeaks.class)
class UsageUpgradeTest {
  private static final long CACHE_BYTES = 1 << 20;

  @TempDir Path dir;

  @Test
  void shouldCountWhatACollectionOfVersionOneHolds() throws Exception {
    try (DiskStore store = create()) {
      StageProperties.commit(
          store,
          transaction(
              PG,
              new Transaction.CreateCollection(),
              new Transaction.WriteInline(A, 0, new byte[100]),
              new Transaction.Truncate(B, 1000)));
    }
    put(MetadataKeys.collection(PG), new byte[] {1, 1, 0, 0, 0, 0});
    try (DiskStore store = open()) {
      assertThat(store.usage(PG)).isEqualTo(new ObjectStore.Usage(2, 1100));
      StageProperties.commit(store, transaction(PG, new Transaction.Truncate(B, 7)));
    }
    try (DiskStore store = open()) {
      assertThat(store.usage(PG)).isEqualTo(new ObjectStore.Usage(2, 107));
    }
    try (MetadataDb db = RocksMetadata.open(dir.resolve(Mkfs.DATABASE), CACHE_BYTES)) {
      assertThat(CollectionRecord.decode(db.get(MetadataKeys.collection(PG))))
          .isEqualTo(new ObjectStore.Usage(2, 107));
    }
  }

  /** Bytes as version 1 wrote them: nothing after the attributes. */
  @Test
  void shouldReadAnOnodeOfVersionOne() {
    Encoder to = new Encoder();
    int mark = to.begin(1, 1);
    to.le64(0).le64(7).le64(12).bool(true);
    to.le32(1).le64(0).le64(12).le64(3).le64(0);
    to.le32(1).string("x").blob(new byte[] {1});
    Onode onode = Onode.decode(to.end(mark).toByteArray());
    assertThat(onode.size).isEqualTo(12);
    assertThat(onode.attrs.size()).isEqualTo(1);
    assertThat(onode.attrs.get("x")).containsExactly(1);
    assertThat(onode.omapHeader).isEmpty();
    assertThat(onode.hint).isEqualTo(AllocHint.NONE);
  }

  /** Whoever knows version 1 only reads it as long as it loses nothing. */
  @Test
  void shouldAskForANewReaderOnlyWhenAnOldOneWouldLoseSomething() {
    Onode onode = new Onode(7);
    assertThat(onode.encode()).startsWith(2, 1);
    onode.omapHeader = new byte[] {1};
    assertThat(onode.encode()).startsWith(2, 2);
    onode.omapHeader = new byte[0];
    onode.hint = new AllocHint(1, 1, 1);
    assertThat(onode.encode()).startsWith(2, 2);
  }

  private DiskStore create() throws StoreException {
    return DiskStore.create(dir, DiskStoreTest.FSID, 0, TestStore.BYTES, DiskStoreTest.config());
  }

  private DiskStore open() throws StoreException {
    return DiskStore.open(dir, DiskStoreTest.FSID, 0, DiskStoreTest.config());
  }

  private void put(byte[] key, byte[] value) throws Exception {
    try (MetadataDb db = RocksMetadata.open(dir.resolve(Mkfs.DATABASE), CACHE_BYTES)) {
      db.write(new MetadataBatch().put(key, value));
    }
  }
}
