package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Seeds;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every step that Ceph has a number for, and some it has none for, with nothing, with arguments and
 * payloads of chance, alone and among others: each request is answered, over the one connection
 * that carries them all, and no answer says that the daemon itself failed.
 */
class EveryOperationTest {
  private static final int PATIENCE_SECONDS = 120;
  private static final int[] PAYLOAD_BYTES = {0, 7, 300};

  /** Between daemons in Ceph, of no kind at all, and of kinds with numbers that nobody has. */
  private static final int[] STRANGE = {
    0, 0x4001, 0x4002, 0x4005, 0x4009, 0x1200, 0x12ff, 0x22ff, 0x32ff, 0x1399, 0x2399, 0x1499,
    0x1599, 0x8299, 0xffff
  };

  @TempDir Path dir;
  private final long seed = Long.getLong("sweep.seed", Seeds.of("EveryOperationTest", 1_000_000));
  private final Random random = new Random(seed);
  private final Map<String, CompletableFuture<LiveClient.Answer>> asked = new LinkedHashMap<>();

  private OsdOp step(int number, boolean chance, int payloadBytes, int flags) {
    byte[] payload = new byte[payloadBytes];
    random.nextBytes(payload);
    if (payloadBytes > 8 && random.nextBoolean()) {
      payload[0] = (byte) random.nextInt(payloadBytes - 4); // as the length of a string, or a count
      payload[1] = payload[2] = payload[3] = 0;
    }
    OpArgs args = chance ? chance(payloadBytes) : OpArgs.NONE;
    return new OsdOp(number, flags, args, 0, payloadBytes, payload);
  }

  /** All 28 bytes: small numbers, which may be right ones, and any. */
  private OpArgs chance(int payloadBytes) {
    return random.nextBoolean()
        ? new OpArgs.Extent(random.nextInt(9), payloadBytes, random.nextInt(9), random.nextInt(9))
        : new OpArgs.Extent(
            random.nextLong(), random.nextLong(), random.nextLong(), random.nextInt());
  }

  private void ask(LiveClient client, long pool, String name, OsdOp... steps) throws Exception {
    asked.put(asked.size() + " " + List.of(steps), client.submit(pool, name, steps));
  }

  @Test
  void shouldAnswerWhateverIsAskedOverTheSameConnection() throws Exception {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (OpCode code : OpCode.values()) {
      numbers.add(code.number());
    }
    for (int strange : STRANGE) {
      numbers.add(strange);
    }
    try (LiveCluster cluster = new LiveCluster(dir, 16)) {
      LiveClient client = cluster.client();
      long pool = cluster.createPool("ingest");
      client.run(pool, "first", LiveClient.writeFull(new byte[10]));
      int resends = client.resends();
      for (int number : numbers) {
        askAll(client, pool, number);
      }
      ask(client, pool, "none");
      awaitAnswers();
      assertThat(client.resends()).as("seed %d: connections broken", seed).isEqualTo(resends);
      assertThat(client.run(pool, "first", LiveClient.read()).data()).hasSize(10);
      assertThat(cluster.osd(0).stops).isEmpty();
      assertThat(cluster.osd(1).stops).isEmpty();
      cluster.awaitIdle();
    }
  }

  private void askAll(LiveClient client, long pool, int number) throws Exception {
    String name = "o" + number;
    for (boolean chance : new boolean[] {false, true}) {
      for (int bytes : PAYLOAD_BYTES) {
        ask(client, pool, name, LiveClient.writeFull("some content".getBytes()));
        ask(client, pool, name, step(number, chance, bytes, 0));
        ask(client, pool, "absent" + number, step(number, chance, bytes, 0));
        ask(client, pool, "", step(number, chance, bytes, 0));
        OsdOp append = LiveClient.append("more".getBytes());
        ask(client, pool, name, append, step(number, chance, bytes, OsdOp.FLAG_FAIL_OK));
        ask(client, pool, name, step(number, chance, bytes, random.nextInt()), append);
      }
    }
  }

  private void awaitAnswers() throws Exception {
    List<String> failed = new ArrayList<>();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (Map.Entry<String, CompletableFuture<LiveClient.Answer>> each : asked.entrySet()) {
      long left = Math.max(1, until - System.nanoTime());
      try {
        LiveClient.Answer answer = each.getValue().get(left, TimeUnit.NANOSECONDS);
        if (answer.result() == Errno.EIO.result()) {
          failed.add("failed inside: " + each.getKey());
        }
      } catch (TimeoutException e) {
        failed.add("not answered: " + each.getKey());
      }
    }
    assertThat(failed).as("seed %d, of %d requests", seed, asked.size()).isEmpty();
  }
}
