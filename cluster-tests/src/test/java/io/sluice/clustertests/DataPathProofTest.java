package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.client.LeasedBuffer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * What happened to every payload byte of 64 objects of 4 MiB, three copies each: in one mode
 * nothing but splices (and the odd KiB read ahead with a head), in the other exactly one look on
 * each OSD.
 */
class DataPathProofTest {
  private static final int OBJECTS = 64;
  private static final int SIZE = 4 << 20;
  private static final long ALL = 3L * OBJECTS * SIZE;

  /**
   * After many small messages (leases, answers) the messenger reads ahead: should a payload follow,
   * its first KiB come through memory, counted.
   */
  private static final long STRAY_SHARE = 1000;

  private static final String DIRECT = "/direct_bytes";
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
    "/read_out_bytes/copied_peer",
    "/owners/op/writefull/spliced_in_bytes",
    "/owners/op/writefull/direct_bytes",
    "/owners/op/repop/spliced_out_bytes",
    "/owners/op/repop/direct_bytes",
    "/owners/conn/osd.0/spliced_out_bytes"
  };

  @Test
  void shouldReadNoByteAndCopyNextToNoneWhenLazy() throws Exception {
    Map<String, Long> went = write("lazy", "none");
    long ahead = went.get("/cpu_copied_bytes/recv");
    long own = went.get("/owners/op/writefull/direct_bytes");
    long replicas = went.get("/owners/op/repop/direct_bytes");
    assertThat(own + replicas).as("by operation").isEqualTo(went.get("/direct_bytes"));
    assertThat(own).isBetween(ALL / 3 - ahead, ALL / 3);
    // As root on loopback: an ordinary user's pipes may run out, which is counted and correct.
    assertThat(went.get("/direct_bytes")).isGreaterThanOrEqualTo(ALL * 95 / 100);
    assertThat(went.get("/cpu_read_bytes/crc")).as("read").isZero();
    assertThat(went.get("/cpu_copied_bytes/memfd_window")).as("window").isZero();
    assertThat(went.get("/cpu_copied_bytes/page_cache")).as("page cache").isZero();
    assertThat(went.get("/mapped_bytes")).as("mapped").isZero();
    assertThat(went.get("/cpu_copied_bytes/recv")).as("read ahead").isLessThan(ALL / STRAY_SHARE);
  }

  @Test
  void shouldLookAtEachByteOnceOnEachOsdWhenIngesting() throws Exception {
    Map<String, Long> went = write("ingest", "crc");
    long ahead = went.get("/cpu_copied_bytes/recv"); // checked where it came, in memory
    assertThat(went.get("/direct_bytes")).isGreaterThanOrEqualTo(ALL * 95 / 100);
    assertThat(went.get("/cpu_copied_bytes/memfd_window")).as("window").isEqualTo(ALL - ahead);
    assertThat(went.get("/cpu_read_bytes/crc")).as("read").isEqualTo(ALL - ahead);
    assertThat(went.get("/mapped_bytes")).as("mapped").isZero();
    assertThat(went.get("/cpu_copied_bytes/page_cache")).as("page cache").isZero();
    assertThat(went.get("/cpu_copied_bytes/recv")).as("read ahead").isLessThan(ALL / STRAY_SHARE);
  }

  /**
   * @param expected why a daemon may look into a pipe; for any other reason it throws
   */
  private static Map<String, Long> write(String integrity, String expected) throws Exception {
    Tools.requireRoot();
    try (TestCluster place = TestCluster.unstarted()) {
      place
          .command("cluster", "start", "--osds", "3", "--size", "3")
          .env("SLUICE_INTEGRITY", integrity)
          .env("SLUICE_DAEMON_OPTS", "-Dsluice.owners=enforce -Dsluice.tripwire=" + expected)
          .run()
          .ok();
      place.sluice("pool", "create", "p").ok();
      byte[] content = new byte[SIZE];
      new Random(5).nextBytes(content);
      try (Cluster cluster = place.connect()) {
        IoContext pool = Cluster.await(cluster.open("p"));
        put(pool, "warm", content);
        Map<String, Long> before = sums(place);
        for (int i = 0; i < OBJECTS; i++) {
          put(pool, "o" + i, content);
        }
        Map<String, Long> went = since(before, place);
        System.out.println(integrity + ", 64 x 4 MiB, three copies: " + went);
        assertThat(Cluster.await(pool.read("o17", 0, SIZE))).isEqualTo(content);
        assertCutThrough(place);
        if (integrity.equals("lazy")) {
          assertReadsLeaveAsPages(place, pool, content);
        }
        if (integrity.equals("ingest")) {
          assertNobodyLooksInALazyPool(place, cluster, content);
        }
        return went;
      }
    }
  }

  /**
   * What was written comes back through pipes that nobody looked into; where somebody has to look,
   * it is seen, byte for byte.
   */
  private static void assertReadsLeaveAsPages(TestCluster place, IoContext pool, byte[] content)
      throws Exception {
    Map<String, Long> before = sums(place);
    try (LeasedBuffer lease = pool.cluster().payloads().lease(SIZE)) {
      for (int i = 0; i < OBJECTS; i++) {
        assertThat(Cluster.await(lease.read(pool, "o" + i, 0, SIZE))).isEqualTo(SIZE);
        assertThat(lease.buffer()).isEqualTo(ByteBuffer.wrap(content));
      }
    }
    Map<String, Long> went = since(before, place);
    assertThat(went.get("/read_out_bytes/spliced")).isEqualTo(ALL / 3);
    assertThat(went.get("/spliced_out_bytes")).isGreaterThanOrEqualTo(ALL / 3);
    assertThat(went.get("/cpu_read_bytes/crc")).as("read").isZero();
    assertThat(went.get("/mapped_bytes")).as("mapped").isZero();
    assertThat(went.get("/cpu_copied_bytes/recv")).as("copied").isZero();
    assertThat(went.get("/cpu_copied_bytes/page_cache")).as("page cache").isZero();
    assertThat(went.get("/cpu_copied_bytes/memfd_window")).as("window").isZero();
    if (Tools.there("rados")) {
      assertALookIsSeen(place, content);
    }
  }

  /** librados takes no checksums of blocks: each is checked here before the first byte leaves. */
  private static void assertALookIsSeen(TestCluster place, byte[] content) throws Exception {
    Map<String, Long> looked = sums(place);
    place.ceph("rados", "-p", "p", "get", "o3", place.path("o3").toString()).ok();
    Map<String, Long> seen = since(looked, place);
    assertThat(Files.readAllBytes(place.path("o3"))).isEqualTo(content);
    assertThat(seen.get("/read_out_bytes/copied_peer")).as("librados").isEqualTo(SIZE);
    assertThat(seen.get("/cpu_read_bytes/crc")).as("checked, once").isEqualTo(SIZE);
    assertThat(seen.get("/read_out_bytes/spliced")).isZero();
  }

  private static Map<String, Long> since(Map<String, Long> before, TestCluster place) {
    Map<String, Long> went = sums(place);
    before.forEach((name, value) -> went.merge(name, -value, Long::sum));
    return went;
  }

  /** A pool's own mode goes before the daemons': once they have heard of it, nobody looks. */
  private static void assertNobodyLooksInALazyPool(
      TestCluster place, Cluster cluster, byte[] content) throws Exception {
    place.sluice("pool", "create", "q").ok();
    place.sluice("pool", "set", "q", "integrity", "lazy").ok();
    IoContext pool = Cluster.await(cluster.open("q"));
    Awaitility.await("the OSDs have heard of it")
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () -> {
              Map<String, Long> before = sums(place);
              put(pool, "not looked at", content);
              Map<String, Long> after = sums(place);
              return after.get(DIRECT) - before.get(DIRECT) >= SIZE
                  && after.get(WINDOW).equals(before.get(WINDOW));
            });
  }

  /** Every write was handed on while it came, and held four pipes at most. */
  private static void assertCutThrough(TestCluster place) {
    long cut = 0;
    for (int osd = 0; osd < 3; osd++) {
      JsonNode counters = place.perf("osd." + osd).path("osd");
      cut += counters.path("cut_through").asLong();
      assertThat(counters.path("cut_through_pipes_peak").asLong()).isLessThanOrEqualTo(4);
      assertThat(counters.path("cut_through_dropped").asLong()).isZero();
    }
    assertThat(cut).isGreaterThanOrEqualTo(OBJECTS); // the first may have waited for its group
  }

  private static void put(IoContext pool, String object, byte[] content) throws Exception {
    Cluster.await(
        pool.writeFull(object, pool.cluster().payloads().copyOf(ByteBuffer.wrap(content))));
  }

  private static Map<String, Long> sums(TestCluster place) {
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
