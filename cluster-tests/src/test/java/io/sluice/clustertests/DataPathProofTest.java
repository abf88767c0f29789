package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.client.LeasedBuffer;
import io.sluice.client.ObjectFiles;
import io.sluice.client.SpliceFile;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What happened to every payload byte of 64 objects of 4 MiB, three copies each: in one mode
 * nothing but splices, in the other exactly one look on each OSD.
 */
class DataPathProofTest {
  private static final int OBJECTS = 64;
  private static final int SIZE = 4 << 20;
  private static final long ALL = 3L * OBJECTS * SIZE;

  /** Of what is written: the rest are pages that a window cut, see {@link #assertDirect}. */
  private static final double DIRECT_MIN = 0.95;

  /** All 64 objects again, where a machine was so busy that more was cut. */
  private static final int ROUNDS_MAX = 5;

  private static final String DIRECT = "/direct_bytes";
  private static final String CUT_PAGES = "/fallbacks/splice_einval";
  private static final String CUT_PIPES = "/fallbacks/pipe_read";
  private static final long PIPE = 1 << 20;
  private static final String WINDOW = "/cpu_copied_bytes/memfd_window";

  private static final String[] COUNTERS = {
    "/spliced_in_bytes",
    "/spliced_out_bytes",
    "/direct_bytes",
    "/mapped_bytes",
    "/cpu_read_bytes/crc",
    "/cpu_copied_bytes/recv",
    "/cpu_copied_bytes/page_cache",
    "/cpu_copied_bytes/memfd_window",
    "/read_out_bytes/spliced",
    "/read_out_bytes/checked",
    "/owners/op/writefull/spliced_in_bytes",
    "/owners/op/writefull/direct_bytes",
    "/owners/op/repop/spliced_out_bytes",
    "/owners/op/repop/direct_bytes",
    "/owners/conn/osd.0/spliced_out_bytes",
    CUT_PAGES,
    CUT_PIPES
  };

  private static TestCluster place;
  private static Cluster cluster;

  /** One cluster, a pool for each mode; whoever looks for another reason than a checksum throws. */
  @BeforeAll
  static void start() throws Exception {
    Tools.requireRoot();
    place = TestCluster.startCalm("-Dsluice.tripwire=crc", 3, 3);
    for (String mode : new String[] {"lazy", "ingest"}) {
      place.sluice("pool", "create", mode).ok();
      place.sluice("pool", "set", mode, "integrity", mode).ok();
    }
    cluster = place.connect();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
    if (place != null) {
      place.close(); // fails when a tripwire was touched
    }
  }

  @Test
  void shouldReadNoByteAndCopyNoneWhenLazy() throws Exception {
    Map<String, Long> went = write("lazy");
    long own = went.get("/owners/op/writefull/direct_bytes");
    long replicas = went.get("/owners/op/repop/direct_bytes");
    assertThat(own + replicas).as("by operation").isEqualTo(went.get(DIRECT));
    assertThat(went.get("/cpu_read_bytes/crc")).as("read").isZero();
    assertThat(went.get(WINDOW)).as("window").isZero();
    assertThat(went.get("/cpu_copied_bytes/page_cache")).as("page cache").isZero();
    assertThat(went.get("/mapped_bytes")).as("mapped").isZero();
  }

  /**
   * All from sockets to disks, as root on loopback; an ordinary user's pipes may run out, which is
   * counted and correct. But for what comes of a receiver that does not keep up: its window ends
   * inside a page, and the sender's kernel cuts that page, which is counted and, at worst with the
   * rest of its pipe, copied; and a piece may be so small that it is read with its head.
   */
  private static void assertDirect(Map<String, Long> went) {
    long spliced = went.get("/spliced_in_bytes");
    long copied = went.get("/cpu_copied_bytes/recv");
    long cut = went.get(CUT_PAGES) * 4096 + went.get(CUT_PIPES) * PIPE;
    assertThat(went.get(DIRECT) + copied).as("what came by pipes").isEqualTo(spliced);
    assertThat(copied).as("copied, cut in %d pages", went.get(CUT_PAGES)).isLessThanOrEqualTo(cut);
    assertThat(spliced).as("from sockets").isLessThanOrEqualTo(ALL);
  }

  @Test
  void shouldLookAtEachByteOnceOnEachOsdWhenIngesting() throws Exception {
    Map<String, Long> went = write("ingest");
    long spliced = went.get("/spliced_in_bytes");
    assertThat(went.get(WINDOW)).as("each once").isEqualTo(spliced);
    assertThat(went.get("/cpu_read_bytes/crc")).as("read").isBetween(spliced, ALL);
    assertThat(went.get("/mapped_bytes")).as("mapped").isZero();
    assertThat(went.get("/cpu_copied_bytes/page_cache")).as("page cache").isZero();
  }

  private static Map<String, Long> write(String mode) throws Exception {
    byte[] content = new byte[SIZE];
    new Random(5).nextBytes(content);
    IoContext pool = Cluster.await(cluster.open(mode));
    awaitMode(pool, mode, content);
    Map<String, Long> went;
    int rounds = 0;
    do {
      long cutBefore = cutThrough();
      Map<String, Long> before = sums();
      for (int i = 0; i < OBJECTS; i++) {
        put(pool, "o" + i, content);
      }
      went = since(before);
      System.out.println(mode + ", 64 x 4 MiB, three copies: " + went);
      assertDirect(went);
      assertThat(Cluster.await(pool.read("o17", 0, SIZE))).isEqualTo(content);
      assertThat(cutThrough() - cutBefore).as("handed on while they came").isEqualTo(OBJECTS);
    } while (went.get(DIRECT) < DIRECT_MIN * ALL && ++rounds < ROUNDS_MAX);
    assertThat(went.get(DIRECT))
        .as("directly, of %d", ALL)
        .isGreaterThan((long) (DIRECT_MIN * ALL));
    if (mode.equals("lazy")) {
      assertReadsLeaveAsPages(pool, content);
    }
    return went;
  }

  /**
   * What was written comes back through pipes that nobody looked into; where somebody has to look,
   * it is seen, byte for byte.
   */
  private static void assertReadsLeaveAsPages(IoContext pool, byte[] content) throws Exception {
    Map<String, Long> before = sums();
    try (LeasedBuffer lease = pool.cluster().payloads().lease(SIZE)) {
      for (int i = 0; i < OBJECTS; i++) {
        assertThat(Cluster.await(lease.read(pool, "o" + i, 0, SIZE))).isEqualTo(SIZE);
        assertThat(lease.buffer()).isEqualTo(ByteBuffer.wrap(content));
      }
    }
    // The last count is made after the bytes have left, perhaps after they have arrived.
    Awaitility.await("all is counted")
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> since(before).get("/spliced_out_bytes") >= ALL / 3);
    Map<String, Long> went = since(before);
    assertThat(went.get("/read_out_bytes/spliced")).isEqualTo(ALL / 3);
    assertThat(went.get("/cpu_read_bytes/crc")).as("read").isZero();
    assertThat(went.get("/mapped_bytes")).as("mapped").isZero();
    assertThat(went.get("/cpu_copied_bytes/recv")).as("copied").isZero();
    assertThat(went.get("/cpu_copied_bytes/page_cache")).as("page cache").isZero();
    assertThat(went.get("/cpu_copied_bytes/memfd_window")).as("window").isZero();
    assertAFileIsSplicedInto(pool, content);
    if (Tools.there("rados")) {
      assertALookIsSeen(content);
    }
  }

  /** A get of a file: socket, pipes, file; looked at once on the way, as nobody else has. */
  private static void assertAFileIsSplicedInto(IoContext pool, byte[] content) throws Exception {
    Path file = Files.createFile(place.path("o5"));
    Cluster cluster = pool.cluster();
    long before = (long) cluster.zeroCopy().get("spliced_in_bytes");
    try (SpliceFile out = SpliceFile.open(cluster, file)) {
      ObjectFiles.ChannelSource to =
          new ObjectFiles.ChannelSource() {
            @Override
            public WritableByteChannel open() {
              return out;
            }

            @Override
            public boolean splices() {
              return true;
            }
          };
      assertThat(new ObjectFiles(pool, bytes -> {}).get("o5", to)).isEqualTo(SIZE);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
    // All of it but what the messenger may have read ahead with the head.
    assertThat((long) cluster.zeroCopy().get("spliced_in_bytes") - before)
        .isBetween(SIZE - (64L << 10), (long) SIZE);
  }

  /** librados takes no checksums of blocks: each is checked here, in its pipe, before it leaves. */
  private static void assertALookIsSeen(byte[] content) throws Exception {
    Map<String, Long> looked = sums();
    place.ceph("rados", "-p", "lazy", "get", "o3", place.path("o3").toString()).ok();
    Awaitility.await("all is counted")
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> since(looked).get("/read_out_bytes/checked") >= SIZE);
    Map<String, Long> seen = since(looked);
    assertThat(Files.readAllBytes(place.path("o3"))).isEqualTo(content);
    assertThat(seen.get("/read_out_bytes/checked")).as("librados").isEqualTo(SIZE);
    assertThat(seen.get(WINDOW)).as("through the window").isEqualTo(SIZE);
    assertThat(seen.get("/cpu_read_bytes/crc")).as("checked, once").isEqualTo(SIZE);
    assertThat(seen.get("/read_out_bytes/spliced")).isZero();
  }

  private static Map<String, Long> since(Map<String, Long> before) {
    Map<String, Long> went = sums();
    before.forEach((name, value) -> went.merge(name, -value, Long::sum));
    return went;
  }

  /** A pool's own mode goes before the daemons', once all have heard of it. */
  private static void awaitMode(IoContext pool, String mode, byte[] content) {
    Awaitility.await("the OSDs look, or not, as pool " + mode + " says")
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () -> {
              Map<String, Long> before = sums();
              put(pool, "warm", content);
              Map<String, Long> after = sums();
              long looked = after.get(WINDOW) - before.get(WINDOW);
              long direct = after.get(DIRECT) - before.get(DIRECT);
              return direct >= SIZE && (mode.equals("lazy") ? looked == 0 : looked > 2L * SIZE);
            });
  }

  /** Writes handed on while they came, by now; none held more than four pipes, none was dropped. */
  private static long cutThrough() {
    long cut = 0;
    for (int osd = 0; osd < 3; osd++) {
      JsonNode counters = place.perf("osd." + osd).path("osd");
      cut += counters.path("cut_through").asLong();
      assertThat(counters.path("cut_through_pipes_peak").asLong()).isLessThanOrEqualTo(4);
      assertThat(counters.path("cut_through_dropped").asLong()).isZero();
    }
    return cut;
  }

  private static void put(IoContext pool, String object, byte[] content) throws Exception {
    Cluster.await(
        pool.writeFull(object, pool.cluster().payloads().copyOf(ByteBuffer.wrap(content))));
  }

  private static Map<String, Long> sums() {
    Map<String, Long> sums = new TreeMap<>();
    for (int osd = 0; osd < 3; osd++) {
      JsonNode zerocopy = place.perf("osd." + osd).path("zerocopy");
      for (String counter : COUNTERS) {
        sums.merge(counter, zerocopy.at(counter).asLong(), Long::sum);
      }
    }
    return sums;
  }
}
