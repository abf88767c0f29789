/**
 * The librados of Java: talks RADOS to monitors and OSDs.
 *
 * <p>Start at {@link io.sluice.client.Cluster}: it connects to the monitors and opens pools. An
 * {@link io.sluice.client.IoContext} does reads and writes in one pool, and {@link
 * io.sluice.client.ObjectIo} moves whole files in and out of objects. Underneath, {@code
 * MonSession} keeps one monitor connection alive (maps, commands, versions) and {@code Objecter}
 * finds each operation's placement group and primary, sends it, and sends it again, under the same
 * transaction id, whenever the map or a connection changes. Both run on one loop and see the world
 * only through {@link io.sluice.types.Loop} and {@link io.sluice.messenger.Messenger}.
 */
package io.sluice.client;
