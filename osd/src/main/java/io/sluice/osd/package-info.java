/**
 * The OSD: placement groups, replication, peering and recovery, over the seams of messenger and
 * object store.
 *
 * <p><b>A tour.</b> {@link io.sluice.osd.OsdDaemon} opens the store, listens, and makes the logic,
 * {@code Osd}: it follows the maps that {@code MonitorSession} brings (with the {@code Lease}) and
 * hands every message to its {@code PlacementGroup}, which lives on one loop.
 *
 * <p><b>One write.</b> {@code PayloadPlanner} decides where the payload goes, {@code StepPayloads}
 * gives it to the steps. The group puts the operation into {@code ObjectQueues}; when it is its
 * turn {@code OpExecutor} looks for a duplicate in the {@code PgLog} and runs the steps ({@code
 * OperationTable}), which note what is to change in an {@code OpContext}. {@code Replication} gives
 * it a version, makes twins of the payload, sends them, and commits through {@code PgStore}: data,
 * object and log entry in one transaction. When every acting member has committed, {@code
 * ReplyGate} answers, if the lease holds. Replicas do what {@code Membership} says.
 *
 * <p><b>One failure.</b> A new map is a new interval: {@code Peering} makes the acting members
 * agree on the newest log, {@code Recovery} brings stale members up to date without stopping the
 * group for long, by {@code ObjectPush}.
 *
 * <p><b>One bad block.</b> What the primary cannot read the {@code Mender} fetches from another
 * member; the {@code Scrubber} compares all copies when asked, one object at a time.
 *
 * <p><b>One snapshot.</b> {@code Snapped} finds the clone that an operation is about, {@code
 * LoggedWrite} makes clones before a write as the object's {@code SnapSet} says, and {@code
 * SnapTrimmer} removes what nobody can ask for any more.
 *
 * <p>The logic is deterministic: time, chance, network and disk come through seams only, and the
 * tests run whole clusters in one thread from a seed ({@code SimulatedCluster}).
 */
package io.sluice.osd;
