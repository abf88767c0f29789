package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.clustertests.ThrashModel.State;
import io.sluice.protocol.MMonCommandAck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What comes back, is added or goes while the cluster changes under it. */
class RecoveryTest {
  private static final int PATIENCE_SECONDS = 180;
  private static final Pattern COLLECTIONS = Pattern.compile("(\\d+) collections");

  private static byte[] bytes(String object, int version) {
    Random random = new Random(object.hashCode() * 31L + version);
    byte[] bytes =
        new byte
            [random.nextInt(6) == 0 ? 100_000 + random.nextInt(400_000) : random.nextInt(9_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Stores many objects at once and notes them as acknowledged. */
  private static void put(
      IoContext pool, ThrashModel model, String prefix, int from, int to, int version)
      throws Exception {
    Map<String, CompletableFuture<Long>> writes = new java.util.LinkedHashMap<>();
    for (int i = from; i < to; i++) {
      String object = prefix + i;
      writes.put(object, pool.writeFull(object, bytes(object, version)));
    }
    for (Map.Entry<String, CompletableFuture<Long>> write : writes.entrySet()) {
      Cluster.await(write.getValue());
      State old = model.of(write.getKey());
      model.acknowledged(write.getKey(), old.withData(bytes(write.getKey(), version)));
    }
  }

  @Test
  void shouldBringBackEveryChangeWhenKilledAgainAndAgainDuringRecovery() throws Exception {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = Cluster.await(client.open("p"));
        ThrashWorkload objects = new ThrashWorkload(cluster, pool, 0);
        put(pool, objects.model, "o", 0, 300, 1);
        grow(client, 40);
        cluster.signal("osd.1", "9");
        changeHalf(pool, objects.model);
        grow(client, 64); // one does not hear of it
        revive(cluster, 1);
        cluster.signal("osd.1", "9"); // the one being brought up to date
        put(pool, objects.model, "o", 250, 300, 3);
        revive(cluster, 1);
        cluster.signal("osd.0", "9"); // the primary of a third of it
        put(pool, objects.model, "late", 0, 20, 1);
        revive(cluster, 0);
        Thrasher.awaitClean(cluster, 3);
        objects.verifyOnEachCopy(3, 3);
      }
    }
  }

  private static void grow(Cluster client, int groups) throws Exception {
    String pool = "\"pool\":\"p\",\"var\":\"pg_num\",\"val\":\"" + groups + "\"}";
    String set = "{\"prefix\":\"osd pool set\"," + pool;
    MMonCommandAck said = Cluster.await(client.command(set, new byte[0]));
    assertThat(said.result()).as(said.status()).isZero();
  }

  private static void changeHalf(IoContext pool, ThrashModel model) throws Exception {
    put(pool, model, "o", 0, 50, 2);
    for (int i = 50; i < 150; i++) {
      String object = "o" + i;
      if (i < 100) {
        Cluster.await(pool.remove(object));
        model.acknowledged(object, State.ABSENT);
      } else {
        Cluster.await(pool.setXattr(object, "x", new byte[] {(byte) i}));
        model.acknowledged(object, model.of(object).withXattr("x", new byte[] {(byte) i}));
      }
    }
    for (int i = 50; i < 75; i++) { // removed, and there again under the same name
      put(pool, model, "o", i, i + 1, 4);
    }
    put(pool, model, "new", 0, 50, 1);
  }

  private static int copiesInStores(TestCluster cluster, int osds) {
    int copies = 0;
    for (int osd = 0; osd < osds; osd++) {
      copies += cluster.perf("osd." + osd).at("/store/collections").asInt();
    }
    return copies;
  }

  private static void revive(TestCluster cluster, int osd) {
    cluster.sluice("cluster", "revive", "osd." + osd).ok();
  }

  @Test
  void shouldMoveDataAndRemoveTheOldCopyWhenAnOsdIsAdded() throws Exception {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p", "32").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = Cluster.await(client.open("p"));
        ThrashWorkload objects = new ThrashWorkload(cluster, pool, 0);
        put(pool, objects.model, "o", 0, 200, 1);
        String monHost =
            io.sluice.client.CephConf.read(cluster.path("ceph.conf")).global("mon_host");
        Process added =
            cluster
                .command(
                    "osd",
                    "--id",
                    "3",
                    "--mon-host",
                    monHost,
                    "--data",
                    cluster.path("osd.3").toString(),
                    "--admin-socket",
                    cluster.path("osd.3.asok").toString())
                .startSilently();
        try {
          put(pool, objects.model, "meanwhile", 0, 100, 1);
          Thrasher.awaitClean(cluster, 4);
          assertThat(objects.verify()).isEmpty();
          Awaitility.await("the old copies to be gone from the stores")
              .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .until(() -> copiesInStores(cluster, 4) == 3 * 32);
        } finally {
          added.destroy();
          if (!added.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            added.destroyForcibly().waitFor();
          }
        }
      }
      cluster.sluice("cluster", "stop").ok();
      List<Integer> collections = new ArrayList<>();
      for (int osd = 0; osd < 4; osd++) {
        Finished fsck =
            cluster.sluice("fsck", "--deep", cluster.path("osd." + osd).toString()).ok();
        Matcher matcher = COLLECTIONS.matcher(fsck.out());
        assertThat(matcher.find()).as("%s", fsck).isTrue();
        collections.add(Integer.parseInt(matcher.group(1)));
      }
      assertThat(collections.get(3)).as("moved to the new one: %s", collections).isPositive();
      assertThat(collections.stream().mapToInt(Integer::intValue).sum())
          .as("%s", collections)
          .isEqualTo(3 * 32);
    }
  }

  @Test
  void shouldRemoveItsDataWhenPoolWasDeletedWhileOsdWasDown() throws Exception {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      cluster.sluice("pool", "create", "q").ok();
      try (Cluster client = cluster.connect()) {
        put(Cluster.await(client.open("p")), new ThrashModel(), "o", 0, 100, 1);
      }
      cluster.signal("osd.2", "9");
      cluster.sluice("pool", "rm", "p").ok();
      revive(cluster, 2);
      Thrasher.awaitClean(cluster, 3);
      for (int osd = 0; osd < 3; osd++) {
        String name = "osd." + osd;
        Awaitility.await()
            .alias(name + " frees what the pool held")
            .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .until(
                () -> {
                  com.fasterxml.jackson.databind.JsonNode store = cluster.perf(name).path("store");
                  return store.path("free_bytes").asLong() == store.path("total_bytes").asLong()
                      && cluster.perf(name).at("/osd/numpg").asInt() == 32;
                });
      }
    }
  }

  @Test
  void shouldServeNothingAndThenEverythingWhenMonitorIsAwayForLongerThanTheLease()
      throws Exception {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = Cluster.await(client.open("p"));
        ThrashWorkload objects = new ThrashWorkload(cluster, pool, 0);
        put(pool, objects.model, "o", 0, 50, 1);
        cluster.signal("mon.a", "9");
        Thread.sleep(3_500); // the lease is 3 s
        CompletableFuture<Long> write = pool.writeFull("o1", bytes("o1", 2));
        CompletableFuture<byte[]> read = pool.read("o2", 0, 1_000_000);
        Thread.sleep(2_000);
        assertThat(write).as("a write without a lease").isNotDone();
        assertThat(read).as("a read without a lease").isNotDone();
        cluster.sluice("cluster", "revive", "mon.a").ok();
        Cluster.await(write);
        Cluster.await(read);
        objects.model.acknowledged("o1", State.ABSENT.withData(bytes("o1", 2)));
        assertThat(objects.verify()).isEmpty();
        Thrasher.awaitClean(cluster, 3);
      }
    }
  }

  @Test
  void shouldHaveAPoolWholeOrNotAtAllWhenMonitorIsKilledWhileItIsMade() throws Exception {
    try (TestCluster cluster = TestCluster.start(3, 3)) {
      try (Cluster client = cluster.connect()) {
        Random random = new Random(7);
        for (int i = 0; i < 4; i++) {
          String name = "p" + i;
          CompletableFuture<?> made =
              client.command(
                  "{\"prefix\":\"osd pool create\",\"pool\":\"" + name + "\",\"pg_num\":16}",
                  new byte[0]);
          Thread.sleep(random.nextInt(30));
          cluster.signal("mon.a", "9");
          cluster.sluice("cluster", "revive", "mon.a").ok();
          Cluster.await(made); // sent again to the new monitor: made once, said twice
          IoContext pool = Cluster.await(client.open(name));
          put(pool, new ThrashModel(), "o", 0, 20, i);
        }
        assertThat(cluster.sluice("pool", "ls").ok().out().strip().lines())
            .containsExactly("p0", "p1", "p2", "p3");
        Thrasher.awaitClean(cluster, 3);
      }
    }
  }
}
