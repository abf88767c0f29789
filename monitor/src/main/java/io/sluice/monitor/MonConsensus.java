package io.sluice.monitor;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The seam to agreement: commands go in, and every monitor applies the same ones in the same order.
 *
 * <p><b>Invariants:</b> a future completes only after its command is durable on a majority and was
 * applied on the leader, and, unless the leader is lost just then, here; commands of one caller are
 * applied in the order of its calls; what was applied survives a restart.
 *
 * <p><b>Threads:</b> any thread may call; the machine is called on one thread at a time.
 */
public interface MonConsensus extends AutoCloseable {
  /** What is replicated: a deterministic function of the commands applied to it. */
  interface Machine {
    /**
     * Applies one committed command and returns the answer for its proposer. Never throws for bad
     * input.
     */
    byte[] apply(byte[] command);

    /** All of the state, as {@link #restore} takes it. */
    byte[] snapshot();

    /** Replaces the state. */
    void restore(byte[] snapshot);

    /**
     * This monitor became the leader with everything committed so far applied, or is it no longer.
     */
    default void onLeadership(boolean leader) {}

    /**
     * The log cannot be written any more: nothing will be agreed on until the process is started
     * again.
     */
    default void onFailure(Throwable cause) {}
  }

  /** Opens the log and joins the group; the machine may be called before this returns. */
  void start() throws IOException;

  /**
   * Proposes a command.
   *
   * @return the machine's answer; exceptional when the outcome is unknown (no majority, closed):
   *     ask again
   */
  CompletableFuture<byte[]> propose(byte[] command);

  /**
   * Asks the leader how far the group has agreed, and waits until this monitor has applied as much:
   * what any monitor said before the call is known here afterwards (Raft's ReadIndex).
   *
   * @return exceptional when nobody leads, or not in time: ask again
   */
  default CompletableFuture<Void> catchUp() {
    return CompletableFuture.completedFuture(null); // alone, nobody is ahead
  }

  /** True while this monitor leads and has applied all that was committed before it did. */
  boolean isLeader();

  /**
   * The ranks of those that this leader has not heard of for that long; empty where it does not
   * lead.
   */
  default Set<Integer> silentFor(Duration time) {
    return Set.of();
  }

  @Override
  void close();
}
