package io.sluice.monitor;

import io.sluice.protocol.MLog;
import io.sluice.types.AddrVec;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A command to the replicated state: one entry of the consensus log.
 *
 * <p><b>Invariant:</b> whatever a change needs of the world (time, addresses, what was asked) is in
 * it, so that every monitor that applies the same changes has the same state, byte for byte.
 */
sealed interface Change {
  /**
   * The state after a change (the same object when it changed nothing), and what the proposer
   * hears.
   */
  record Applied(MonState state, Outcome outcome) {}

  /** A pure function of the state and this. */
  Applied applyTo(MonState state);

  /**
   * The first change of a cluster's life; ignored in any other position.
   *
   * @param monitors names to addresses, in rank order of the map's rules
   * @param size default number of copies of a pool
   * @param failureDomain CRUSH type that replicas are spread over: 0 OSDs, 1 hosts
   */
  record CreateCluster(
      UUID fsid, UTime now, SortedMap<String, AddrVec> monitors, int size, int failureDomain)
      implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return ClusterRules.create(state, this);
    }
  }

  /**
   * Monitors have these addresses from now on: a new epoch of the monitor map when that is a
   * change.
   */
  record SetMonitors(UTime now, SortedMap<String, AddrVec> monitors) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return ClusterRules.setMonitors(state, this);
    }
  }

  /**
   * An OSD came to life. One that is up in the map with other addresses goes down in an epoch of
   * its own first.
   */
  record BootOsd(int osd, AddrVec addrs, String host, long totalBytes, UTime now)
      implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return OsdRules.boot(state, this);
    }
  }

  /** An OSD's life ended; ignored unless that life (its nonce) is the one that is up. */
  record MarkDown(int osd, int nonce, UTime now) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return OsdRules.markDown(state, this);
    }
  }

  /**
   * Changes an OSD's weight: 0 is out, 0x10000 in; {@code onlyIfDown}: ignored when it came back
   * meanwhile.
   */
  record Reweight(int osd, int weight, boolean onlyIfDown, UTime now) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return OsdRules.reweight(state, this);
    }
  }

  /**
   * Primaries have given OSDs everything: reports gathered over a moment, for one epoch instead of
   * one each.
   */
  record PgsRecovered(List<Report> reports, UTime now) implements Change {
    /** One group's report; it counts only when the group is still in that interval. */
    record Report(PgId pg, int intervalSince, List<Integer> osds) {
      Report {
        osds = List.copyOf(osds);
      }
    }

    public PgsRecovered {
      reports = List.copyOf(reports);
    }

    @Override
    public Applied applyTo(MonState state) {
      return OsdRules.recovered(state, this);
    }
  }

  /** A new pool; size and minSize 0 for the defaults. */
  record CreatePool(String name, int pgNum, int size, int minSize, UTime now) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return PoolRules.create(state, this);
    }
  }

  /** Removes that pool, not another one that got its name meanwhile. */
  record RemovePool(long pool, UTime now) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return PoolRules.remove(state, this);
    }
  }

  /** A pool's size and minSize; 0 leaves as is. */
  record ResizePool(String name, int size, int minSize, UTime now) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return PoolRules.resize(state, this);
    }
  }

  /** Tags a pool with the application that uses it. */
  record TagPool(String name, String application, UTime now) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return PoolRules.tag(state, this);
    }
  }

  /**
   * Makes or removes a snapshot of a pool.
   *
   * @param op as in {@link io.sluice.protocol.MPoolOp}
   * @param snap the one to remove, of a pool whose clients keep their own account
   * @param name of a named one
   */
  record ChangeSnap(long pool, int op, long snap, String name, UTime now) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return SnapRules.apply(state, this);
    }
  }

  /** Global ids up to {@code count} more are the proposer's to give out, each once. */
  record GlobalIdBatch(int count) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return ClusterRules.grantIds(state, this);
    }
  }

  /** Sets an option of the central configuration, or removes it when the value is empty. */
  record SetConfig(String who, String name, String value) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return ClusterRules.configure(state, this);
    }
  }

  /** Lines for the cluster's log. */
  record Log(List<MLog.Entry> lines) implements Change {
    public Log {
      lines = List.copyOf(lines);
    }

    @Override
    public Applied applyTo(MonState state) {
      return ClusterRules.log(state, this);
    }
  }

  /**
   * Which monitors take no part.
   *
   * @param absent their ranks; the rest is a majority
   */
  record Quorum(Set<Integer> absent) implements Change {
    public Quorum {
      absent = Collections.unmodifiableSet(new TreeSet<>(absent));
    }

    @Override
    public Applied applyTo(MonState state) {
      return ClusterRules.quorum(state, this);
    }
  }

  /** One of the small edits of the OSD map. */
  record EditMap(MapEdit edit, String name, String value, UTime now) implements Change {
    @Override
    public Applied applyTo(MonState state) {
      return edit.apply(state, name, value, now);
    }
  }
}
