package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class DiskStoreTest extends ObjectStoreContract
    implements SharingContract,
        CollectionContract,
        ReadContract,
        OverwriteContract,
        ListingContract {
  static final UUID FSID = new UUID(0x1234, 0x5678);

  @TempDir Path dir;

  /** After every test of the contract: what is on disk is sound. */
  @AfterEach
  void shouldBeSoundOnDisk() throws Exception {
    store.close();
    assertThat(Fsck.check(dir, true, Linux.instance()).findings()).isEmpty();
  }

  @Test
  void shouldKeepSmallWritesInMemoryOnlyWhereTheyWillBeRead() throws Exception {
    byte[] bytes = ObjectStoreContract.bytes(4 << 10, 1);
    apply(new Transaction.WriteInline(A, 0, bytes));
    assertThat(store.perf().get("inline_cache_bytes")).isEqualTo(0L);
    commit(StoreFixture.transaction(PG, new Transaction.WriteInline(B, 0, bytes)).readHere());
    assertThat((long) store.perf().get("inline_cache_bytes")).isPositive();
    assertThat(whole(B)).isEqualTo(bytes);
    assertThat(store.perf().get("inline_cache_hits")).isEqualTo(1L);
    assertThat(store.perf().get("inline_cache_misses")).isEqualTo(0L);
    store.caches().inlineMax(0);
    assertThat(store.perf().get("inline_cache_bytes")).isEqualTo(0L);
    assertThat(whole(B)).isEqualTo(bytes);
  }

  @Test
  void shouldKeepNothingInMemoryOnceItsCachesAreDropped() throws Exception {
    byte[] small = ObjectStoreContract.bytes(4 << 10, 1);
    byte[] large = ObjectStoreContract.bytes(32 << 10, 2);
    commit(StoreFixture.transaction(PG, new Transaction.WriteInline(A, 0, small)).readHere());
    apply(new Transaction.Write(B, 0, stage(large)));
    List<String> caches =
        List.of("inline_cache_bytes", "onode_cache_bytes", "blob_cache_bytes", "data_cache_bytes");
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        assertThat(whole(A)).isEqualTo(small);
        assertThat(read(B, 0, 4 << 10)).isEqualTo(Arrays.copyOf(large, 4 << 10));
      }
      assertThat(caches).allMatch(each -> (long) store.perf().get(each) > 0);
      store.caches().drop();
      assertThat(caches).allMatch(each -> (long) store.perf().get(each) == 0);
    }
  }

  @Override
  ObjectStore open() throws Exception {
    return DiskStore.create(dir, FSID, 0, 64 << 20, config());
  }

  @Override
  ObjectStore reopen(ObjectStore store) throws Exception {
    store.close();
    return DiskStore.open(dir, FSID, 0, config());
  }

  static StoreConfig config() {
    FailStop fails =
        (what, cause) -> {
          throw new AssertionError(what, cause);
        };
    return StoreConfig.standard(new CopyMeter()).with(fails);
  }
}
