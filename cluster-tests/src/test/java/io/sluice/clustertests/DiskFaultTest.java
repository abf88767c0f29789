package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.client.RadosException;
import io.sluice.clustertests.ThrashModel.State;
import io.sluice.protocol.Errno;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Disks that fill up, fail or lie under real daemons: an error or the right bytes, never anything
 * else.
 */
class DiskFaultTest {
  /** An answer later than this is none. */
  private static final long PATIENCE_SECONDS = 120;

  private static <T> T await(CompletableFuture<T> answer) throws RadosException {
    return Cluster.await(answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void put(IoContext pool, ThrashModel model, String object, int length)
      throws RadosException {
    byte[] bytes = bytes(length, object.hashCode());
    await(pool.writeFull(object, bytes));
    model.acknowledged(object, State.ABSENT.withData(bytes));
  }

  @Test
  void shouldStopAndAnswerNobodyWhenFlushFails() throws Exception {
    Tools.require("strace", "strace");
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = await(client.open("p"));
        ThrashWorkload objects = new ThrashWorkload(cluster, pool, 0);
        put(pool, objects.model, "before", 200_000);
        long pid = cluster.pid("osd.1");
        Path trace = cluster.path("trace");
        Process strace =
            new Command(
                    List.of(
                        "strace",
                        "-f",
                        "-qq",
                        "-e",
                        "trace=fdatasync,exit_group",
                        "-e",
                        "inject=fdatasync:error=EIO",
                        "-o",
                        trace.toString(),
                        "-p",
                        "" + pid))
                .startSilently();
        try {
          Tracing.awaitAttached(pid);
          for (int i = 0; i < 20; i++) { // goes on with the other two
            put(pool, objects.model, "during" + i, 200_000);
          }
          assertThat(strace.waitFor(60, TimeUnit.SECONDS)).as("osd.1 ends").isTrue();
        } finally {
          strace.destroy(); // so that it lets go of the daemon
          if (!strace.waitFor(10, TimeUnit.SECONDS)) {
            strace.destroyForcibly();
          }
        }
        String calls = Files.readString(trace);
        assertThat(calls).contains("EIO").containsPattern("exit_group\\([1-9]");
        assertThat(calls.split("INJECTED", -1))
            .as("a failed flush is not tried again")
            .hasSizeLessThanOrEqualTo(3);
        assertThat(Files.readString(cluster.path("osd.1.log")))
            .contains("fdatasync")
            .contains("errno 5");
        assertThat(objects.verify()).isEmpty();
        cluster.sluice("cluster", "revive", "osd.1").ok();
        Thrasher.awaitClean(cluster, 3);
        objects.verifyOnEachCopy(3, 3);
      }
    }
  }

  @Test
  void shouldAnswerEioAndNameTheObjectWhenStoredBytesChanged() throws Exception {
    try (TestCluster cluster = TestCluster.start(1, 1)) {
      cluster.sluice("pool", "create", "p").ok();
      ThrashModel model = new ThrashModel();
      try (Cluster client = cluster.connect()) {
        IoContext pool = await(client.open("p"));
        for (int i = 0; i < 20; i++) {
          put(pool, model, "o" + i, 300_000);
        }
      }
      cluster.sluice("cluster", "stop").ok();
      Path data = cluster.path("osd.0").resolve("data.0");
      flipOneByteEvery(1 << 20, data);
      cluster.sluice("fsck", cluster.path("osd.0").toString()).ok();
      Finished deep = cluster.sluice("fsck", "--deep", cluster.path("osd.0").toString());
      assertThat(deep.exit()).as("%s", deep).isEqualTo(1);
      assertThat(deep.out()).contains("wrong checksum").contains(data.toString());

      cluster.sluice("cluster", "start").ok();
      int refused = 0;
      try (Cluster client = cluster.connect()) {
        IoContext pool = await(client.open("p"));
        for (int i = 0; i < 20; i++) {
          refused += refuses(pool, model, "o" + i) ? 1 : 0;
        }
        assertThat(refused).as("objects with a flipped byte").isBetween(1, 19);
        put(pool, model, "o1", 100_000); // writing it anew heals it
        assertThat(refuses(pool, model, "o1")).isFalse();
      }
    }
  }

  /**
   * True when reading answers EIO; else it must answer the right bytes. Our client and rados alike.
   */
  private static boolean refuses(IoContext pool, ThrashModel model, String object)
      throws RadosException {
    try {
      byte[] read = await(pool.read(object, 0, 1 << 20));
      assertThat(model.judge(object, State.ABSENT.withData(read))).isEmpty();
      return false;
    } catch (RadosException e) {
      assertThat(e.is(Errno.EIO)).as(e.getMessage()).isTrue();
      return true;
    }
  }

  private static void flipOneByteEvery(int step, Path file) throws IOException {
    try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
      for (long at = 1_000; at < 10L << 20; at += step) {
        data.seek(at);
        int old = data.read();
        data.seek(at);
        data.write(old ^ 0x10);
      }
    }
  }

  @Test
  void shouldRefuseToServeWhenDataFileIsShortOrMetadataIsGone() throws Exception {
    try (TestCluster cluster = TestCluster.start(1, 1)) {
      cluster.sluice("pool", "create", "p").ok();
      cluster
          .sluice(
              "rados",
              "-p",
              "p",
              "put",
              "o",
              RandomFiles.create(cluster.path("f"), 1 << 20, 1).toString())
          .ok();
      cluster.sluice("cluster", "stop").ok();
      Path store = cluster.path("osd.0");
      Path data = store.resolve("data.0");
      long length = Files.size(data);
      try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
        file.setLength(4096);
      }
      cluster.sluice("fsck", store.toString()).failedWith(1, data.toString(), "4096 bytes long");
      cluster.sluice("cluster", "start").failedWith(1, "osd.0", data.toString());
      try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
        file.setLength(length);
      }
      Files.move(store.resolve("db"), cluster.path("db.away"));
      cluster.sluice("fsck", store.toString()).failedWith(1, "metadata database", "db");
      cluster.sluice("cluster", "start").failedWith(1, "osd.0", "metadata database");
    }
  }

  @Test
  void shouldSayNoSpaceAndKeepEverythingWhenTheFileSystemIsFull() throws Exception {
    Tools.requireRoot();
    Tools.require("mkfs.ext4", "e2fsprogs");
    try (SmallDisk disk = SmallDisk.mount(900);
        TestCluster cluster = TestCluster.start(disk.dir().resolve("c"), 3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = await(client.open("p"));
        ThrashWorkload objects = new ThrashWorkload(cluster, pool, 0);
        List<String> stored = fill(pool, objects.model);
        assertThat(objects.verify()).isEmpty();
        for (String object : stored.subList(0, stored.size() / 2)) {
          await(pool.remove(object));
          objects.model.acknowledged(object, State.ABSENT);
        }
        assertThat(objects.verify()).isEmpty();
        Thrasher.awaitClean(cluster, 3);
        Awaitility.await()
            .alias("writes are taken again where there is room again")
            .atMost(90, TimeUnit.SECONDS)
            .ignoreExceptionsMatching(e -> e instanceof RadosException no && no.is(Errno.ENOSPC))
            .until(
                () -> {
                  for (int i = 0; i < 10; i++) {
                    put(pool, objects.model, "again" + i, 4_000);
                  }
                  return true;
                });
        cluster.sluice("cluster", "stop").ok();
        cluster.sluice("cluster", "start").ok();
        assertThat(objects.verify()).isEmpty();
      }
    }
  }

  /** Writes until the cluster says that it is full. */
  private static List<String> fill(IoContext pool, ThrashModel model) throws RadosException {
    List<String> stored = new ArrayList<>();
    try {
      while (stored.size() < 1_000) {
        String object = "fill" + stored.size();
        put(pool, model, object, 4 << 20);
        stored.add(object);
      }
    } catch (RadosException e) {
      assertThat(e.is(Errno.ENOSPC)).as(e.getMessage()).isTrue();
    }
    assertThat(stored.size()).as("objects of 4 MiB, three times, on 900 MB").isBetween(10, 80);
    return stored;
  }
}
