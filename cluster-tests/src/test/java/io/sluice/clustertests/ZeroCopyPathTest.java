package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which way the bytes of a write went, told by the counters of every OSD it touched. */
class ZeroCopyPathTest {
  private static final long SIZE = 4 << 20;

  @Test
  void shouldTouchNoPayloadByteWhenOurClientWritesFourMegabytesThreeTimes() {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      Path file = RandomFiles.create(cluster.path("f"), (int) SIZE, 3);
      long[] before = sums(cluster);
      cluster.sluice("rados", "-p", "p", "put", "o", file.toString()).ok();
      long[] after = sums(cluster);
      long direct = after[0] - before[0];
      long copied = after[1] - before[1];
      long read = after[2] - before[2];
      long splicedIn = after[3] - before[3];
      System.out.printf(
          "4 MiB written 3-way: spliced in %d, direct %d, copied %d, read %d bytes%n",
          splicedIn, direct, copied, read);
      assertThat(splicedIn).as("socket to pipe, on all three").isEqualTo(3 * SIZE);
      assertThat(direct + copied)
          .as("every byte reached a disk, one way or the other")
          .isGreaterThanOrEqualTo(3 * SIZE);
      assertThat(direct).as("pipe to O_DIRECT file").isGreaterThan(3 * SIZE * 9 / 10);
      assertThat(read).as("no OSD read a byte: the checksums came with the message").isZero();
    }
  }

  @Test
  void shouldCountTheCopyWhenLibradosWrites() {
    Tools.require("rados", "ceph-common");
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      Path file = RandomFiles.create(cluster.path("f"), (int) SIZE, 4);
      long[] before = sums(cluster);
      cluster.ceph("rados", "-p", "p", "put", "o", file.toString()).ok();
      long[] after = sums(cluster);
      assertThat(after[1] - before[1])
          .as("received into memory once, at the primary, and said so")
          .isBetween(SIZE, SIZE + SIZE / 10);
      assertThat(after[0] - before[0])
          .as("the replicas take it by pipes and write it directly")
          .isGreaterThan(2 * SIZE * 9 / 10);
    }
  }

  private static long[] sums(TestCluster cluster) {
    long[] sums = new long[4];
    for (int osd = 0; osd < 3; osd++) {
      sums[0] += cluster.zeroCopy(osd, "/direct_bytes");
      for (String kind : new String[] {"recv", "page_cache", "memfd_window"}) {
        sums[1] += cluster.zeroCopy(osd, "/cpu_copied_bytes/" + kind);
      }
      sums[2] += cluster.zeroCopy(osd, "/cpu_read_bytes/crc");
      sums[3] += cluster.zeroCopy(osd, "/spliced_in_bytes");
    }
    return sums;
  }
}
