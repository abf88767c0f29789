package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.ObjectId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A file system that somebody else fills: data are refused, deletes go on, room is found again. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class FullDiskTest {
  /** Sparse: far more than the file system has. */
  private static final long STORE_BYTES = 1L << 30;

  private static final int MEGABYTES = 96;

  @TempDir Path temp;

  private static ObjectId object(int i) {
    return ObjectStoreContract.object("o" + i);
  }

  /** What another process writes until nothing fits any more. */
  private static Path fill(Path dir) throws IOException {
    Path hog = dir.resolve("hog");
    for (int piece = 1 << 20; piece >= 512; piece /= 2) {
      try (OutputStream to =
          Files.newOutputStream(
              hog,
              java.nio.file.StandardOpenOption.CREATE,
              java.nio.file.StandardOpenOption.APPEND)) {
        while (true) {
          to.write(new byte[piece]);
        }
      } catch (IOException full) {
        assertThat(full).hasMessageContaining("No space");
      }
    }
    return hog;
  }

  private static TestStore make(Path dir) throws Exception {
    Mkfs.make(dir, CrashRecorder.OWNER, STORE_BYTES, Linux.instance());
    TestStore test = TestStore.open(dir, Linux.instance());
    assertThat(test.apply(new Transaction.CreateCollection())).isTrue();
    return test;
  }

  private static Transaction.Op remove(int i) {
    return new Transaction.Remove(object(i));
  }

  private static void assertRefused(TestStore test) {
    assertThatThrownBy(() -> test.store.claimStage(BufferList.wrap(new byte[4096]), null))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.NO_SPACE))
        .hasMessageContaining("only deletes");
  }

  @Test
  void shouldDeleteOnADiskThatAnotherProcessFilled() throws Exception {
    try (SmallFileSystem disk = SmallFileSystem.tmpfs(temp.resolve("disk"), MEGABYTES)) {
      Path store = disk.dir().resolve("store");
      try (TestStore test = make(store)) {
        assertThat((long) test.store.perf().get("ballast_bytes")).isEqualTo(MEGABYTES / 16 << 20);
        for (int i = 0; i < 30; i++) {
          assertThat(test.apply(test.write(object(i), 0, new byte[100_000]))).isTrue();
        }
        Path hog = fill(disk.dir());
        for (int i = 0; i < 30; i++) {
          assertThat(test.apply(remove(i))).isTrue();
        }
        assertThat(test.stops).isEmpty();
        assertThat(test.store.space().free()).isZero();
        assertRefused(test);
        Files.delete(hog);
        assertThat(test.store.space().free()).isPositive();
        assertThat((long) test.store.perf().get("ballast_bytes")).isPositive();
        assertThat(test.apply(test.write(object(1), 0, new byte[100_000]))).isTrue();
      }
      assertThat(Fsck.check(store, true, Linux.instance()).findings()).isEmpty();
    }
  }

  /** Where even the ballast is gone the database's own error is not the end: it waits for room. */
  @Test
  void shouldGoOnWhenThereIsRoomForTheDatabaseAgain() throws Exception {
    try (SmallFileSystem disk = SmallFileSystem.tmpfs(temp.resolve("disk"), MEGABYTES)) {
      Path store = disk.dir().resolve("store");
      try (TestStore test = make(store)) {
        fill(disk.dir());
        assertThat(test.store.space().free()).isZero(); // the ballast is given up
        Path hog = fill(disk.dir()); // and eaten
        Thread makesRoom =
            new Thread(
                () -> {
                  try {
                    while ((long) test.store.perf().get("database_full") < 3) {
                      Thread.sleep(20);
                    }
                    Files.delete(hog);
                  } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
        makesRoom.start();
        try {
          for (int i = 0; i < 20; i++) {
            assertThat(test.apply(new Transaction.WriteInline(object(i), 0, new byte[900_000])))
                .isTrue();
          }
        } finally {
          makesRoom.interrupt();
          makesRoom.join(10_000);
        }
        assertThat(test.stops).isEmpty();
        assertThat((long) test.store.perf().get("database_full")).isGreaterThanOrEqualTo(3);
        for (int i = 0; i < 20; i++) {
          assertThat(test.read(object(i), 0, 1 << 20)).hasSize(900_000);
        }
      }
      assertThat(Fsck.check(store, true, Linux.instance()).findings()).isEmpty();
    }
  }

  @Test
  void shouldOpenAStoreWhoseFileSystemIsFull() throws Exception {
    try (SmallFileSystem disk = SmallFileSystem.tmpfs(temp.resolve("disk"), MEGABYTES)) {
      Path store = disk.dir().resolve("store");
      try (TestStore test = make(store)) {
        assertThat(test.apply(test.write(object(0), 0, new byte[100_000]))).isTrue();
      }
      fill(disk.dir());
      try (TestStore test = TestStore.open(store, Linux.instance())) {
        assertThat(test.store.space().free()).isZero();
        assertThat(test.read(object(0), 0, 1 << 20)).hasSize(100_000);
        assertThat(test.apply(remove(0))).isTrue();
      }
    }
  }
}
