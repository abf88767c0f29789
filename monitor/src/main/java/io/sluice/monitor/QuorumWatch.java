package io.sluice.monitor;

import java.time.Duration;
import java.util.Set;

/**
 * Looks, while its monitor leads, which of the others it hears, and has all of them agree on it: a
 * user may ask any.
 *
 * <p>Whoever is silent takes no part in what is agreed on, whatever else it still does. While no
 * monitor leads nobody can say so, and nothing is answered either.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class QuorumWatch {
  /** Many times what the log waits before it elects: a monitor that is slow for once is none. */
  static final Duration SILENCE = Duration.ofSeconds(5);

  private static final long LOOK_NANOS = 1_000_000_000L;

  private final MonContext context;
  private MonConsensus consensus;
  private long lookedAt;
  private boolean proposing;

  QuorumWatch(MonContext context) {
    this.context = context;
  }

  void use(MonConsensus theConsensus) {
    consensus = theConsensus;
  }

  void tick() {
    long now = context.uptimeNanos();
    boolean leads = consensus != null && context.isLeader() && context.state().exists();
    if (!leads || proposing || now - lookedAt < LOOK_NANOS) {
      return;
    }
    lookedAt = now;
    Set<Integer> silent = consensus.silentFor(SILENCE);
    int mons = context.state().monMap().mons().size();
    boolean hasMajority = silent.size() <= (mons - 1) / 2; // else this one leads no longer
    if (hasMajority && !silent.equals(context.state().absent())) {
      proposing = true;
      context
          .propose(new Change.Quorum(silent)) // lost, it is proposed again
          .whenComplete((done, failure) -> proposing = false);
    }
  }
}
