package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

class GarbageWatchTest {
  private static final int VALUE_BYTES = 2048;
  private static final int VALUES_IN_BATCH = 4;
  private static final int BATCHES_IN_ROUND = GarbageWatch.BATCHES_BETWEEN;
  private static final int KEPT = 1_000_000;
  private static final int ROUNDS_MAX = 100;

  @TempDir Path dir;
  private final Random random = new Random(1);
  private Statistics statistics;
  private RocksMetadata db;
  private int added;

  @BeforeEach
  void open() throws Exception {
    RocksMetadata.create(dir, 1 << 20).close();
    statistics = new Statistics();
    db = RocksMetadata.open(dir, 1 << 20, this::small);
  }

  private void small(Options options) {
    options
        .setStatistics(statistics)
        .setWriteBufferSize(256 << 10)
        .setLevel0FileNumCompactionTrigger(2)
        .setMaxBytesForLevelBase(64 << 10);
  }

  @AfterEach
  void close() {
    db.close();
    statistics.close();
  }

  @Test
  void shouldMoveNoValueWhenNoneIsGarbage() throws Exception {
    for (int round = 0; compactedBytes() < 1 << 20; round++) {
      assertThat(round).as("rounds without 1 MiB of compaction").isLessThan(ROUNDS_MAX);
      write(any -> Integer.reverse(added++)); // all over the keys
    }
    assertThat(movedValues()).isZero();
  }

  @Test
  void shouldMoveWhatIsLeftOfFilesThatAreMostlyGarbage() throws Exception {
    for (int round = 0; movedValues() == 0; round++) {
      assertThat(round).as("rounds without a value that was moved").isLessThan(ROUNDS_MAX);
      write(any -> any % 10 == 0 ? KEPT + added++ : random.nextInt(500));
    }
    for (int i = 0; i < added; i++) {
      assertThat(db.get(MetadataKeys.inline(KEPT + i))).hasSize(VALUE_BYTES);
    }
  }

  private void write(IntUnaryOperator id) throws Exception {
    byte[] value = new byte[VALUE_BYTES];
    for (int batch = 0; batch < BATCHES_IN_ROUND; batch++) {
      MetadataBatch changes = new MetadataBatch();
      for (int i = 0; i < VALUES_IN_BATCH; i++) {
        random.nextBytes(value);
        changes.put(MetadataKeys.inline(id.applyAsInt(batch * VALUES_IN_BATCH + i)), value.clone());
      }
      db.write(changes);
    }
  }

  private long movedValues() {
    return statistics.getTickerCount(TickerType.BLOB_DB_GC_NUM_KEYS_RELOCATED);
  }

  private long compactedBytes() {
    return statistics.getTickerCount(TickerType.COMPACT_WRITE_BYTES);
  }
}
