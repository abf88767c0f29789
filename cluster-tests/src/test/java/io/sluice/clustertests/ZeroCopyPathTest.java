package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which way the bytes of a write went, told by the counters of every OSD it touched. */
class ZeroCopyPathTest {
  private static final long SIZE = 4 << 20;

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = TestCluster.startCalm(3, 3);
    cluster.sluice("pool", "create", "p").ok();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void shouldTouchNoPayloadByteWhenOurClientWritesFourMegabytesThreeTimes() {
    Path file = RandomFiles.create(cluster.path("f"), (int) SIZE, 3);
    long[] before = sums();
    cluster.sluice("rados", "-p", "p", "put", "o", file.toString()).ok();
    long[] after = sums();
    long direct = after[0] - before[0];
    long copied = after[1] - before[1];
    long read = after[2] - before[2];
    long splicedIn = after[3] - before[3];
    System.out.printf(
        "4 MiB written 3-way: spliced in %d, direct %d, copied %d, read %d bytes%n",
        splicedIn, direct, copied, read);
    assertThat(splicedIn).as("socket to pipe, on all three").isBetween(2 * SIZE, 3 * SIZE);
    assertThat(direct + copied)
        .as("every byte of a pipe reached a disk, one way or the other")
        .isEqualTo(splicedIn);
    assertThat(copied).as("not from pipe to O_DIRECT file").isBetween(0L, after[4] - before[4]);
    assertThat(read).as("no OSD read a byte: the checksums came with the message").isZero();
  }

  @Test
  void shouldCountTheCopyWhenLibradosWrites() {
    Tools.require("rados", "ceph-common");
    Path file = RandomFiles.create(cluster.path("g"), (int) SIZE, 4);
    long[] before = sums();
    cluster.ceph("rados", "-p", "p", "put", "l", file.toString()).ok();
    long[] after = sums();
    long copied = after[1] - before[1];
    long direct = after[0] - before[0];
    long splicedIn = after[3] - before[3];
    System.out.printf(
        "4 MiB of librados 3-way: spliced in %d, direct %d, copied %d%n",
        splicedIn, direct, copied);
    assertThat(copied)
        .as("received into memory once, at the primary, and said so")
        .isBetween(SIZE, SIZE + after[4] - before[4]);
    assertThat(splicedIn).as("the replicas take it by pipes").isBetween(SIZE, 2 * SIZE);
    assertThat(direct).as("and write it directly").isEqualTo(splicedIn - (copied - SIZE));
  }

  /** A copy of so little costs each OSD less than pipes and memory files do (ADR 51). */
  @Test
  void shouldTakeLittlePayloadOfLibradosIntoMemory() {
    Tools.require("rados", "ceph-common");
    int little = 64 << 10;
    Path file = RandomFiles.create(cluster.path("h"), little, 5);
    long[] before = sums();
    cluster.ceph("rados", "-p", "p", "put", "s", file.toString()).ok();
    long[] after = sums();
    assertThat(after[3] - before[3]).as("spliced in").isZero();
    assertThat(after[1] - before[1])
        .as("received into memory, on all three")
        .isEqualTo(3L * little);
  }

  /**
   * Direct, copied, read, spliced in; and at most how much was copied because the sender's kernel
   * had cut a page, where the window of a receiver that did not keep up ended inside it.
   */
  private static long[] sums() {
    long[] sums = new long[5];
    for (int osd = 0; osd < 3; osd++) {
      JsonNode counters = cluster.perf("osd." + osd).path("zerocopy");
      sums[0] += counter(counters, "/direct_bytes");
      for (String kind : new String[] {"recv", "page_cache", "memfd_window"}) {
        sums[1] += counter(counters, "/cpu_copied_bytes/" + kind);
      }
      sums[2] += counter(counters, "/cpu_read_bytes/crc");
      sums[3] += counter(counters, "/spliced_in_bytes");
      sums[4] += 4096 * counters.at("/fallbacks/splice_einval").asLong();
      sums[4] += (1 << 20) * counters.at("/fallbacks/pipe_read").asLong();
    }
    return sums;
  }

  private static long counter(JsonNode counters, String pointer) {
    assertThat(counters.at(pointer).isNumber())
        .as("there is a counter zerocopy" + pointer)
        .isTrue();
    return counters.at(pointer).asLong();
  }
}
