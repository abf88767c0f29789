package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.Seeds;
import io.sluice.objectstore.StoreException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.PoolInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients, each with a byte of its own, far fewer pipes than writes, connections cut anywhere,
 * system calls that fail, an OSD that starts again: whatever object is looked at, and whatever a
 * client reads meanwhile, all of it is one write of one client.
 *
 * <p>{@code -Dforeign.seed=N -Dforeign.writes=N} to replay, or for more.
 */
@Tag("long")
@ExtendWith(NoLeaks.class)
class ForeignPayloadTest {
  private static final int CLIENTS = 5;
  private static final int OBJECTS = 12;
  private static final int PIPES = 6;
  private static final int LARGE = 64 << 10;
  private static final int WRITES = Integer.getInteger("foreign.writes", 120);
  private static final int IN_FLIGHT = 20;

  /** Which write it was can be told from the length: client and number. */
  private static int length(int client, int number) {
    return LARGE + (number * 37 % 190) * 10_000 + client;
  }

  @Test
  void shouldHoldOneWriteOfOneClientInEveryObject(@TempDir Path dir) throws Exception {
    long seed = Long.getLong("foreign.seed", Seeds.of("ForeignPayloadTest", 1_000_000));
    System.out.printf("-Dforeign.seed=%d -Dforeign.writes=%d%n", seed, WRITES);
    Random random = new Random(seed);
    try (LiveCluster cluster = new LiveCluster(dir, PIPES)) {
      List<LiveClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(cluster.client());
      }
      long[] pools = {
        cluster.createPool("lazy"),
        cluster.createPool("ingest"),
        cluster.createPool("slots", PoolInfo.receiveTag("slot"))
      };
      Set<Integer> lengths = new HashSet<>();
      lengths.add(writeWithoutPipes(cluster, clients.get(0), pools[0]));
      List<CompletableFuture<LiveClient.Answer>> answers = new ArrayList<>();
      List<CompletableFuture<LiveClient.Answer>> reads = new ArrayList<>();
      for (int i = 0; i < WRITES; i++) {
        int client = random.nextInt(CLIENTS);
        int length = length(client, i);
        lengths.add(length);
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) (client + 1));
        answers.add(
            clients
                .get(client)
                .submit(
                    pools[random.nextInt(pools.length)],
                    "object" + random.nextInt(OBJECTS),
                    LiveClient.writeFull(bytes)));
        if (i % 3 == 2) {
          LiveClient reader = clients.get(random.nextInt(CLIENTS));
          long pool = pools[random.nextInt(pools.length)];
          reads.add(reader.submit(pool, "object" + random.nextInt(OBJECTS), LiveClient.read()));
        }
        if (i % 6 == 5) {
          disturb(cluster, random);
          cluster.revive();
        }
        if (i == WRITES / 2) {
          cluster.restart(1);
        }
        if (i >= IN_FLIGHT) {
          await(answers.get(i - IN_FLIGHT), seed, i);
        }
      }
      for (int id = 0; id < 2; id++) {
        cluster.proxy(id).heal();
        cluster.osd(id).faults.heal();
      }
      cluster.revive();
      for (int i = 0; i < WRITES; i++) {
        await(answers.get(i), seed, i);
      }
      judgeReads(reads, lengths);
      judgeStored(cluster, pools, lengths);
    }
  }

  private static void judgeStored(LiveCluster cluster, long[] pools, Set<Integer> lengths)
      throws Exception {
    for (long pool : pools) {
      cluster.awaitClean(pool);
    }
    cluster.awaitIdle();
    for (int i = 0; i < 2 * OBJECTS; i++) {
      for (long pool : pools) {
        judge(cluster, i % 2, pool, "object" + i / 2, lengths);
      }
    }
  }

  private static void judgeReads(
      List<CompletableFuture<LiveClient.Answer>> reads, Set<Integer> lengths) throws Exception {
    int found = 0;
    for (CompletableFuture<LiveClient.Answer> read : reads) {
      LiveClient.Answer answer = read.get(60, TimeUnit.SECONDS);
      if (answer.result() != Errno.ENOENT.result()) {
        assertThat(answer.result()).isZero();
        judge("what a client read", answer.data(), lengths);
        found++;
      }
    }
    assertThat(found).as("reads of what was written").isPositive();
  }

  /** One write that finds all pipes taken, whatever the others find; returns its length. */
  private static int writeWithoutPipes(LiveCluster cluster, LiveClient client, long pool)
      throws Exception {
    LiveOsd primary = cluster.osd(0);
    cluster.awaitIdle();
    long before = primary.meter.fallbacks("no_pipe");
    Pipe[] all = primary.pipes.tryAcquire(PIPES);
    try {
      byte[] bytes = new byte[length(0, 1)];
      Arrays.fill(bytes, (byte) 1);
      assertThat(client.run(pool, "object0", LiveClient.writeFull(bytes)).result()).isZero();
    } finally {
      for (Pipe pipe : all) {
        pipe.recycle();
      }
    }
    assertThat(primary.meter.fallbacks("no_pipe")).as("fallbacks").isGreaterThan(before);
    return length(0, 1);
  }

  private static void disturb(LiveCluster cluster, Random random) {
    int id = random.nextInt(2);
    long at = random.nextInt(1_500_000);
    int peer = id == 0 ? FrameProxy.CLIENT : FrameProxy.OSD;
    switch (random.nextInt(5)) {
      case 0, 1 -> cluster.proxy(id).cut(peer, LARGE, frame -> at % frame.length(), 1);
      case 2 -> cluster.proxy(id).flip(peer, LARGE, frame -> at % frame.dataAt(), 1);
      case 3 -> cluster.proxy(id).flip(peer, LARGE, FrameProxy.Frame::epilogueAt, 1); // aborted
      default ->
          cluster
              .osd(id)
              .faults
              .failNth(random.nextBoolean() ? "tee" : "recv", 1 + random.nextInt(9), 5);
    }
  }

  private static void await(CompletableFuture<LiveClient.Answer> answer, long seed, int number)
      throws Exception {
    assertThat(answer.get(60, TimeUnit.SECONDS).result())
        .as("seed %s, write %s", seed, number)
        .isZero();
  }

  private static void judge(
      LiveCluster cluster, int osd, long pool, String name, Set<Integer> lengths) throws Exception {
    byte[] bytes;
    try {
      bytes = cluster.stored(osd, pool, name);
    } catch (ExecutionException e) {
      assertThat(((StoreException) e.getCause()).kind())
          .as(name)
          .isEqualTo(StoreException.Kind.NOT_FOUND); // never written
      return;
    }
    judge(name, bytes, lengths);
  }

  private static void judge(String name, byte[] bytes, Set<Integer> lengths) {
    assertThat(lengths).as(name).contains(bytes.length);
    int client = (bytes.length - LARGE) % 10_000;
    byte[] all = new byte[bytes.length];
    Arrays.fill(all, (byte) (client + 1));
    assertThat(Arrays.mismatch(bytes, all)).as("first foreign byte of " + name).isEqualTo(-1);
  }
}
