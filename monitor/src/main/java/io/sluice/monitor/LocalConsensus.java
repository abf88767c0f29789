package io.sluice.monitor;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Agreement of one, in memory: for tests and simulations.
 *
 * <p>A command is applied as a task of the executor (a simulation's loop), so that a proposer never
 * sees its answer inside its own call, just as with a real log.
 *
 * <p><b>Threads:</b> the machine is called on the executor's thread only.
 */
public final class LocalConsensus implements MonConsensus {
  private final Machine machine;
  private final Executor executor;
  private final Function<Duration, Set<Integer>> silent;
  private boolean leader;

  public LocalConsensus(Machine machine, Executor executor) {
    this(machine, executor, time -> Set.of());
  }

  /**
   * @param silent the ranks of those that are not there, and for how long
   */
  LocalConsensus(Machine machine, Executor executor, Function<Duration, Set<Integer>> silent) {
    this.machine = machine;
    this.executor = executor;
    this.silent = silent;
  }

  @Override
  public void start() {
    executor.execute(
        () -> {
          leader = true;
          machine.onLeadership(true);
        });
  }

  @Override
  public CompletableFuture<byte[]> propose(byte[] command) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    executor.execute(
        () -> {
          if (leader) {
            answer.complete(machine.apply(command));
          } else {
            answer.completeExceptionally(new IllegalStateException("consensus is not running"));
          }
        });
    return answer;
  }

  @Override
  public Set<Integer> silentFor(Duration time) {
    return leader ? silent.apply(time) : Set.of();
  }

  @Override
  public boolean isLeader() {
    return leader;
  }

  @Override
  public void close() {
    leader = false;
  }
}
