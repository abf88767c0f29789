package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.ObjectId;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million objects: mounted soon, and in bounded memory. Prints what it measured. */
@Tag("slow")
class MillionObjectsTest {
  private static final int OBJECTS = 1_000_000;
  private static final int PER_TRANSACTION = 1000;
  private static final long MOUNT_SECONDS_MAX = 10;
  private static final int HEAP_MIB = 192;

  /** Caches of 256 MiB, 128 MiB for what a JVM is without heap. */
  private static final long RESIDENT_KIB_MAX = (HEAP_MIB + 256 + 128) << 10;

  @TempDir Path dir;

  @Test
  void shouldMountAMillionObjectsInTime() throws Exception {
    Path report = dir.resolve("report");
    run("fill", report);
    run("use", report);
    String[] words = Files.readString(report).strip().split(" ");
    long mountMillis = Long.parseLong(words[0]);
    long residentKib = Long.parseLong(words[1]);
    System.out.println(
        OBJECTS + " objects: mount " + mountMillis + " ms, resident " + residentKib + " KiB");
    assertThat(mountMillis).isLessThan(TimeUnit.SECONDS.toMillis(MOUNT_SECONDS_MAX));
    assertThat(residentKib).isLessThan(RESIDENT_KIB_MAX);
  }

  private void run(String what, Path report) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    File log = dir.resolve(what + ".log").toFile();
    Process process =
        new ProcessBuilder(
                java,
                "-Xmx" + HEAP_MIB + "m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                what,
                dir.resolve("store").toString(),
                report.toString())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(what + " ended").isTrue();
      assertThat(process.exitValue()).as(Files.readString(log.toPath())).isZero();
    } finally {
      process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }

  /** What the other process does, with the heap of a daemon. */
  static final class Child {
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

    private static void fill(Path dir) throws Exception {
      DiskStore store =
          DiskStore.create(dir, DiskStoreTest.FSID, 0, 1L << 30, DiskStoreTest.config());
      Semaphore inFlight = new Semaphore(8);
      Transaction next = new Transaction(ObjectStoreContract.PG);
      next.add(new Transaction.CreateCollection());
      for (int i = 0; i < OBJECTS; i++) {
        next.add(new Transaction.WriteInline(object(i), 0, new byte[100]));
        next.add(new Transaction.SetAttr(object(i), "_", new byte[250]));
        if (i % PER_TRANSACTION == PER_TRANSACTION - 1) {
          inFlight.acquire();
          store.commit(next, inFlight::release);
          next = new Transaction(ObjectStoreContract.PG);
        }
      }
      store.close();
    }

    private static void use(Path dir, Path report) throws Exception {
      long begin = System.nanoTime();
      DiskStore store = DiskStore.open(dir, DiskStoreTest.FSID, 0, DiskStoreTest.config());
      long mounted = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      long objects = store.usage(ObjectStoreContract.PG).objects();
      if (objects != OBJECTS) {
        throw new IllegalStateException(objects + " objects");
      }
      Random random = new Random(1);
      for (int i = 0; i < OBJECTS; i++) {
        ObjectId object = object(random.nextInt(OBJECTS));
        store.attr(ObjectStoreContract.PG, object, "_").orElseThrow();
      }
      store.close();
      String resident =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .findFirst()
              .orElseThrow()
              .replaceAll("\\D", "");
      Files.writeString(report, mounted + " " + resident);
    }
  }
}
