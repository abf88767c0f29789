package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Pipe;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PoolInfo;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where the bytes of a message go is decided from its head, by kinds and sizes, by its sender and
 * by the pool; and what is large goes on before the rest of it has come.
 */
@ExtendWith(NoLeaks.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaysToReceiveTest {
  private static final int LENGTH = 4 << 20;
  private static final int LARGE = 64 << 10;
  private static final int PIPES = 64;
  private static final int MESSAGE_AHEAD = 128 << 10;

  private LiveCluster cluster;
  private LiveClient client;
  private long pool;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    cluster = new LiveCluster(dir, PIPES);
    client = cluster.client();
    pool = cluster.createPool("lazy");
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
  }

  private static byte[] content(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private long splicedIn() {
    return splicedIn(0) + splicedIn(1);
  }

  private long splicedIn(int osd) {
    return cluster.osd(osd).meter.splicedIn.sum();
  }

  private long received(int osd) {
    return cluster.osd(osd).meter.copiedBytes(CopyMeter.Copy.RECV);
  }

  @Test
  void shouldTakeAttributesOmapAndSmallWritesInMemoryHoweverLargeTheyAre() throws Exception {
    long before = splicedIn();
    byte[] value = content(60 << 10);
    byte[] pairs =
        new Encoder()
            .le32(2)
            .string("a")
            .le32(value.length)
            .raw(value)
            .string("b")
            .le32(value.length)
            .raw(value)
            .toByteArray();
    assertThat(pairs.length).as("large enough for a pipe").isGreaterThan(LARGE);
    assertThat(client.run(pool, "a", OsdOp.payload(OpCode.OMAP_SET_VALS, pairs)).result()).isZero();
    OsdOp[] attributes = new OsdOp[3];
    for (int i = 0; i < attributes.length; i++) {
      attributes[i] = OsdOp.attr(OpCode.SETXATTR, "k" + i, value);
    }
    assertThat(client.submit(pool, "a", attributes).get(60, TimeUnit.SECONDS).result()).isZero();
    byte[] small = content(8 << 10);
    assertThat(client.run(pool, "small", LiveClient.writeFull(small)).result()).isZero();
    assertThat(splicedIn()).as("by pipes").isEqualTo(before);
    OsdOp get = OsdOp.attr(OpCode.GETXATTR, "k2", new byte[0]);
    assertThat(client.run(pool, "a", get).data()).isEqualTo(value);
    assertThat(client.run(pool, "small", LiveClient.read()).data()).isEqualTo(small);
    assertThat(client.run(pool, "large", LiveClient.writeFull(content(LENGTH))).result()).isZero();
    assertThat(splicedIn()).as("and large data").isGreaterThan(before);
  }

  @Test
  void shouldTakeOnlyTheDataOfAMixedOperationByPipes() throws Exception {
    long before = splicedIn(0);
    byte[] value = content(60 << 10);
    byte[] data = content(1 << 20);
    OsdOp[] steps = {OsdOp.attr(OpCode.SETXATTR, "k", value), LiveClient.writeFull(data)};
    assertThat(client.submit(pool, "mixed", steps).get(60, TimeUnit.SECONDS).result()).isZero();
    assertThat(splicedIn(0) - before)
        .isBetween(data.length - (long) MESSAGE_AHEAD, (long) data.length);
    OsdOp get = OsdOp.attr(OpCode.GETXATTR, "k", new byte[0]);
    assertThat(client.run(pool, "mixed", get).data()).isEqualTo(value);
    assertThat(client.run(pool, "mixed", LiveClient.read()).data()).isEqualTo(data);
  }

  /** Its front to the replica goes before the data, which may be in pipes. */
  @ParameterizedTest
  @CsvSource({"cut", "whole"})
  void shouldReplicateMoreKeysThanAFrontTakesBesideData(String way) throws Exception {
    long its = cluster.createPool("keys" + way, PoolInfo.receiveTag(way));
    byte[] value = content(PeerMessage.FRONT_BYTES_MAX);
    byte[] pairs = new Encoder().le32(1).string("k").blob(value).toByteArray();
    byte[] data = content(1 << 20);
    OsdOp[] steps = {OsdOp.payload(OpCode.OMAP_SET_VALS, pairs), LiveClient.writeFull(data)};
    assertThat(client.submit(its, "keys", steps).get(60, TimeUnit.SECONDS).result()).isZero();
    assertThat(client.run(its, "keys", OneOsd.omapValue("k")).data()).isEqualTo(pairs);
    for (int osd = 0; osd < 2; osd++) {
      assertThat(cluster.stored(osd, its, "keys")).isEqualTo(data);
    }
  }

  /**
   * @param first by pipes at the primary
   * @param second at the replica
   */
  @ParameterizedTest
  @CsvSource({
    "cut,lazy,true,true",
    "cut,ingest,true,true",
    "pipe,lazy,true,true",
    "pipe,ingest,true,true",
    "slot,lazy,false,true",
    "slot,ingest,false,true",
    "memory,lazy,false,false",
    "memory,ingest,false,false",
    "whole,lazy,true,true"
  })
  void shouldReceiveInTheWayThatThePoolSays(
      String way, String integrity, boolean first, boolean second) throws Exception {
    long its =
        cluster.createPool(
            way + integrity, PoolInfo.integrityTag(integrity), PoolInfo.receiveTag(way));
    long[] spliced = {splicedIn(0), splicedIn(1)};
    long[] copied = {received(0), received(1)};
    byte[] bytes = content(LENGTH);
    assertThat(client.run(its, "o", LiveClient.writeFull(bytes)).result()).isZero();
    boolean[] byPipes = {first, second};
    for (int osd = 0; osd < 2; osd++) {
      long inPipes = splicedIn(osd) - spliced[osd];
      long inMemory = received(osd) - copied[osd];
      String at = way + " at osd." + osd;
      if (byPipes[osd]) {
        // But for what may be read together with a head.
        assertThat(inPipes).as(at).isBetween(LENGTH - (long) MESSAGE_AHEAD, (long) LENGTH);
      } else {
        assertThat(inPipes).as(at).isZero();
        assertThat(inMemory).as(at).isEqualTo(LENGTH);
      }
      assertThat(cluster.stored(osd, its, "o")).as(at).isEqualTo(bytes);
    }
  }

  /** No pipe is left for the replica's twin: the primary has to look, and says at what and why. */
  @Test
  void shouldShowALookThatWasForcedAsExactlyThoseBytesUnderItsReason() throws Exception {
    cluster.awaitIdle();
    LiveOsd primary = cluster.osd(0);
    byte[] bytes = content(1 << 20);
    long spliced = splicedIn(0);
    long mapped = primary.meter.mapped.sum();
    long forced = primary.meter.mappedBytes(Inspection.NO_PIPE);
    Pipe[] others = primary.pipes.tryAcquire(PIPES - 1);
    try {
      assertThat(client.run(pool, "forced", LiveClient.writeFull(bytes)).result()).isZero();
    } finally {
      for (Pipe pipe : others) {
        pipe.recycle();
      }
    }
    long inPipes = splicedIn(0) - spliced;
    assertThat(inPipes).as("came by the one pipe").isPositive();
    assertThat(primary.meter.mappedBytes(Inspection.NO_PIPE) - forced).isEqualTo(inPipes);
    assertThat(primary.meter.mapped.sum() - mapped).as("for any reason").isEqualTo(inPipes);
    for (int osd = 0; osd < 2; osd++) {
      assertThat(cluster.stored(osd, pool, "forced")).isEqualTo(bytes);
    }
  }

  @Test
  void shouldStageAndForwardBeforeTheRestHasCome() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    byte[] bytes = content(LENGTH);
    long[] staged = {staged(0), staged(1)};
    cluster
        .proxy(0)
        .hold(FrameProxy.CLIENT, LARGE, frame -> frame.dataAt() + 3L * LENGTH / 4, rest);
    CompletableFuture<LiveClient.Answer> answer;
    try {
      answer = client.submit(pool, "held", LiveClient.writeFull(bytes));
      for (int osd = 0; osd < 2; osd++) {
        int which = osd;
        LiveCluster.await(
            "osd." + osd + " to stage two of four pieces",
            () -> staged(which) - staged[which] >= LENGTH / 2);
      }
      for (int osd = 0; osd < 2; osd++) {
        int which = osd;
        LiveCluster.await(
            "the disk of osd." + osd + " to have the first piece",
            () -> cluster.whereStored(which, bytes) >= 0);
      }
      assertThat(answer).as("the write").isNotDone();
      assertThat(cluster.osd(0).counter("op_wip")).as("operations begun").isZero();
    } finally {
      rest.countDown();
    }
    assertThat(answer.get(60, TimeUnit.SECONDS).result()).isZero();
    for (int osd = 0; osd < 2; osd++) {
      assertThat(cluster.stored(osd, pool, "held")).isEqualTo(bytes);
    }
  }

  private long staged(int osd) {
    return (long) cluster.osd(osd).store.perf().get("staged_bytes");
  }
}
