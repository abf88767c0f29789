package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.NativeHeap;
import io.sluice.types.ObjectId;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million objects: mounted soon, and used for long in bounded memory. Prints what it measured.
 *
 * <p>{@code -Dsluice.overwrites=N}: how many objects are overwritten ten times over, of a million;
 * 100,000 otherwise.
 */
@Tag("slow")
class MillionObjectsTest {
  private static final int OBJECTS = 1_000_000;
  private static final int PER_TRANSACTION = 1000;
  private static final long MOUNT_SECONDS_MAX = 10;
  private static final int OVERWRITES = Integer.getInteger("sluice.overwrites", 100_000);

  /** A daemon's. */
  private static final int HEAP_MIB = 192;

  /** The heap, 124 MiB of RocksDB's, 32 that reads go into, what a JVM and malloc take. */
  private static final long RESIDENT_KIB_MAX = (HEAP_MIB + 124 + 32 + 142) << 10;

  @TempDir Path dir;

  @Test
  void shouldMountAMillionObjectsInTime() throws Exception {
    Path report = dir.resolve("report");
    run("fill", report);
    run("use", report);
    String[] words = Files.readString(report).strip().split(" ");
    long mountMillis = Long.parseLong(words[0]);
    long residentKib = Long.parseLong(words[1]);
    System.out.println(OBJECTS + " objects: mount " + mountMillis + " ms, then:");
    System.out.print(Files.readString(dir.resolve("use.log")));
    assertThat(mountMillis).isLessThan(TimeUnit.SECONDS.toMillis(MOUNT_SECONDS_MAX));
    assertThat(residentKib).isLessThan(RESIDENT_KIB_MAX);
  }

  private void run(String what, Path report) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    File log = dir.resolve(what + ".log").toFile();
    ProcessBuilder command =
        new ProcessBuilder(
                java,
                "-Xmx" + HEAP_MIB + "m",
                "-XX:+UseSerialGC",
                "-Dsluice.overwrites=" + OVERWRITES,
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                what,
                dir.resolve("store").toString(),
                report.toString())
            .redirectErrorStream(true)
            .redirectOutput(log);
    command.environment().put("MALLOC_ARENA_MAX", "2"); // as a daemon's
    Process process = command.start();
    try {
      assertThat(process.waitFor(20, TimeUnit.MINUTES)).as(what + " ended").isTrue();
      assertThat(process.exitValue()).as(Files.readString(log.toPath())).isZero();
    } finally {
      process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }

  /** What the other process does, with the heap of a daemon. */
  static final class Child {
    private static final CollectionId PG = ObjectStoreContract.PG;
    private static final int IN_FLIGHT = 8;
    private static final int READS = 400_000;
    private static final int LARGE = 1000;
    private static final int LARGE_BYTES = 256 << 10;
    private static final int OMAP_KEYS = 100_000;

    private Child() {}

    public static void main(String[] arguments) throws Exception {
      Path dir = Path.of(arguments[1]);
      if (arguments[0].equals("fill")) {
        fill(dir);
      } else {
        use(dir, Path.of(arguments[2]));
      }
    }

    private static ObjectId object(int i) {
      return ObjectId.head(3, "", "", "rbd_data.1234.0000" + i, i * 0x9e3779b9);
    }

    private static ObjectId large(int i) {
      return ObjectId.head(3, "", "", "large" + i, i);
    }

    private static void fill(Path dir) throws Exception {
      DiskStore store =
          DiskStore.create(dir, DiskStoreTest.FSID, 0, 2L << 30, DiskStoreTest.config());
      commit(store, new Transaction(PG).add(new Transaction.CreateCollection()));
      write(store, OBJECTS, 0, object -> new Transaction.SetAttr(object, "_", new byte[250]));
      byte[] large = new byte[LARGE_BYTES];
      for (int i = 0; i < LARGE; i++) {
        StagedWrite data = store.claimStage(BufferList.wrap(large), null);
        commit(store, new Transaction(PG).add(new Transaction.Write(large(i), 0, data)));
      }
      store.close();
    }

    private static void commit(DiskStore store, Transaction transaction) throws Exception {
      StageProperties.commit(store, transaction);
    }

    /** 100 bytes and something else of each object, a thousand objects at a time. */
    private static void write(
        DiskStore store, int count, int fill, Function<ObjectId, Transaction.Op> more)
        throws Exception {
      Semaphore room = new Semaphore(IN_FLIGHT);
      byte[] bytes = new byte[100];
      Arrays.fill(bytes, (byte) fill);
      for (int i = 0; i < count; ) {
        Transaction next = new Transaction(PG);
        for (int end = Math.min(count, i + PER_TRANSACTION); i < end; i++) {
          next.add(new Transaction.WriteInline(object(i), 0, bytes)).add(more.apply(object(i)));
        }
        acquire(room, 1);
        store.commit(next, room::release);
      }
      acquire(room, IN_FLIGHT);
    }

    private static void acquire(Semaphore room, int count) throws InterruptedException {
      if (!room.tryAcquire(count, 5, TimeUnit.MINUTES)) {
        throw new IllegalStateException("nothing was committed in five minutes");
      }
    }

    private static void use(Path dir, Path report) throws Exception {
      long begin = System.nanoTime();
      DiskStore store = DiskStore.open(dir, DiskStoreTest.FSID, 0, DiskStoreTest.config());
      NativeHeap heap = NativeHeap.keepTrimmed(); // as an OSD's daemon does
      long mounted = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      long objects = store.usage(PG).objects();
      if (objects != OBJECTS + LARGE) {
        throw new IllegalStateException(objects + " objects");
      }
      say("mounted", store);
      Random random = new Random(1);
      for (int i = 0; i < OBJECTS; i++) {
        ObjectId object = object(random.nextInt(OBJECTS));
        store.attr(PG, object, "_").orElseThrow();
      }
      say("a million look-ups", store);
      read(store, random);
      say(READS + " reads", store);
      for (int turn = 1; turn <= 10; turn++) {
        write(store, OVERWRITES, turn, object -> new Transaction.Touch(object));
      }
      say("overwritten ten times", store);
      copyOmap(store);
      say("an omap of 100,000 keys made and copied", store);
      for (int turn = 0; turn < 10; turn++) {
        for (int i = 0; i < LARGE; i++) {
          StagedWrite data = store.claimStage(BufferList.wrap(new byte[LARGE_BYTES / 2]), null);
          long offset = random.nextInt(LARGE_BYTES / 2);
          commit(store, new Transaction(PG).add(new Transaction.Write(large(i), offset, data)));
        }
      }
      read(store, random);
      say("large ones overwritten ten times and read", store);
      Files.writeString(report, mounted + " " + resident("VmHWM:"));
      store.close();
      heap.close();
    }

    /** Blocks of all large objects, again and again, and small objects. */
    private static void read(DiskStore store, Random random) throws Exception {
      Semaphore room = new Semaphore(IN_FLIGHT);
      AtomicReference<Throwable> failed = new AtomicReference<>();
      for (int i = 0; i < READS; i++) {
        acquire(room, 1);
        boolean small = i % 4 == 0;
        ObjectId object = small ? object(random.nextInt(OBJECTS)) : large(random.nextInt(LARGE));
        store
            .read(PG, object, small ? 0 : random.nextInt(LARGE_BYTES - 4096), 4096)
            .whenComplete(
                (bytes, failure) -> {
                  if (bytes != null) {
                    bytes.close();
                  } else {
                    failed.compareAndSet(null, failure);
                  }
                  room.release();
                });
      }
      acquire(room, IN_FLIGHT);
      if (failed.get() != null) {
        throw new IllegalStateException(failed.get());
      }
    }

    private static void copyOmap(DiskStore store) throws Exception {
      for (int i = 0; i < OMAP_KEYS; ) {
        Transaction next = new Transaction(PG);
        for (int end = i + PER_TRANSACTION; i < end; i++) {
          byte[] key = String.format("key-%020d", i).getBytes(StandardCharsets.US_ASCII);
          next.add(new Transaction.OmapSet(object(1), key, new byte[100]));
        }
        commit(store, next);
      }
      commit(store, new Transaction(PG).add(new Transaction.Clone(object(1), large(LARGE))));
      int found = store.omapList(PG, large(LARGE), new byte[0], 2 * OMAP_KEYS).size();
      if (found != OMAP_KEYS) {
        throw new IllegalStateException(found + " keys in the copy");
      }
    }

    private static void say(String after, DiskStore store) throws IOException {
      Map<String, Object> perf = store.perf();
      System.out.printf(
          "%-45s resident %4d MiB, at most %4d; onodes %3d, blobs %3d, blocks %3d MiB%n",
          after,
          resident("VmRSS:") >> 10,
          resident("VmHWM:") >> 10,
          (long) perf.get("onode_cache_bytes") >> 20,
          (long) perf.get("blob_cache_bytes") >> 20,
          (long) perf.get("data_cache_bytes") >> 20);
    }

    private static long resident(String field) throws IOException {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }
}
