/**
 * What the cluster agrees on and what its members say to each other: maps, placement and messages.
 * Pure functions and records; no sockets, disks, clocks or threads.
 *
 * <p><b>A tour along one operation.</b> {@link io.sluice.protocol.OsdMap} is the cluster at one
 * epoch. It turns an object's name into a placement group ({@link io.sluice.protocol.ObjectHash}),
 * and a group into OSDs: CRUSH ({@code CrushMapper} over a {@link io.sluice.protocol.CrushMap})
 * proposes, {@code PgMapper} drops who is down and applies {@code pg_temp}, and a {@link
 * io.sluice.protocol.PgMapping} is the answer. The client sends {@link io.sluice.protocol.MOSDOp}
 * to the primary.
 *
 * <p><b>Maps change</b> by {@link io.sluice.protocol.OsdMapBuilder}, one epoch at a time, in the
 * monitor. Who may serve a group under a new map is decided by {@link
 * io.sluice.protocol.PgTable#next}, the minimal serving rule; what differs from CRUSH's answer is
 * published as {@code pg_temp}, so that unmodified clients follow. Ceph's monitors and OSDs tell
 * clients only what has changed: {@link io.sluice.protocol.OsdMap#after}. {@link
 * io.sluice.protocol.MonMap} and {@link io.sluice.protocol.MgrMap} complete what a client waits
 * for.
 *
 * <p><b>Bytes.</b> Whatever a Ceph client sees is encoded exactly as Ceph 16.2.15 does with {@link
 * io.sluice.protocol.Features#PACIFIC}: maps recorded from a real cluster decode and encode to the
 * same bytes, and {@code osdmaptool} and {@code crushtool} compute the same placements from ours.
 * Every {@link io.sluice.protocol.Message} becomes an {@link io.sluice.types.Envelope} and is read
 * from one; types 0x7000 and up are our own. Bytes that do not decode give {@link
 * io.sluice.bufferlist.MalformedInputException} and nothing else.
 */
package io.sluice.protocol;
