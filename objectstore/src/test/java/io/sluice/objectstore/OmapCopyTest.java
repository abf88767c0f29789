package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.ObjectId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Clones of large omaps: bounded batches, and whole or absent wherever they are cut short. */
@ExtendWith(NoLeaks.class)
class OmapCopyTest {
  private static final ObjectId A = ObjectStoreContract.A;
  private static final ObjectId B = ObjectStoreContract.B;
  private static final ObjectId C = ObjectStoreContract.object("c");

  /** 5 MiB, of which the last 1000 keys are set in the transaction that clones. */
  private static final int KEYS = 5000;

  private static final int PER_TRANSACTION = 1000;
  private static final int VALUE_BYTES = 1024;
  private static final int BATCH_BYTES_MAX = 4 << 20;

  @TempDir Path dir;

  private static byte[] key(int i) {
    return String.format("key-%06d", i).getBytes(StandardCharsets.US_ASCII);
  }

  private static Transaction.Op[] keys(int from) {
    Transaction.Op[] ops = new Transaction.Op[PER_TRANSACTION];
    for (int i = 0; i < PER_TRANSACTION; i++) {
      ops[i] = new Transaction.OmapSet(A, key(from + i), new byte[VALUE_BYTES]);
    }
    return ops;
  }

  private static TestStore filled(Path dir) throws Exception {
    TestStore test = TestStore.create(dir, Linux.instance());
    for (int i = 0; i < KEYS - PER_TRANSACTION; i += PER_TRANSACTION) {
      assertThat(test.apply(keys(i))).isTrue();
    }
    return test;
  }

  /** Keys are added, one is changed, and all of it is cloned, twice, in one transaction. */
  private static boolean cloneAll(TestStore test) throws Exception {
    Transaction.Op[] more = keys(KEYS - PER_TRANSACTION);
    Transaction.Op[] ops = new Transaction.Op[more.length + 4];
    System.arraycopy(more, 0, ops, 0, more.length);
    ops[more.length] = new Transaction.OmapSet(A, key(0), new byte[] {1});
    ops[more.length + 1] = new Transaction.Clone(A, B);
    ops[more.length + 2] = new Transaction.Clone(B, C);
    ops[more.length + 3] = new Transaction.OmapRemove(C, key(1));
    return test.apply(ops);
  }

  private static int keysOf(TestStore test, ObjectId object) {
    var all = test.store.omapList(ObjectStoreContract.PG, object, new byte[0], 2 * KEYS);
    assertThat(all.get(key(0))).containsExactly(1);
    return all.size();
  }

  private void checkClones(TestStore test) throws Exception {
    assertThat(keysOf(test, A)).isEqualTo(KEYS);
    assertThat(keysOf(test, B)).isEqualTo(KEYS);
    assertThat(keysOf(test, C)).isEqualTo(KEYS - 1);
    test.close();
    assertThat(Fsck.check(dir, false, Linux.instance()).findings()).isEmpty();
  }

  @Test
  void shouldCopyALargeOmapInBatchesOfBoundedSize() throws Exception {
    TestStore test = filled(dir);
    test.batchBytesMax = 0;
    assertThat(cloneAll(test)).isTrue();
    assertThat(test.batchBytesMax).isLessThan(BATCH_BYTES_MAX);
    checkClones(test);
  }

  @Test
  void shouldLeaveNothingOfACopyThatIsCutShort() throws Exception {
    filled(dir).close();
    boolean committed = false;
    int batches = 0;
    for (; !committed; batches++) {
      TestStore test = TestStore.open(dir, Linux.instance());
      AtomicInteger left = new AtomicInteger(batches);
      test.beforeWrite = () -> test.databaseFails = left.getAndDecrement() <= 0;
      committed = cloneAll(test);
      test.close();
      if (!committed) {
        assertThat(Fsck.check(dir, false, Linux.instance()).findings())
            .as("after %d batches, not mounted", batches)
            .isEmpty();
      }
    }
    assertThat(batches).as("batches of a clone").isGreaterThan(8);
    TestStore test = TestStore.open(dir, Linux.instance());
    checkClones(test);
  }

  @Test
  void shouldGiveNobodyTheKeysOfACopyThatIsCutShort() throws Exception {
    filled(dir).close();
    TestStore broken = TestStore.open(dir, Linux.instance());
    AtomicInteger left = new AtomicInteger(4);
    broken.beforeWrite = () -> broken.databaseFails = left.getAndDecrement() <= 0;
    assertThat(cloneAll(broken)).isFalse();
    broken.close();
    try (TestStore test = TestStore.open(dir, Linux.instance())) {
      assertThat(test.database.get(MetadataKeys.state("copying"))).isNull();
      for (int i = 0; i < 20; i++) {
        ObjectId fresh = ObjectStoreContract.object("fresh" + i);
        assertThat(test.apply(new Transaction.OmapSet(fresh, new byte[] {7}, new byte[1])))
            .isTrue();
        assertThat(test.store.omapList(ObjectStoreContract.PG, fresh, new byte[0], 10)).hasSize(1);
      }
    }
    assertThat(Fsck.check(dir, false, Linux.instance()).findings()).isEmpty();
  }
}
