package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failing disk stops the store, a full one refuses, a lying one is found out. */
@ExtendWith(NoLeaks.class)
class FaultTest {
  @TempDir Path dir;
  private final FaultySys faults = new FaultySys(Linux.instance());
  private TestStore test;

  @BeforeEach
  void open() throws Exception {
    test = TestStore.create(dir, faults.sys());
  }

  private void assertStoppedWithout(String what) throws Exception {
    assertThat(test.stops).singleElement().asString().contains(what);
    assertThat(test.events).doesNotContain("callback");
    assertThat(test.apply(new Transaction.Touch(B))).isFalse();
    test.close();
    test = TestStore.open(dir, Linux.instance());
    assertThat(test.store.stat(ObjectStoreContract.PG, A)).isEmpty();
    assertThat(test.store.stat(ObjectStoreContract.PG, B)).isEmpty();
    assertThat(test.store.space().free()).isEqualTo(TestStore.BYTES);
    test.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pwrite", "pwritev", "fdatasync"})
  void shouldStopWhenDataCannotBeMadeDurable(String call) throws Exception {
    faults.failAlways("pwrite".equals(call) ? "pwrite" : call, Sys.EIO);
    BufferList data = BufferList.wrap(new byte[50_000]);
    if (call.equals("pwritev")) {
      data.close();
      data = new BufferList().claimAppend(aligned()).claimAppend(aligned());
    }
    StagedWrite staged = test.store.claimStage(data, null);
    assertThat(test.apply(new Transaction.Write(A, 0, staged))).isFalse();
    assertStoppedWithout("errno 5");
  }

  /** The second caller finds no file dirty, and must not take that for durable. */
  @Test
  void shouldNeverBelieveAFlushAfterOneFailed() throws Exception {
    test.close();
    try (DataFiles files = DataFiles.open(faults.sys(), dir, Mount.readSuperblock(dir))) {
      files.wrote(0);
      long blob = files.blobWritten();
      faults.failNth("fdatasync", 1, Sys.EIO);
      assertThatThrownBy(() -> files.flush(blob)).hasMessageContaining("errno 5");
      assertThatThrownBy(() -> files.flush(blob)).hasMessageContaining("an earlier flush");
      assertThat(files.isFlushed(blob)).isFalse();
    }
  }

  private static io.sluice.bufferlist.MemorySegment aligned() {
    return io.sluice.bufferlist.MemorySegment.wrap(
        java.nio.ByteBuffer.allocateDirect(3 * 4096).alignedSlice(4096).slice(0, 8192));
  }

  @Test
  void shouldStopWhenAPipeCannotBeWritten() throws Exception {
    try (PipePool pool = new PipePool(Linux.instance(), new CopyMeter(), 2);
        Lists lists = new Lists(pool, 1 << 20, 1)) {
      faults.failNth("splice", 1, Sys.EIO);
      BufferList list = new BufferList().claimAppend(lists.pipe(0, 8192, 8192));
      StagedWrite staged = test.store.claimStage(list, ChecksumVector.of(lists.content, 0, 8192));
      assertThat(test.apply(new Transaction.Write(A, 0, staged))).isFalse();
      assertStoppedWithout("errno 5");
      assertThat(pool.inUse()).isZero();
    }
  }

  @Test
  void shouldStopWhenMetadataCannotBeWritten() throws Exception {
    test.databaseFails = true;
    assertThat(test.apply(new Transaction.WriteInline(A, 0, new byte[5]))).isFalse();
    assertStoppedWithout("the database is broken");
  }

  @Test
  void shouldStopWhenTheCallerAsksForTheImpossible() throws Exception {
    assertThat(test.apply(new Transaction.RemoveCollection(), new Transaction.Touch(A))).isFalse();
    assertThat(test.stops).singleElement().asString().contains("no collection 3.5_head");
    test.close();
  }

  @Test
  void shouldRefuseWhenTheFileSystemIsFull() throws Exception {
    faults.failAlways("fallocate", Sys.ENOSPC);
    BufferList data = BufferList.wrap(new byte[100_000]);
    assertThatThrownBy(() -> test.store.claimStage(data, null))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.NO_SPACE));
    assertThatThrownBy(data::length).isInstanceOf(IllegalStateException.class);
    assertThat(test.store.space().free()).isEqualTo(TestStore.BYTES);
    assertThat(test.apply(new Transaction.WriteInline(A, 0, new byte[5]))).isTrue();
    faults.heal();
    assertThat(test.apply(test.write(B, 0, new byte[100_000]))).isTrue();
    test.close();
  }

  @Test
  void shouldReadAgainWhenAReadFails() throws Exception {
    byte[] bytes = ObjectStoreContract.bytes(300_000, 1);
    test.apply(test.write(A, 0, bytes));
    faults.failNth("pread", 1, Sys.EIO).failNth("pread", 2, Sys.EIO).failNth("pread", 3, Sys.EIO);
    assertThat(test.read(A, 0, 300_000)).isEqualTo(bytes);
    faults.failAlways("pread", Sys.EIO);
    assertThatThrownBy(() -> test.read(A, 5_000, 10))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.READ_ERROR))
        .hasMessageContaining(":a:head in 3.5_head at 5000")
        .hasMessageContaining("data.0 at 4096");
    assertThat(test.stops).isEmpty();
    faults.heal();
    assertThat(test.read(A, 0, 300_000)).isEqualTo(bytes);
    test.close();
  }

  @Test
  void shouldNeverReturnAByteThatDoesNotMatch() throws Exception {
    byte[] bytes = ObjectStoreContract.bytes(20_000, 1);
    test.apply(test.write(A, 1_000_000, bytes));
    try (RandomAccessFile file = new RandomAccessFile(DataFiles.path(dir, 0).toFile(), "rw")) {
      file.seek(9_000);
      int before = file.read();
      file.seek(9_000);
      file.write(before ^ 4);
    }
    assertThat(test.read(A, 1_000_000, 8192)).isEqualTo(java.util.Arrays.copyOf(bytes, 8192));
    assertThatThrownBy(() -> test.read(A, 1_000_000, 20_000))
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
        .hasMessageContaining("at 1008192")
        .hasMessageContaining("data.0 at 8192");
    test.close();
    assertThat(Fsck.check(dir, false, Linux.instance()).clean()).isTrue();
    assertThat(Fsck.check(dir, true, Linux.instance()).findings())
        .singleElement()
        .asString()
        .contains("wrong checksum of blob");
  }
}
