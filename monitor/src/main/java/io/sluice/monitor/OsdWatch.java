package io.sluice.monitor;

import io.sluice.types.EntityAddr;
import io.sluice.types.Loop;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which OSDs may serve and which are dead: grants leases for beacons, and marks down who is
 * silent or gone.
 *
 * <p>A lease of {@link #LEASE_NANOS} counts from when the OSD sent its beacon; the OSD is marked
 * down {@link #SILENCE_NANOS} after the beacon came here, which is later: the old primary's lease
 * is over before a new one can be made. Faster, when its process is known to be gone: its
 * connection closed, or a peer was refused, and then a connection to its published address is
 * refused to us too.
 *
 * <p><b>Invariants:</b> no lease is granted from the moment a mark-down is proposed until the OSD
 * boots again; nobody is marked down for silence before this watch has listened for {@link
 * #SILENCE_NANOS} without a stall of its own (a stopped monitor hears nobody; that is not their
 * fault); only the leader acts.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class OsdWatch {
  private static final Logger LOG = LoggerFactory.getLogger(OsdWatch.class);

  /** {@code -Dsluice.mon.lease-ms=N}: longer where an OSD may stand still and not count as down. */
  static final long LEASE_NANOS = 1_000_000L * Long.getLong("sluice.mon.lease-ms", 3_000);

  static final long SILENCE_NANOS = LEASE_NANOS + 500_000_000L;

  private static final long SECOND_NANOS = 1_000_000_000L;

  static final long TICK_NANOS = 100_000_000L;

  /** Ticks further apart than this mean that we were stopped or starved. */
  private static final long STALL_NANOS = 1_000_000_000L;

  /**
   * A dying process closes its sockets one by one: one that still accepts is asked again a few
   * times.
   */
  private static final int PROBES_MAX = 5;

  private static final long PROBE_AGAIN_NANOS = 100_000_000L;

  /** How long a proposed mark-down may take before it is proposed again. */
  private static final long PROPOSAL_NANOS = 2_000_000_000L;

  /** What the watch wants done. */
  interface Decisions {
    /**
     * @param why the rest of a line that begins with the OSD
     */
    void markDown(int osd, int nonce, String why);

    /** How long an OSD may be down before its data should live elsewhere; 0: for ever. */
    long outAfterSeconds();

    void markOut(int osd, long afterSeconds);
  }

  private static final class Life {
    final EntityAddr addr;
    long heardAt;
    long downProposedAt = Long.MIN_VALUE;
    Object session;
    int probing;

    Life(EntityAddr addr, long heardAt) {
      this.addr = addr;
      this.heardAt = heardAt;
    }

    boolean dying() {
      return downProposedAt != Long.MIN_VALUE;
    }
  }

  private final Loop loop;
  private final Prober prober;
  private final Decisions decisions;
  private final Map<Integer, Life> lives = new TreeMap<>();
  private final Map<Integer, Long> downSince = new TreeMap<>();
  private boolean leading;
  private long lastTick;

  OsdWatch(Loop loop, Prober prober, Decisions decisions) {
    this.loop = loop;
    this.prober = prober;
    this.decisions = decisions;
  }

  /** Leadership came or went: what was heard before counts for nothing. */
  void lead(boolean nowLeading) {
    leading = nowLeading;
    lastTick = loop.clock().nanos();
    listenAfresh();
    downSince.replaceAll((osd, since) -> lastTick);
  }

  private void listenAfresh() {
    lives.values().forEach(life -> life.heardAt = lastTick);
  }

  /**
   * A new map: which OSDs are up and where, and which are down but still in.
   *
   * @param up ids to published addresses
   */
  void onMap(Map<Integer, EntityAddr> up, Set<Integer> downAndIn) {
    long now = loop.clock().nanos();
    lives.keySet().retainAll(up.keySet());
    up.forEach(
        (osd, addr) -> {
          Life life = lives.get(osd);
          if (life == null || !life.addr.equals(addr)) {
            Life born = new Life(addr, now);
            born.session = life == null ? null : life.session;
            lives.put(osd, born);
          }
        });
    downSince.keySet().retainAll(downAndIn);
    downAndIn.forEach(osd -> downSince.putIfAbsent(osd, now));
  }

  /** The session speaks for this life of the OSD from now on. */
  void adopt(int osd, Object session) {
    Life life = lives.get(osd);
    if (life != null) {
      life.session = session;
    }
  }

  /**
   * A beacon came.
   *
   * @param nonce of the life that sent it
   * @return true when it may have a lease
   */
  boolean beacon(int osd, int nonce, Object session) {
    Life life = lives.get(osd);
    if (!leading || life == null || life.addr.nonce() != nonce || life.dying()) {
      return false;
    }
    life.heardAt = loop.clock().nanos();
    life.session = session;
    return true;
  }

  /** The OSD's connection to us is gone: if its process is too, there is nothing to wait for. */
  void onSessionClosed(Object session) {
    for (Map.Entry<Integer, Life> entry : lives.entrySet()) {
      if (entry.getValue().session == session) {
        entry.getValue().session = null;
        probe(
            entry.getKey(),
            entry.getValue(),
            "failed (its connection closed, and its address refuses)");
      }
    }
  }

  /** A peer could not connect to this life of the OSD. */
  void suspect(int osd, int nonce) {
    Life life = lives.get(osd);
    if (life != null && life.addr.nonce() == nonce) {
      probe(osd, life, "failed (connection refused to a peer and to the monitor)");
    }
  }

  /** The OSD says it stops now. */
  void stopping(int osd, Object session) {
    Life life = lives.get(osd);
    if (leading && life != null && life.session == session && !life.dying()) {
      propose(osd, life, "marked itself down and dead");
    }
  }

  private void probe(int osd, Life life, String why) {
    if (!leading || life.dying() || life.probing > 0) {
      return;
    }
    life.probing = 1;
    ask(osd, life, why);
  }

  private void ask(int osd, Life life, String why) {
    prober.probe(life.addr, answer -> loop.execute(() -> onAnswer(osd, life, answer, why)));
  }

  private void onAnswer(int osd, Life life, Prober.Answer answer, String why) {
    boolean current = leading && lives.get(osd) == life && !life.dying();
    if (current && answer == Prober.Answer.REFUSED) {
      life.probing = 0;
      propose(osd, life, why);
    } else if (current
        && answer == Prober.Answer.ACCEPTED
        && life.session == null
        && life.probing < PROBES_MAX) {
      life.probing++;
      loop.schedule(PROBE_AGAIN_NANOS, () -> ask(osd, life, why));
    } else {
      life.probing = 0;
    }
  }

  private void propose(int osd, Life life, String why) {
    life.downProposedAt = loop.clock().nanos();
    LOG.warn("osd.{} at {} is down: {}", osd, life.addr, why);
    decisions.markDown(osd, life.addr.nonce(), why);
  }

  /** Looks for silence; called every {@link #TICK_NANOS}. */
  void tick() {
    long now = loop.clock().nanos();
    boolean stalled = now - lastTick > STALL_NANOS;
    lastTick = now;
    if (!leading) {
      return;
    }
    if (stalled) {
      LOG.warn(
          "the monitor was stopped for a while: it listens afresh before it marks anybody down");
      listenAfresh();
      return;
    }
    lives.forEach(
        (osd, life) -> {
          if (life.dying()
              ? now - life.downProposedAt > PROPOSAL_NANOS
              : now - life.heardAt > SILENCE_NANOS) {
            double seconds = (now - life.heardAt) / 1_000_000 / 1e3;
            propose(osd, life, "marked down after no beacon for " + seconds + " seconds");
          }
        });
    long outAfter = downSince.isEmpty() ? 0 : decisions.outAfterSeconds();
    for (int osd : outAfter == 0 ? Set.<Integer>of() : new TreeSet<>(downSince.keySet())) {
      if (now - downSince.get(osd) > outAfter * SECOND_NANOS) {
        downSince.put(osd, now); // asked again later, should the proposal be lost
        decisions.markOut(osd, outAfter);
      }
    }
  }
}
