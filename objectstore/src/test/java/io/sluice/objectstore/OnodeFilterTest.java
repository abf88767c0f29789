package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.types.ObjectId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnodeFilterTest {
  private static final int KEYS = 100_000;

  private final OnodeFilter filter = new OnodeFilter();

  private static byte[] key(int number) {
    return ByteBuffer.allocate(23).putLong(7, number).putInt(19, ~number).array();
  }

  @Test
  void shouldDenyNothingBeforeItKnowsAll() {
    filter.add(key(1));
    assertThat(filter.denies(key(2))).isFalse();
  }

  @Test
  void shouldNeverDenyWhatIsThereAndNearlyAlwaysWhatIsNot() {
    for (int i = 0; i < KEYS; i++) {
      filter.add(key(i));
    }
    filter.open();
    int missed = 0;
    for (int i = 0; i < KEYS; i++) {
      assertThat(filter.denies(key(i))).isFalse();
      missed += filter.denies(key(KEYS + i)) ? 0 : 1;
    }
    assertThat(missed).isLessThan(KEYS / 500);
  }

  @Test
  void shouldTellKeysApartThatDifferInOneByteAnywhere() {
    byte[] base = key(5);
    filter.add(base);
    filter.open();
    for (int i = 0; i < base.length; i++) {
      byte[] other = base.clone();
      other[i]++;
      assertThat(filter.denies(other)).as("byte %d", i).isTrue();
    }
  }

  @Test
  void shouldSpareTheDatabaseAQuestionForANewObjectAndFindAnOldOneAfterOpening(@TempDir Path dir)
      throws Exception {
    ObjectId old = ObjectStoreContract.object("old");
    try (TestStore test = TestStore.create(dir, Linux.instance())) {
      AtomicInteger gets = new AtomicInteger();
      test.beforeGet = gets::incrementAndGet;
      assertThat(test.store.stat(ObjectStoreContract.PG, old)).isEmpty();
      assertThat(test.apply(new Transaction.Touch(old))).isTrue();
      assertThat(gets).hasValue(0);
    }
    try (TestStore test = TestStore.open(dir, Linux.instance())) {
      assertThat(test.store.stat(ObjectStoreContract.PG, old)).isPresent();
      assertThat(test.apply(new Transaction.Remove(old))).isTrue();
      assertThat(test.store.stat(ObjectStoreContract.PG, old)).isEmpty();
      assertThat(test.apply(new Transaction.Touch(old))).isTrue();
      assertThat(test.store.stat(ObjectStoreContract.PG, old)).isPresent();
    }
  }
}
