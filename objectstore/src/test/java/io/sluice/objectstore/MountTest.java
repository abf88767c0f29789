package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores that are not there, not ours, in use, or broken: each a clear refusal, and nothing left
 * open.
 */
@ExtendWith(NoLeaks.class)
class MountTest {
  private static final UUID FSID = DiskStoreTest.FSID;

  @TempDir Path temp;
  private Path dir;

  @BeforeEach
  void make() throws Exception {
    dir = temp.resolve("store");
    open(dir).close();
  }

  private static DiskStore open(Path dir) throws StoreException {
    return DiskStore.openOrCreate(dir, FSID, 3, 8 << 20, DiskStoreTest.config());
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(
      Path dir, UUID fsid, int osd, StoreException.Kind kind) {
    return assertThatThrownBy(() -> DiskStore.open(dir, fsid, osd, DiskStoreTest.config()))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void shouldRefuseAStoreOfAnotherClusterOrOsd() {
    UUID other = new UUID(9, 9);
    assertRefused(dir, other, 3, StoreException.Kind.WRONG_STORE)
        .hasMessage(
            "store "
                + dir
                + " belongs to osd.3 of cluster "
                + FSID
                + ", not to osd.3 of cluster "
                + other);
    assertRefused(dir, FSID, 4, StoreException.Kind.WRONG_STORE)
        .hasMessageContaining("not to osd.4");
  }

  @Test
  void shouldRefuseAStoreThatIsOpen() throws Exception {
    try (DiskStore store = open(dir)) {
      assertRefused(dir, FSID, 3, StoreException.Kind.IN_USE).hasMessageContaining("in use");
      assertThatThrownBy(() -> Fsck.check(dir, false, Linux.instance()))
          .hasMessageContaining("in use");
      assertThat(store.collections()).isEmpty();
    }
    open(dir).close();
  }

  @Test
  void shouldRefuseWhatIsNoStore() throws Exception {
    assertRefused(temp.resolve("nowhere"), FSID, 3, StoreException.Kind.WRONG_STORE)
        .hasMessageContaining("no such directory");
    Files.createDirectories(temp.resolve("empty"));
    assertRefused(temp.resolve("empty"), FSID, 3, StoreException.Kind.WRONG_STORE)
        .hasMessageContaining("no superblock");
    Files.write(temp.resolve("empty").resolve("superblock"), new byte[10_000]);
    assertRefused(temp.resolve("empty"), FSID, 3, StoreException.Kind.WRONG_STORE)
        .hasMessageContaining("not the superblock");
  }

  @Test
  void shouldRefuseATornSuperblock() throws Exception {
    Path superblock = dir.resolve("superblock");
    byte[] bytes = Files.readAllBytes(superblock);
    bytes[40] ^= 1;
    Files.write(superblock, bytes);
    assertRefused(dir, FSID, 3, StoreException.Kind.WRONG_STORE)
        .hasMessageContaining("damaged superblock");
  }

  @Test
  void shouldRefuseToMakeAStoreWhereThereIsOne() {
    assertThatThrownBy(() -> DiskStore.create(dir, FSID, 3, 8 << 20, DiskStoreTest.config()))
        .hasMessageContaining("already holds a store");
  }

  @Test
  void shouldRefuseATruncatedOrMissingDataFile() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(dir.resolve("data.0").toFile(), "rw")) {
      file.setLength(4096);
    }
    assertRefused(dir, FSID, 3, StoreException.Kind.CORRUPT)
        .hasMessageContaining("4096 bytes long instead of 8388608");
    Files.delete(dir.resolve("data.0"));
    assertRefused(dir, FSID, 3, StoreException.Kind.CORRUPT).hasMessageContaining("is missing");
  }

  @Test
  void shouldRefuseAMissingDatabaseFile() throws IOException {
    Files.delete(dir.resolve("db").resolve("CURRENT"));
    assertRefused(dir, FSID, 3, StoreException.Kind.READ_ERROR)
        .hasMessageContaining("cannot open the store");
  }

  private void deleteFromDatabase(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("db"))) {
      List<Path> found = files.filter(file -> file.toString().endsWith(suffix)).toList();
      assertThat(found).isNotEmpty();
      Files.delete(found.get(found.size() - 1));
    }
  }

  @Test
  void shouldRefuseADatabaseWithoutItsLog() throws Exception {
    deleteFromDatabase(".log");
    assertRefused(dir, FSID, 3, StoreException.Kind.CORRUPT)
        .hasMessageContaining("write-ahead log is missing");
    assertThatThrownBy(() -> Fsck.check(dir, false, Linux.instance()))
        .hasMessageContaining("write-ahead log is missing");
  }

  /** Recycled logs stay beside it, and would hide that it is gone. */
  @Test
  void shouldRefuseADatabaseWithoutItsNewestLog() throws Exception {
    try (DiskStore store = open(dir)) {
      commit(store, new Transaction.CreateCollection());
      for (int i = 0; i < 200 && logs().size() < 3; i++) {
        commit(store, new Transaction.WriteInline(ObjectStoreContract.A, 0, new byte[1 << 20]));
      }
      for (int i = 0; i < 3000 && !isNewestAlone(); i++) {
        Thread.sleep(10); // until what the older ones held is in tables
      }
      commit(store, new Transaction.Touch(ObjectStoreContract.B));
    }
    assertThat(isNewestAlone()).as("older logs are there, and not needed").isTrue();
    List<Path> logs = logs();
    assertThat(logs).hasSizeGreaterThan(1);
    Files.delete(logs.get(logs.size() - 1));
    assertRefused(dir, FSID, 3, StoreException.Kind.CORRUPT)
        .hasMessageContaining("write-ahead log is missing");
  }

  private boolean isNewestAlone() throws IOException {
    List<Path> logs = logs();
    String newest = String.format("%06d.log", RocksManifest.oldestLog(dir.resolve("db")));
    return logs.get(logs.size() - 1).endsWith(newest);
  }

  private List<Path> logs() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("db"))) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  private static void commit(DiskStore store, Transaction.Op op) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    store.commit(new Transaction(ObjectStoreContract.PG).add(op), done::countDown);
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldRefuseADatabaseWithoutOneOfItsTables() throws Exception {
    try (DiskStore store = open(dir)) {
      commit(store, new Transaction.CreateCollection());
    }
    open(dir).close(); // what was in the log is in a table now
    deleteFromDatabase(".sst");
    assertRefused(dir, FSID, 3, StoreException.Kind.READ_ERROR).hasMessageContaining(".sst");
  }

  /** Large values lie apart from the tables. */
  @Test
  void shouldRefuseADatabaseWithoutOneOfItsFilesOfValues() throws Exception {
    try (DiskStore store = open(dir)) {
      commit(store, new Transaction.CreateCollection());
      commit(store, new Transaction.WriteInline(ObjectStoreContract.A, 0, new byte[16 << 10]));
    }
    open(dir).close(); // what was in the log is in files now
    deleteFromDatabase(".blob");
    assertRefused(dir, FSID, 3, StoreException.Kind.READ_ERROR).hasMessageContaining(".blob");
  }

  @Test
  void shouldMakeAnewWhatAnInterruptedMkfsLeft() throws Exception {
    Files.delete(dir.resolve("superblock"));
    try (DiskStore store = open(dir)) {
      assertThat(store.space()).isEqualTo(new ObjectStore.Space(8 << 20, 8 << 20));
    }
  }

  @Test
  void shouldFindNothingWrongWithASoundStore() throws Exception {
    try (DiskStore store = open(dir)) {
      CountDownLatch done = new CountDownLatch(1);
      store.commit(
          new Transaction(ObjectStoreContract.PG)
              .add(new Transaction.CreateCollection())
              .add(new Transaction.WriteInline(ObjectStoreContract.A, 0, new byte[5]))
              .add(new Transaction.OmapSet(ObjectStoreContract.A, new byte[1], new byte[1])),
          done::countDown);
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
    Fsck.Report report = Fsck.check(dir, true, Linux.instance());
    assertThat(report.findings()).isEmpty();
    assertThat(report.objects()).isEqualTo(1);
    assertThat(report.collections()).isEqualTo(1);
  }
}
