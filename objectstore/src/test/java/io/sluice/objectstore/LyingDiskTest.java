package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.ObjectId;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that change, swap, forget or lose what they were given: found out at the read, or by a deep
 * fsck, and never answered with wrong bytes.
 */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class LyingDiskTest {
  private static final int BLOCK = DiskExtent.BLOCK;
  private static final int OBJECTS = 20;
  private static final int OBJECT_BYTES = 40_000;

  @TempDir Path dir;

  private interface Damage {
    void to(RandomAccessFile data, long block) throws Exception;
  }

  private static ObjectId object(int i) {
    return ObjectStoreContract.object("o" + i);
  }

  private static byte[] content(int i) {
    return ObjectStoreContract.bytes(OBJECT_BYTES, i);
  }

  private static List<DiskExtent> blocksOf(TestStore test, int i) {
    List<DiskExtent> found = new ArrayList<>();
    Onode onode =
        Onode.decode(test.database.get(MetadataKeys.object(ObjectStoreContract.PG, object(i))));
    for (Extent extent : onode.extents.all()) {
      found.addAll(Blob.decode(test.database.get(MetadataKeys.blob(extent.blob()))).disk());
    }
    return found;
  }

  private static void assertCorrupt(TestStore test, int i) {
    assertThatThrownBy(() -> test.read(object(i), 0, OBJECT_BYTES))
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
        .hasMessageContaining(":o" + i + ":head in 3.5_head at ")
        .hasMessageContaining("data.0 at ");
  }

  /** One object is damaged; it alone is refused, whatever else is read, and fsck names it. */
  private void assertFoundOut(Damage damage) throws Exception {
    Random random = new Random(7);
    int bad = random.nextInt(OBJECTS);
    long block;
    try (TestStore test = TestStore.create(dir, Linux.instance())) {
      for (int i = 0; i < OBJECTS; i++) {
        assertThat(test.apply(test.write(object(i), 0, content(i)))).isTrue();
      }
      DiskExtent extent = blocksOf(test, bad).get(0);
      block = extent.start() + random.nextInt((int) (extent.length() / BLOCK)) * (long) BLOCK;
      try (RandomAccessFile data = new RandomAccessFile(DataFiles.path(dir, 0).toFile(), "rw")) {
        damage.to(data, block);
        data.getFD().sync();
      }
      for (int i = 0; i < OBJECTS; i++) {
        if (i == bad) {
          assertCorrupt(test, i);
        } else {
          assertThat(test.read(object(i), 0, OBJECT_BYTES)).isEqualTo(content(i));
        }
      }
      assertThat(test.stops).isEmpty();
    }
    assertThat(Fsck.check(dir, true, Linux.instance()).findings())
        .singleElement()
        .asString()
        .contains("wrong-checksum", "data.0 at " + block, ":o" + bad + ":");
  }

  @Test
  void shouldFindASingleFlippedBit() throws Exception {
    assertFoundOut(
        (data, block) -> {
          data.seek(block + 1234);
          int before = data.read();
          data.seek(block + 1234);
          data.write(before ^ 8);
        });
  }

  @Test
  void shouldFindBlocksOfZeros() throws Exception {
    assertFoundOut(
        (data, block) -> {
          data.seek(block);
          data.write(new byte[BLOCK]);
        });
  }

  /** A misdirected write: a whole block of this store, sound in itself, in the wrong place. */
  @Test
  void shouldFindABlockThatBelongsElsewhere() throws Exception {
    assertFoundOut(
        (data, block) -> {
          byte[] other = new byte[BLOCK];
          data.seek((block + 20L * BLOCK) % (OBJECTS * 10L * BLOCK));
          data.readFully(other);
          data.seek(block);
          data.write(other);
        });
  }

  @Test
  void shouldFindAWriteOfHalfABlock() throws Exception {
    assertFoundOut(
        (data, block) -> {
          data.seek(block + BLOCK / 2);
          data.write(new byte[512]);
        });
  }

  /** A write that the disk acknowledged and never made: what lay there before is still there. */
  @Test
  void shouldFindALostWrite() throws Exception {
    try (TestStore test = TestStore.create(dir, Linux.instance())) {
      assertThat(test.apply(test.write(object(0), 0, content(0)))).isTrue();
      DiskExtent extent = blocksOf(test, 0).get(0);
      byte[] before = new byte[(int) extent.length()];
      try (RandomAccessFile data = new RandomAccessFile(DataFiles.path(dir, 0).toFile(), "rw")) {
        data.seek(extent.start());
        data.readFully(before);
        assertThat(test.apply(new Transaction.Remove(object(0)))).isTrue();
        assertThat(test.apply(new Transaction.Touch(object(2)))).isTrue(); // the blocks are free
        assertThat(test.apply(test.write(object(1), 0, content(1)))).isTrue();
        assertThat(blocksOf(test, 1)).containsExactly(extent); // the same blocks
        data.seek(extent.start());
        data.write(before);
        data.getFD().sync();
      }
      assertCorrupt(test, 1);
    }
    assertThat(Fsck.check(dir, true, Linux.instance()).findings()).hasSize(1);
  }

  /**
   * ext4 on a loop device over a tmpfs that is full: the device accepts writes whose tail it loses.
   * The store stops or refuses when it is told; what it could not know of it finds at the read.
   */
  @Test
  void shouldNeverAnswerWrongBytesFromADeviceThatLosesWhatItAccepts() throws Exception {
    try (SmallFileSystem below = SmallFileSystem.tmpfs(dir.resolve("below"), 24);
        SmallFileSystem disk =
            SmallFileSystem.ext4(dir.resolve("disk"), below.dir().resolve("image"), 200)) {
      Path store = disk.dir().resolve("store");
      int acknowledged = 0;
      boolean ended = false;
      try (TestStore test = TestStore.create(store, Linux.instance())) {
        for (int i = 0; i < 200 && !ended; i++) {
          ended = !write(test, i);
          acknowledged += ended ? 0 : 1;
        }
        assertThat(ended).as("24 MB took 40 MB").isTrue();
        int lost = 0;
        for (int i = 0; i < acknowledged; i++) {
          lost += isLost(test, i) ? 1 : 0;
        }
        assertThat(lost).as("of %d", acknowledged).isLessThan(acknowledged / 2);
      }
    }
  }

  /** True when reading it is an error that says so; else it has the right bytes. */
  private static boolean isLost(TestStore test, int i) throws Exception {
    try {
      assertThat(test.read(object(i), 0, 200_000)).isEqualTo(large(i));
      return false;
    } catch (ExecutionException e) {
      assertThat(e.getCause())
          .isInstanceOfSatisfying(
              StoreException.class,
              cause ->
                  assertThat(cause.kind())
                      .isIn(StoreException.Kind.CORRUPT, StoreException.Kind.READ_ERROR))
          .hasMessageContaining("data.0 at ");
      return true;
    }
  }

  private static byte[] large(int i) {
    return ObjectStoreContract.bytes(200_000, i);
  }

  private static boolean write(TestStore test, int i) throws InterruptedException {
    try {
      return test.apply(test.write(object(i), 0, large(i)));
    } catch (StoreException e) {
      assertThat(e.kind()).isEqualTo(StoreException.Kind.NO_SPACE);
      return false;
    } catch (IllegalStateException stopped) {
      return false;
    }
  }
}
