package io.sluice.monitor;

import io.sluice.protocol.MgrMap;
import io.sluice.types.UTime;
import java.util.concurrent.CompletableFuture;

/** What a user's command may know and do; the monitor's loop only. */
interface MonContext {
  MonState state();

  /** Wall-clock time, for changes that carry it. */
  UTime now();

  /** Nanoseconds since this monitor took up its work. */
  long uptimeNanos();

  /** True while this monitor may decide for the cluster. */
  boolean isLeader();

  /** The monitor that may; empty while this one does not know. */
  String leader();

  /** What OSDs said last of themselves, to this monitor or to the one that leads. */
  OsdReports reports();

  /** Takes lines for the cluster's log. */
  ClusterLogWriter log();

  /** Who answers what Ceph's manager does. */
  MgrMap manager();

  /** Clients that are connected to this monitor. */
  int clients();

  /** This monitor's name. */
  String name();

  /**
   * Waits until {@link #state} has what any monitor answered before this call.
   *
   * @return completes on the monitor's loop; exceptionally when nobody leads for long
   */
  CompletableFuture<Void> caughtUp();

  /**
   * Proposes a change.
   *
   * @return completes on the monitor's loop, after the state that this monitor shows has the change
   */
  CompletableFuture<Outcome> propose(Change change);
}
