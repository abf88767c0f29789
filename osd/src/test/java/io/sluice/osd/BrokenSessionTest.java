package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections that break inside a payload that is handed on as it comes: between client and
 * primary, and between primary and replica. Each append happens once, everywhere.
 */
@ExtendWith(NoLeaks.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenSessionTest {
  private static final int LENGTH = (3 << 20) + 777;
  private static final int LARGE = 64 << 10;
  private static final int PIECE = 1 << 20;
  private static final int PIECES = 4;
  private static final int MANY = 1_000_000;
  private static final int TRIES_MAX = 10;
  private static final long NOWHERE = Long.MAX_VALUE;

  private LiveCluster cluster;
  private LiveClient client;
  private long pool;
  private int appends;

  /** Bytes of each OSD's store before anything was written. */
  private final long[] free = new long[2];

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    cluster = new LiveCluster(shared, 64);
    client = cluster.client();
    pool = cluster.createPool("lazy");
    for (int osd = 0; osd < 2; osd++) {
      free[osd] = cluster.free(osd);
    }
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
  }

  @ParameterizedTest
  @CsvSource({
    "CLIENT,1",
    "CLIENT,70000",
    "CLIENT,1100000",
    "CLIENT,3146504",
    "OSD,1",
    "OSD,70000",
    "OSD,1048575",
    "OSD,-1"
  })
  void shouldApplyOnceWhenTheConnectionBreaksInsideThePayload(String hop, long at)
      throws Exception {
    boolean byClient = hop.equals("CLIENT");
    FrameProxy proxy = cluster.proxy(byClient ? 0 : 1);
    proxy.cut(
        byClient ? FrameProxy.CLIENT : FrameProxy.OSD,
        LARGE,
        frame -> at < 0 ? frame.epilogueAt() + 3 : frame.dataAt() + Math.min(at, frame.data() - 1),
        2);
    assertAppendedOnce(proxy);
  }

  /** It has happened, and nobody knows: not the client, or not the primary. */
  @ParameterizedTest
  @ValueSource(strings = {"CLIENT", "OSD"})
  void shouldApplyOnceWhenTheConnectionBreaksBeforeTheAnswer(String hop) throws Exception {
    boolean byClient = hop.equals("CLIENT");
    FrameProxy proxy = cluster.proxy(byClient ? 0 : 1);
    proxy.cutAnswers(byClient ? FrameProxy.CLIENT : FrameProxy.OSD, 2);
    assertAppendedOnce(proxy);
  }

  /**
   * Four pieces, and each session reset before, between and behind them; nothing of an attempt
   * stays behind, whoever is left with it.
   *
   * @param client before which piece the client's frame is cut; {@value #PIECES}: behind the last;
   *     negative: it is not
   * @param replica which message about the payload is cut on its way to the replica: a piece, or
   *     {@value #PIECES}: the operation that names them; negative: none
   * @param end at its last byte, not before its first
   */
  @ParameterizedTest
  @CsvSource({
    "0,-1,false", "1,-1,false", "2,-1,false", "3,-1,false", "4,-1,false",
    "-1,0,false", "-1,1,false", "-1,2,false", "-1,3,false", "-1,4,false",
    "-1,0,true", "-1,1,true", "-1,2,true", "-1,3,true", "-1,4,true",
    "1,0,true", "2,1,false", "4,3,true"
  })
  void shouldApplyOnceAndKeepNothingWhenSessionsAreResetAtAPiece(
      int client, int replica, boolean end) throws Exception {
    AtomicBoolean clientCut = new AtomicBoolean(client < 0);
    AtomicBoolean replicaCut = new AtomicBoolean(replica < 0);
    for (int tries = 1; !clientCut.get() || !replicaCut.get(); tries++) {
      // A group that is about to peer once more takes a write whole.
      assertThat(tries).as("writes of which none came in pieces").isLessThan(TRIES_MAX);
      int resends = this.client.resends();
      if (!clientCut.get()) {
        cluster.proxy(0).cut(FrameProxy.CLIENT, LARGE, clientPlace(client, clientCut), MANY);
      }
      if (!replicaCut.get()) {
        cluster.proxy(1).cut(FrameProxy.OSD, 0, replicaPlace(replica, end, replicaCut), MANY);
      }
      String name = "object" + appends++;
      byte[] bytes = new byte[PIECES * PIECE];
      new Random(appends).nextBytes(bytes);
      assertThat(this.client.run(pool, name, LiveClient.append(bytes)).result()).isZero();
      cluster.proxy(0).heal();
      cluster.proxy(1).heal();
      if (client >= 0 && tries == 1) {
        assertThat(this.client.resends()).as("sent again").isGreaterThan(resends);
      }
      assertStoredAndGone(name, bytes);
    }
  }

  private static ToLongFunction<FrameProxy.Frame> clientPlace(int piece, AtomicBoolean cut) {
    return frame -> cut.getAndSet(true) ? NOWHERE : frame.dataAt() + (long) piece * PIECE;
  }

  /** Of a message between OSDs about one payload; sets {@code cut} when it was there. */
  private static ToLongFunction<FrameProxy.Frame> replicaPlace(
      int message, boolean end, AtomicBoolean cut) {
    AtomicInteger pieces = new AtomicInteger();
    return frame -> {
      boolean piece = frame.data() >= LARGE;
      int number = piece ? pieces.getAndIncrement() : PIECES;
      boolean here = number == message && (piece || pieces.get() == PIECES);
      if (!here || cut.getAndSet(true)) {
        return NOWHERE;
      }
      return end ? frame.length() - 1 : 0;
    };
  }

  private void assertAppendedOnce(FrameProxy proxy) throws Exception {
    String name = "object" + appends++;
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int i = 0; i < 3; i++) {
      byte[] bytes = new byte[LENGTH];
      new Random(appends * 10L + i).nextBytes(bytes);
      expected.writeBytes(bytes);
      assertThat(client.run(pool, name, LiveClient.append(bytes)).result()).isZero();
    }
    assertThat(proxy.struck()).as("frames cut").isEqualTo(2);
    assertStoredAndGone(name, expected.toByteArray());
  }

  /** Both copies are right; and nothing is left of them, nor of any attempt, when it is deleted. */
  private void assertStoredAndGone(String name, byte[] bytes) throws Exception {
    cluster.awaitClean(pool);
    cluster.awaitIdle();
    for (int osd = 0; osd < 2; osd++) {
      assertThat(Arrays.equals(cluster.stored(osd, pool, name), bytes)).as("osd." + osd).isTrue();
    }
    assertThat(client.run(pool, name, OsdOp.of(OpCode.DELETE, OpArgs.NONE)).result()).isZero();
    for (int osd = 0; osd < 2; osd++) {
      int which = osd;
      LiveCluster.await("extents of osd." + osd, () -> cluster.free(which) == free[which]);
    }
  }
}
