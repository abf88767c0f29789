package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.FreePorts;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three monitors' logs over gRPC: every one takes proposals and catches up with the others, and the
 * group survives its leader.
 */
class RatisGroupTest {
  /** Counts and adds what it is given. */
  private static final class Adder implements MonConsensus.Machine {
    volatile long sum;

    @Override
    public byte[] apply(byte[] command) {
      sum += ByteBuffer.wrap(command).getLong();
      return snapshot();
    }

    @Override
    public byte[] snapshot() {
      return ByteBuffer.allocate(8).putLong(sum).array();
    }

    @Override
    public void restore(byte[] snapshot) {
      sum = ByteBuffer.wrap(snapshot).getLong();
    }
  }

  @TempDir Path directory;
  private final List<RatisConsensus> group = new ArrayList<>();
  private final List<Adder> adders = new ArrayList<>();

  private void start() throws Exception {
    List<String> peers = new ArrayList<>();
    FreePorts.find(3).forEach(port -> peers.add("127.0.0.1:" + port));
    for (int i = 0; i < 3; i++) {
      Adder adder = new Adder();
      RatisConsensus consensus =
          new RatisConsensus(
              new RatisConsensus.Config(i, peers, new UUID(3, 4), directory.resolve("mon" + i)),
              adder);
      consensus.start();
      adders.add(adder);
      group.add(consensus);
    }
  }

  @AfterEach
  void stop() {
    group.forEach(RatisConsensus::close);
  }

  private static long add(RatisConsensus consensus, long value) throws Exception {
    byte[] command = ByteBuffer.allocate(8).putLong(value).array();
    return ByteBuffer.wrap(consensus.propose(command).get(60, TimeUnit.SECONDS)).getLong();
  }

  private RatisConsensus leader() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < deadline) {
      for (RatisConsensus consensus : group) {
        if (consensus.isLeader()) {
          return consensus;
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no leader");
  }

  @Test
  @Tag("slow")
  void shouldTakeProposalsAnywhereAndSurviveItsLeader() throws Exception {
    start();
    leader();
    long sum = 0;
    for (RatisConsensus consensus : group) {
      sum += 10;
      assertThat(add(consensus, 10)).isEqualTo(sum);
    }

    RatisConsensus leader = leader();
    leader.close();
    adders.remove(group.indexOf(leader));
    group.remove(leader);

    assertThat(add(group.get(0), 1)).isEqualTo(31);
    assertThat(add(group.get(1), 1)).isEqualTo(32);
  }

  /** A follower hears by the next heartbeat what is committed: too late for who asks at once. */
  @Test
  @Tag("long")
  void shouldKnowEverywhereWhatOneSaid() throws Exception {
    start();
    leader();
    for (int i = 1; i <= 30; i++) {
      assertThat(add(group.get(i % 3), 1)).isEqualTo(i);
      assertThat(adders.get(i % 3).sum).as("where it was proposed").isEqualTo(i);
      int other = (i + 1) % 3;
      group.get(other).catchUp().get(60, TimeUnit.SECONDS);
      assertThat(adders.get(other).sum).as("elsewhere").isEqualTo(i);
    }
  }
}
