package io.sluice.monitor;

import io.sluice.types.AddrVec;
import io.sluice.types.Loop;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left to do before clients can be served: the cluster is created, its monitor map says
 * where the monitors are, and there are global ids to give; later, that there always are.
 *
 * <p>The leader does the first two. A proposal that is lost is made again; doing any of it twice
 * changes nothing.
 *
 * <p><b>Threads:</b> the monitor's loop; {@link #ready} may be waited for on any other.
 */
final class Founding {
  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);

  /** Pause before a lost proposal is made again. */
  private static final long RETRY_NANOS = 500_000_000L;

  private final Monitor.Identity identity;
  private final MonContext context;
  private final Loop loop;
  private final GlobalIdPool globalIds;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private boolean proposing;

  Founding(Monitor.Identity identity, MonContext context, Loop loop, GlobalIdPool globalIds) {
    this.identity = identity;
    this.context = context;
    this.loop = loop;
    this.globalIds = globalIds;
  }

  CompletableFuture<Void> ready() {
    return ready;
  }

  /**
   * Does the next step if there is one; called whenever the state or the leadership changed, and
   * now and then.
   */
  void proceed() {
    if (proposing) {
      return;
    }
    MonState state = context.state();
    if (!state.exists()) {
      if (context.isLeader()) {
        LOG.info("creating cluster {}", identity.fsid());
        propose(
            new Change.CreateCluster(
                identity.fsid(),
                context.now(),
                identity.monitors(),
                identity.size(),
                identity.failureDomain()));
      }
    } else if (context.isLeader() && !monitorsAreRight(state)) {
      propose(new Change.SetMonitors(context.now(), identity.monitors()));
    } else if (globalIds.low()) {
      if (context.isLeader() || identity.monitors().size() > 1) { // others forward to the leader
        propose(new Change.GlobalIdBatch(GlobalIdPool.BATCH));
      }
    } else {
      ready.complete(null);
    }
  }

  private boolean monitorsAreRight(MonState state) {
    SortedMap<String, AddrVec> known = new TreeMap<>();
    state.monMap().mons().forEach(mon -> known.put(mon.name(), mon.addrs()));
    return known.equals(identity.monitors());
  }

  private void propose(Change change) {
    proposing = true;
    context.propose(change).whenComplete((outcome, failure) -> proposed(change, outcome, failure));
  }

  private void proposed(Change change, Outcome outcome, Throwable failure) {
    proposing = false;
    if (failure != null) {
      LOG.warn("{} is proposed again: {}", change.getClass().getSimpleName(), failure.toString());
      loop.schedule(RETRY_NANOS, this::proceed);
    } else if (!outcome.ok()) {
      ready.completeExceptionally(new IllegalStateException(outcome.text()));
    } else {
      if (change instanceof Change.GlobalIdBatch batch) {
        globalIds.add(outcome.value(), batch.count());
      }
      proceed();
    }
  }
}
