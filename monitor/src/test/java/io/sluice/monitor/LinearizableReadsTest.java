package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.ManualLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who waits for whose answer, where a leader answers when the test says so. */
class LinearizableReadsTest {
  private final ManualLoop loop = new ManualLoop(false);
  private final List<CompletableFuture<Void>> asked = new ArrayList<>();
  private final List<String> done = new ArrayList<>();
  private final LinearizableReads reads = new LinearizableReads(loop);

  /** A group of several, of which this is one that follows. */
  private final class Follower implements MonConsensus {
    @Override
    public void start() {}

    @Override
    public CompletableFuture<byte[]> propose(byte[] command) {
      throw new AssertionError("a read agrees on nothing");
    }

    @Override
    public boolean isLeader() {
      return false;
    }

    @Override
    public CompletableFuture<Void> catchUp() {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      asked.add(answer);
      return answer;
    }

    @Override
    public void close() {}
  }

  private void read(String name) {
    reads
        .caughtUp()
        .whenComplete((nothing, failure) -> done.add(failure == null ? name : name + " failed"));
    loop.settle();
  }

  private void answer(int question) {
    asked.get(question).complete(null);
    loop.settle();
  }

  private void fail(int question) {
    asked.get(question).completeExceptionally(new IOException("nobody leads"));
    loop.settle();
  }

  @Test
  void shouldAskAgainForWhoCameAfterTheQuestion() {
    reads.use(new Follower());
    read("a");
    read("b"); // the leader may have answered a's question already
    read("c");
    assertThat(asked).hasSize(1);
    assertThat(done).isEmpty();

    answer(0);
    assertThat(done).containsExactly("a");
    assertThat(asked).hasSize(2);

    read("d");
    answer(1);
    assertThat(done).containsExactly("a", "b", "c");
    answer(2);
    assertThat(done).containsExactly("a", "b", "c", "d");
    assertThat(asked).hasSize(3);
  }

  @Test
  void shouldWaitForALeaderAndKeepTheOrder() {
    reads.use(new Follower());
    read("a");
    read("b");
    fail(0);
    read("c");
    assertThat(asked).as("not asked again at once").hasSize(1);
    loop.advance(Duration.ofSeconds(1).toNanos());
    assertThat(asked).hasSize(2);
    answer(1);
    assertThat(done).containsExactly("a", "b", "c");
  }

  @Test
  void shouldFailWhenNobodyLeadsForLong() {
    reads.use(new Follower());
    read("a");
    loop.advance(LinearizableReads.PATIENCE.toNanos() - 1);
    read("b");
    loop.advance(1);
    fail(0);
    assertThat(done).containsExactly("a failed");
    loop.advance(Duration.ofSeconds(1).toNanos());
    answer(1);
    assertThat(done).containsExactly("a failed", "b");
  }

  @Test
  void shouldNotWaitAlone() {
    MonMachine machine = MonMachine.watchedBy(state -> {});
    reads.use(new LocalConsensus(machine, loop));
    reads.caughtUp().thenRun(() -> done.add("a"));
    assertThat(done).containsExactly("a");
  }
}
