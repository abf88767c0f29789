package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.protocol.OmapEntries;
import io.sluice.protocol.OmapQuery;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * OSDs with the heap that they have by default, and many connections whose operations, each of
 * which may be, would fill it several times over together.
 */
class HostileOperationsTest {
  private static final int MIB = 1 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What an OSD may have resident: heap, direct memory, the store's caches, the JVM. */
  private static final long RESIDENT_MAX_KB = 1_000_000;

  private TestCluster cluster;
  private Cluster client;
  private IoContext pool;
  private List<Long> pids;
  private HostileClients hostile;

  @BeforeEach
  void start() throws Exception {
    // Who takes nothing is found out soon; who is only slow, as machines may be, never.
    String patience = "-Dsluice.osd.stuck-ms=500 -Dsluice.osd.patience-ms=600000";
    cluster = TestCluster.startCalm(patience, 3, 3);
    cluster.sluice("pool", "create", "p").ok();
    client = cluster.connect();
    pool = Cluster.await(client.open("p"));
    Cluster.await(pool.writeFull("calm", new byte[4096]));
    pids = cluster.pids();
    hostile = new HostileClients(1, pool.poolId(), client.map());
  }

  @AfterEach
  void stopWithEverybodyUp() throws Exception {
    try {
      hostile.close();
      for (int i = 0; i < 50; i++) {
        Cluster.await(pool.writeFull("after" + i, new byte[4096]));
      }
      for (long pid : pids) {
        assertThat(ProcessHandle.of(pid)).as(cluster.log("osd.0")).isPresent();
        assertThat(residentKb(pid)).isLessThan(RESIDENT_MAX_KB);
      }
    } finally {
      client.close();
      cluster.close();
    }
  }

  private static long residentKb(long pid) throws Exception {
    String line =
        Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .filter(each -> each.startsWith("VmHWM:"))
            .findFirst()
            .orElseThrow();
    System.out.println("hostile: pid " + pid + " " + line);
    return Long.parseLong(line.replaceAll("[^0-9]", ""));
  }

  private static OsdOp values(int count, int length) {
    SortedMap<byte[], byte[]> entries = OmapEntries.sorted();
    byte[] value = new Encoder(length).zeros(length).toByteArray();
    for (int i = 0; i < count; i++) {
      entries.put(("key" + i).getBytes(), value);
    }
    return OsdOp.payload(OpCode.OMAP_SET_VALS, OmapEntries.encode(entries));
  }

  private static OsdOp page() {
    OmapQuery all = new OmapQuery(new byte[0], 1000, new byte[0]);
    return OsdOp.payload(OpCode.OMAP_GET_VALS, all.encodeForValues());
  }

  /** Fails, after what came before it was taken apart. */
  private static OsdOp fails() {
    return OsdOp.of(OpCode.ASSERT_VER, new OpArgs.AssertVersion(0, 1L << 40));
  }

  /** A client that does as it should, meanwhile. */
  private void beServed(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      List<CompletableFuture<?>> some = new ArrayList<>();
      for (int j = 0; j < 4; j++) {
        some.add(pool.writeFull("calm" + j, new byte[4096]));
        some.add(pool.read("calm", 0, 4096));
      }
      for (CompletableFuture<?> one : some) {
        Cluster.await(one);
      }
    }
  }

  private void awaitAnswers(int count) {
    Awaitility.await("answers to hostile operations")
        .atMost(PATIENCE)
        .until(() -> hostile.answered() >= count);
  }

  @Test
  void shouldLiveWithManyLargeChanges() throws Exception {
    OsdOp large = values(8, MIB - 1000);
    hostile.send(10, 1, true, "large#", large);
    hostile.send(40, 2, true, "vain#", large, fails());
    hostile.send(40, 2, true, "short#", values(60_000, 0), fails());
    hostile.send(6, 1, true, "keys#", values(60_000, 0));
    hostile.send(2, 1, true, "refused#", values(100, MIB));
    beServed(30);
    awaitAnswers(10 + 80 + 80 + 6 + 2);
    assertThat(hostile.closed()).isZero();
  }

  @Test
  void shouldLiveWithClientsThatTakeNoAnswers() throws Exception {
    hostile.send(1, 1, true, "page", values(4, MIB - 1000));
    hostile.send(1, 1, true, "sparse", OsdOp.of(OpCode.CREATE, OpArgs.NONE), sized(128L * MIB));
    hostile.send(1, 1, true, "long", OsdOp.attr(OpCode.SETXATTR, "k", new byte[MIB]));
    awaitAnswers(3);
    hostile.send(8, 40, false, "long", OsdOp.attr(OpCode.GETXATTR, "k", new byte[0]));
    hostile.send(8, 10, false, "page", page());
    hostile.send(8, 1, false, "sparse", OsdOp.extent(OpCode.READ, 0, 128 * MIB));
    hostile.send(4, 1, false, "sparse", half(), half());
    beServed(30);
    HostileClients patient = new HostileClients(2, pool.poolId(), client.map());
    try (patient) {
      Awaitility.await("others get their turn")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                patient.send(1, 1, true, "page", page()); // a slow one may lose its connection
                return patient.answered() >= 4;
              });
    }
  }

  private static OsdOp sized(long bytes) {
    return OsdOp.of(OpCode.TRUNCATE, new OpArgs.Extent(bytes, 0, 0, 0));
  }

  private static OsdOp half() {
    return OsdOp.extent(OpCode.READ, 0, 64 * MIB);
  }
}
