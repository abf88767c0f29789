package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The log on disk: what was answered is there again, with and without a snapshot. */
@ExtendWith(NoLeaks.class)
class RatisConsensusTest {
  private static final UUID FSID = UUID.fromString("6b1e6a2c-0000-4000-8000-000000000001");

  /** Adds what it is given; its state is the sum. */
  private static final class Adder implements MonConsensus.Machine {
    final CountDownLatch led = new CountDownLatch(1);
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

    @Override
    public void onLeadership(boolean leader) {
      if (leader) {
        led.countDown();
      }
    }
  }

  @TempDir Path directory;

  private RatisConsensus open(Adder adder) throws Exception {
    RatisConsensus consensus =
        new RatisConsensus(
            new RatisConsensus.Config(0, List.of("127.0.0.1:0"), FSID, directory), adder);
    consensus.start();
    assertThat(adder.led.await(60, TimeUnit.SECONDS)).as("leads").isTrue();
    return consensus;
  }

  private static long add(RatisConsensus consensus, long value) throws Exception {
    byte[] answer =
        consensus.propose(ByteBuffer.allocate(8).putLong(value).array()).get(60, TimeUnit.SECONDS);
    return ByteBuffer.wrap(answer).getLong();
  }

  @Test
  void shouldKeepWhatWasAnsweredWhenReopenedWithoutASnapshot() throws Exception {
    try (RatisConsensus consensus = open(new Adder())) {
      assertThat(add(consensus, 5)).isEqualTo(5);
      assertThat(add(consensus, 7)).isEqualTo(12);
    }
    try (RatisConsensus consensus = open(new Adder())) {
      assertThat(add(consensus, 1)).isEqualTo(13);
    }
  }

  @Test
  void shouldKeepTheStateWhenReopenedFromASnapshot() throws Exception {
    try (RatisConsensus consensus = open(new Adder())) {
      for (int i = 1; i <= 10; i++) {
        add(consensus, i);
      }
      assertThat(consensus.snapshot()).isPositive();
      add(consensus, 100);
    }
    try (RatisConsensus consensus = open(new Adder())) {
      assertThat(add(consensus, 0)).isEqualTo(155);
    }
  }

  @Test
  void shouldStartWhenTheSnapshotsDigestIsMissing() throws Exception {
    try (RatisConsensus consensus = open(new Adder())) {
      add(consensus, 3);
      consensus.snapshot();
    }
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".md5")).toList()) {
        Files.delete(file);
      }
    }
    try (RatisConsensus consensus = open(new Adder())) {
      assertThat(add(consensus, 0)).isEqualTo(3);
    }
  }
}
