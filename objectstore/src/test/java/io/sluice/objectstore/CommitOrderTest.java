package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.ObjectId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Data are durable before metadata are written, and metadata before anybody is told. */
@ExtendWith(NoLeaks.class)
class CommitOrderTest {
  @TempDir Path dir;
  private TestStore test;

  @BeforeEach
  void open() throws Exception {
    test = TestStore.create(dir, Linux.instance());
  }

  @AfterEach
  void close() {
    test.close();
  }

  @Test
  void shouldFlushDataThenWriteMetadataThenCallBack() throws Exception {
    test.apply(test.write(ObjectStoreContract.A, 0, new byte[100_000]));
    assertThat(test.events)
        .containsExactly("write", "fdatasync begins", "fdatasync", "db", "callback");
  }

  @Test
  void shouldNotFlushDataForWhatLivesInTheMetadata() throws Exception {
    test.apply(new Transaction.WriteInline(ObjectStoreContract.A, 0, new byte[4096]));
    assertThat(test.events).containsExactly("db", "callback");
  }

  @Test
  void shouldShareAFlushWithDataWrittenBeforeIt() throws Exception {
    Transaction.Write late = test.write(ObjectStoreContract.B, 0, new byte[100_000]);
    while (!test.events.contains("write")) {
      Thread.onSpinWait();
    }
    Thread.sleep(
        20); // Only makes the sharing likely; without it the assertion on flushes below is weaker.
    test.apply(test.write(ObjectStoreContract.A, 0, new byte[100_000]));
    test.apply(late);
    assertThat(test.events).endsWith("db", "callback");
    assertThat(test.events.stream().filter("fdatasync"::equals).count()).isBetween(1L, 2L);
  }

  @Test
  void shouldFlushWhatIsStagedWhileTheDatabaseSyncs() throws Exception {
    CountDownLatch syncs = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(2);
    test.beforeWrite =
        () -> {
          syncs.countDown();
          awaitOrThrow(goOn, "the flush of what came meanwhile");
        };
    test.commit(
        done::countDown, new Transaction.WriteInline(ObjectStoreContract.A, 0, new byte[5]));
    awaitOrThrow(syncs, "the first batch");
    test.commit(done::countDown, test.write(ObjectStoreContract.B, 0, new byte[100_000]));
    for (int i = 0; i < 3000 && !test.events.contains("fdatasync"); i++) {
      Thread.sleep(10);
    }
    assertThat(test.events)
        .as("before the database is back")
        .endsWith("write", "fdatasync begins", "fdatasync");
    goOn.countDown();
    awaitOrThrow(done, "both commits");
    assertThat(test.events.stream().filter("fdatasync"::equals).count()).isEqualTo(1);
    assertThat(test.events).endsWith("fdatasync", "db");
  }

  private static void awaitOrThrow(CountDownLatch latch, String what) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).as(what).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(what, e);
    }
  }

  @Test
  void shouldKeepTheOrderForEachOfManyTransactions() throws Exception {
    Random random = new Random(1);
    CountDownLatch submitted = new CountDownLatch(1);
    test.beforeWrite = () -> awaitOrThrow(submitted, "the others"); // so that they share a commit
    CountDownLatch done = new CountDownLatch(300);
    List<Transaction.Write> writes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      if (random.nextInt(3) == 0) {
        writes.add(test.write(ObjectStoreContract.A, i, new byte[1 + random.nextInt(50_000)]));
      }
      if (!writes.isEmpty() && random.nextBoolean()) {
        test.commit(done::countDown, writes.remove(0));
      } else {
        test.commit(
            done::countDown, new Transaction.WriteInline(ObjectStoreContract.B, i, new byte[5]));
      }
    }
    submitted.countDown();
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    writes.forEach(write -> write.data().abort());
    long commits = test.events.stream().filter("db"::equals).count();
    assertThat(commits).isLessThan(300);
    assertThat((long) test.store.perf().get("transactions")).isEqualTo(301);
  }

  @Test
  void shouldDivideAGroupWhoseObjectsAreMuchTogether() throws Exception {
    int objects = 24;
    for (int i = 0; i < objects; i++) {
      test.apply(new Transaction.SetAttrs(object(i), attributes(16, 64 << 10)));
    }
    CountDownLatch submitted = new CountDownLatch(1);
    test.beforeWrite = () -> awaitOrThrow(submitted, "the others");
    test.batchBytesMax = 0;
    test.events.clear();
    CountDownLatch done = new CountDownLatch(1 + objects);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    test.commit(done::countDown, new Transaction.Touch(ObjectStoreContract.A));
    for (int i = 0; i < objects; i++) {
      int number = i;
      test.commit(
          () -> {
            order.add(number);
            done.countDown();
          },
          new Transaction.WriteInline(object(i), 0, new byte[5]));
    }
    submitted.countDown();
    awaitOrThrow(done, "all commits");
    assertThat(order).isSorted().hasSize(objects);
    assertThat((long) test.batchBytesMax)
        .as("one object more than the bound, and what is beside its attributes")
        .isLessThan(CommitGroup.WEIGHT_MAX + (2 << 20));
    assertThat(test.events.stream().filter("db"::equals).count())
        .as("as few batches as that makes")
        .isLessThanOrEqualTo(2 + objects / 8);
  }

  private static ObjectId object(int i) {
    return ObjectId.head(3, "", "", "object" + i, i);
  }

  private static Map<String, byte[]> attributes(int count, int length) {
    Map<String, byte[]> attributes = new HashMap<>();
    for (int i = 0; i < count; i++) {
      attributes.put("attribute" + i, new byte[length]);
    }
    return attributes;
  }
}
