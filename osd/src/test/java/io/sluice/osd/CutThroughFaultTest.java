package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import io.sluice.protocol.OsdOp;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every system call of a write that is handed on while it comes fails once, the n-th of its kind,
 * at the primary and at the replica: the write is answered all the same, each copy is right, and
 * nothing stays behind. So does every call of a read at the primary: what comes back is right.
 *
 * <p>{@code -Dcut.faults=100} for every n; otherwise up to {@value #NTH_MAX}.
 */
@Tag("long")
@ExtendWith(NoLeaks.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutThroughFaultTest {
  private static final int NTH_MAX = 4;
  private static final int NTH = Integer.getInteger("cut.faults", NTH_MAX);
  private static final int LENGTH = (1 << 20) + 70_777;
  private static final int PIPES = 64;

  /** Made where there is no pipe that was used before. */
  private static final Set<String> OF_NEW_PIPES = Set.of("pipe2", "fcntl");

  private LiveCluster cluster;
  private LiveClient client;
  private final Map<String, Long> pools = new TreeMap<>();
  private int round;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    cluster = new LiveCluster(dir, PIPES);
    client = cluster.client();
    for (String mode : new String[] {"ingest", "lazy"}) {
      pools.put(mode, cluster.createPool(mode));
    }
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
  }

  private byte[] content() {
    byte[] bytes = new byte[LENGTH];
    new Random(++round).nextBytes(bytes);
    return bytes;
  }

  private void forgetPipes(int osd, String call) {
    PipePool used = cluster.osd(osd).pipes;
    if (OF_NEW_PIPES.contains(call) && used.pooled() > 0) {
      for (Pipe pipe : used.tryAcquire(used.pooled())) {
        pipe.discard();
      }
    }
  }

  /** Calls of that kind in a write that goes well. */
  private long callsOfAWrite(int osd, String call, long pool) throws Exception {
    forgetPipes(osd, call);
    long before = cluster.osd(osd).faults.calls(call);
    assertThat(client.run(pool, "object", LiveClient.writeFull(content())).result()).isZero();
    cluster.awaitIdle();
    return cluster.osd(osd).faults.calls(call) - before;
  }

  private long callsOfARead(String call, long pool) throws Exception {
    forgetPipes(0, call);
    long before = cluster.osd(0).faults.calls(call);
    assertThat(client.run(pool, "object", LiveClient.read()).result()).isZero();
    return cluster.osd(0).faults.calls(call) - before;
  }

  /** A store gives back what a commit has freed after it has said so, before the next commit. */
  private void settle(long pool) throws Exception {
    OsdOp small = LiveClient.writeFull(new byte[1]); // in the metadata: takes and frees nothing
    assertThat(client.run(pool, "small", small).result()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0,splice,lazy", "0,splice,ingest", "0,tee,lazy", "0,tee,ingest", "0,pipe2,lazy",
    "0,fcntl,lazy", "0,readable,lazy", "0,recv,lazy", "0,sendmsg,lazy", "0,fdatasync,lazy",
    "0,pwrite,lazy", "0,read,lazy", "1,splice,lazy", "1,splice,ingest", "1,tee,ingest",
    "1,pipe2,lazy", "1,readable,lazy", "1,recv,lazy", "1,sendmsg,lazy", "1,fdatasync,lazy",
    "1,pwrite,lazy", "1,read,lazy"
  })
  void shouldAnswerAndHoldTheRightBytesWhenTheNthCallFails(int osd, String call, String mode)
      throws Exception {
    long pool = pools.get(mode);
    long most = Math.min(NTH, callsOfAWrite(osd, call, pool));
    assertThat(most).as("calls of " + call + " in a write").isPositive();
    settle(pool);
    long free = cluster.free(osd);
    for (int nth = 1; nth <= most; nth++) {
      String what = "osd." + osd + " " + call + " " + nth + " of " + most + " " + mode;
      byte[] bytes = content();
      LiveOsd victim = cluster.osd(osd);
      forgetPipes(osd, call);
      victim.faults.failNth(call, nth, call.equals("pipe2") ? Sys.EMFILE : Sys.EIO);
      CompletableFuture<LiveClient.Answer> answer =
          client.submit(pool, "object", LiveClient.writeFull(bytes));
      LiveCluster.await(what + " to be answered", () -> answer.isDone() || !victim.lives());
      victim.faults.heal();
      cluster.revive(); // after a fail-stop, in which it answered nobody
      assertThat(answer.get(60, TimeUnit.SECONDS).result()).as(what).isZero();
      cluster.awaitClean(pool);
      cluster.awaitIdle();
      for (int each = 0; each < 2; each++) {
        assertThat(cluster.stored(each, pool, "object"))
            .as(what + ", osd." + each)
            .isEqualTo(bytes);
      }
      // More, when what the write before had freed was not back yet at the beginning: a store
      // answers first, and then gives extents back.
      LiveCluster.await(what + ": extents", () -> cluster.free(osd) >= free);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"splice", "pipe2", "fcntl", "readable", "sendmsg", "recv", "pread"})
  void shouldAnswerAReadRightWhenTheNthCallFails(String call) throws Exception {
    long pool = pools.get("lazy");
    byte[] bytes = content();
    assertThat(client.run(pool, "object", LiveClient.writeFull(bytes)).result()).isZero();
    cluster.awaitIdle();
    long most = Math.min(NTH, callsOfARead(call, pool));
    assertThat(most).as("calls of " + call + " in a read").isPositive();
    LiveOsd victim = cluster.osd(0);
    for (int nth = 1; nth <= most; nth++) {
      String what = "read: " + call + " " + nth + " of " + most;
      forgetPipes(0, call);
      victim.faults.failNth(call, nth, call.equals("pipe2") ? Sys.EMFILE : Sys.EIO);
      LiveClient.Answer answer = client.run(pool, "object", LiveClient.read());
      victim.faults.heal();
      assertThat(answer.result()).as(what).isZero();
      assertThat(answer.data()).as(what).isEqualTo(bytes);
      assertThat(victim.lives()).as(what).isTrue();
      cluster.awaitIdle();
    }
  }
}
