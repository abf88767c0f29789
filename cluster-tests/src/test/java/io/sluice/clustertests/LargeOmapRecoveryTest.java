package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.OmapEntries;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdOp;
import java.time.Duration;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * An object with more keys than an OSD has heap to take them apart at once gets to one that was
 * away, in spite of a kill on the way.
 */
class LargeOmapRecoveryTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int OPERATIONS = 64;
  private static final int KEYS = 1600;
  private static final int VALUE_BYTES = 640;

  /** Each has a name of its own. */
  private static int writers;

  private static OsdOp keys(int operation, Random random) {
    SortedMap<byte[], byte[]> entries = OmapEntries.sorted();
    for (int i = 0; i < KEYS; i++) {
      byte[] value = new byte[VALUE_BYTES];
      random.nextBytes(value);
      entries.put(String.format("key.%02d.%04d", operation, i).getBytes(), value);
    }
    return OsdOp.payload(OpCode.OMAP_SET_VALS, OmapEntries.encode(entries));
  }

  private static boolean said(TestCluster cluster, String text) {
    return Stream.of("osd.0", "osd.1").anyMatch(osd -> cluster.log(osd).contains(text));
  }

  private static void revive(TestCluster cluster) {
    cluster.sluice("cluster", "revive", "osd.2").ok();
  }

  @Test
  void shouldCopyAHundredThousandKeysInSpiteOfAKill() throws Exception {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = Cluster.await(client.open("p"));
        String least = "\"pool\":\"p\",\"var\":\"min_size\",\"val\":\"1\"}";
        String set = "{\"prefix\":\"osd pool set\"," + least;
        MMonCommandAck ack = Cluster.await(client.command(set, new byte[0]));
        assertThat(ack.result()).as(ack.status()).isZero();
        cluster.signal("osd.2", "9");
        Awaitility.await("osd.2 down")
            .atMost(PATIENCE)
            .until(() -> !Cluster.await(client.newestMap()).isUp(2));
        Random random = new Random(1);
        for (int i = 0; i < OPERATIONS; i++) {
          store(client, pool, keys(i, random));
        }
        long pid = revivedAndKilled(cluster);
        assertThat(ProcessHandle.of(pid)).as("of its own accord it lives").isPresent();
        cluster.signal("osd.0", "9");
        cluster.signal("osd.1", "9");
        Finished keys = cluster.ceph("rados", "-p", "p", "listomapkeys", "index").ok();
        assertThat(keys.out().lines().distinct().count()).isEqualTo(OPERATIONS * KEYS);
      }
    }
  }

  /** Tries until it is answered: a slow machine's OSDs may be thought to be gone for a while. */
  private static void store(Cluster client, IoContext pool, OsdOp keys) {
    Awaitility.await("keys")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              OsdMap map = Cluster.await(client.newestMap());
              try (HostileClients writer = new HostileClients(++writers, pool.poolId(), map)) {
                writer.send(1, 1, true, "index", keys);
                return writer.awaitAnswer();
              }
            });
  }

  /** In the middle of what it is given; then it gets all of it. */
  private static long revivedAndKilled(TestCluster cluster) throws Exception {
    revive(cluster);
    Awaitility.await("copies on their way")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> said(cluster, "objects differ on [2]"));
    cluster.signal("osd.2", "9");
    revive(cluster);
    long pid = cluster.pid("osd.2");
    Thrasher.awaitClean(cluster, 3);
    return pid;
  }
}
