/**
 * The monitor: the authority over the maps.
 *
 * <p>A tour. {@link io.sluice.monitor.MonitorDaemon} opens a directory, a log and a messenger and
 * puts a {@code Monitor} over them. What changes the cluster is a {@code Change}, one entry of the
 * log of {@link io.sluice.monitor.MonConsensus} (Apache Ratis on disk, or memory in tests).
 * Committed changes are applied by {@code MonMachine} to {@code MonState}, an immutable value:
 * monitor map, OSD map, the groups' table that follows it by the serving rule, the last 500 epochs,
 * global ids, options. The rules of each change are pure functions in {@code ClusterRules}, {@code
 * OsdRules} and {@code PoolRules}.
 *
 * <p>{@code Monitor} lives on one loop. {@code MessageTable} hands what comes to {@code
 * ClientRequests} and {@code OsdRequests}; {@code Subscriptions} tells sessions of new maps; {@code
 * OsdWatch} grants leases and marks OSDs down; {@code Commands} is the table of what users can say.
 */
package io.sluice.monitor;
