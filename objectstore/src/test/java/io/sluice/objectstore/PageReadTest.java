package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.B;
import static io.sluice.objectstore.ObjectStoreContract.PG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Sys;
import io.sluice.types.ObjectId;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reads of a middling length come from the page cache, and never are what blocks once held. */
@ExtendWith(NoLeaks.class)
class PageReadTest {
  private static final int KIB = 1 << 10;

  @TempDir Path dir;
  private DiskStore store;

  @BeforeEach
  void open() throws Exception {
    Assumptions.assumeTrue(IoRing.isAvailable(), "this kernel has no io_uring, or forbids it");
    StoreConfig config = StoreConfig.standard(new CopyMeter()).with(CompactionPolicy.never());
    store = DiskStore.create(dir, DiskStoreTest.FSID, 0, 16 << 20, config);
    assumeTold();
    StageProperties.commit(store, new Transaction(PG).add(new Transaction.CreateCollection()));
  }

  /** Not every file system says what it has in memory. */
  private void assumeTold() {
    ByteBuffer memory = ByteBuffer.allocateDirect(4 * KIB);
    Sys sys = Linux.instance();
    int fd = sys.open(dir.resolve("data.0").toString(), Sys.O_RDONLY | Sys.O_CLOEXEC, 0);
    long got = sys.preadNow(fd, DirectBuffers.addressOf(memory), 4 * KIB, 0);
    sys.close(fd);
    boolean told = got == 4 * KIB || got == -Sys.EAGAIN;
    Assumptions.assumeTrue(told, () -> "no RWF_NOWAIT here: " + sys.describe((int) -got));
  }

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
  }

  private void write(ObjectId object, byte[] bytes) throws Exception {
    StagedWrite staged = store.claimStage(BufferList.wrap(bytes), null);
    StageProperties.commit(
        store, new Transaction(PG).add(new Transaction.Write(object, 0, staged)));
  }

  private static byte[] bytes(CompletableFuture<BufferList> reading) throws Exception {
    try (BufferList bytes = reading.get(30, TimeUnit.SECONDS)) {
      return bytes.toByteArray(null, null);
    }
  }

  private byte[] read(ObjectId object, long offset, long length) throws Exception {
    return bytes(store.read(PG, object, offset, length));
  }

  private long fromPages() {
    return (long) store.perf().get("page_read_bytes");
  }

  private long rereads() {
    return (long) store.perf().get("rereads");
  }

  @Test
  void shouldAnswerTheSecondReadBeforeItReturns() throws Exception {
    byte[] content = ObjectStoreContract.bytes(64 * KIB, 1);
    write(A, content);
    boolean done = false;
    for (int i = 0; i < 100 && !done; i++) { // the kernel may drop a page whenever it likes
      long before = fromPages();
      CompletableFuture<BufferList> reading = store.read(PG, A, 0, 64 * KIB);
      done = reading.isDone() && fromPages() - before == 64 * KIB;
      assertThat(bytes(reading)).isEqualTo(content);
    }
    assertThat(done).isTrue();
  }

  @Test
  void shouldCutOutWhatWasAskedFor() throws Exception {
    byte[] content = ObjectStoreContract.bytes(200 * KIB + 17, 2);
    write(A, content);
    for (int i = 0; i < 2; i++) {
      assertThat(read(A, 5000, 100_000)).isEqualTo(Arrays.copyOfRange(content, 5000, 105_000));
      assertThat(read(A, 150 * KIB, 1 << 20))
          .isEqualTo(Arrays.copyOfRange(content, 150 * KIB, content.length));
    }
    assertThat(fromPages()).isPositive();
  }

  @Test
  void shouldPassThePageCacheByForShortAndLongReadsAndForScrub() throws Exception {
    byte[] content = ObjectStoreContract.bytes(256 * KIB, 3);
    write(A, content);
    read(A, 0, 64 * KIB); // from pages already, if the disk was quick
    long before = fromPages();
    for (int i = 0; i < 3; i++) {
      read(A, 0, 4 * KIB);
      read(A, 0, 256 * KIB);
      assertThat(bytes(store.readFromDisk(PG, A, new ObjectStore.Range(0, 64 * KIB))))
          .isEqualTo(Arrays.copyOf(content, 64 * KIB));
    }
    assertThat(fromPages()).isEqualTo(before);
  }

  /** Every block is used again and again, and each was in the page cache before. */
  @Test
  void shouldNeverServeOldPagesOfBlocksThatWereWrittenAgain() throws Exception {
    for (int i = 0; i < 400; i++) {
      byte[] content = ObjectStoreContract.bytes(96 * KIB, i);
      write(i % 2 == 0 ? A : B, content);
      for (int j = 0; j < 2; j++) {
        assertThat(read(i % 2 == 0 ? A : B, 0, 96 * KIB)).as("write %d", i).isEqualTo(content);
      }
    }
    assertThat(fromPages()).isPositive();
    assertThat(rereads()).isZero();
  }

  @Test
  void shouldSayThatBytesAreDamagedThoughTheyLieInThePageCache() throws Exception {
    write(A, ObjectStoreContract.bytes(64 * KIB, 4));
    read(A, 0, 64 * KIB);
    try (RandomAccessFile file = new RandomAccessFile(dir.resolve("data.0").toFile(), "rw")) {
      for (long at = 0; at < 16 << 20; at += 4 * KIB) { // wherever it lies
        file.seek(at);
        file.write(1);
      }
    }
    assertThatThrownBy(() -> read(A, 0, 64 * KIB))
        .hasCauseInstanceOf(StoreException.class)
        .hasMessageContaining("wrong checksum");
    assertThat(rereads()).isPositive();
  }
}
