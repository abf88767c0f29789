/**
 * The {@code sluice} command: the launcher of local clusters, the daemons' main, and the client's
 * words.
 *
 * <p>Start at {@link io.sluice.cli.Main}. {@code ClusterDir} says what lies where in a cluster's
 * directory; {@code ClusterStart} and {@code ClusterStop} run each daemon as a process of its own
 * ({@code DaemonProcess}); {@code MonCommand} and {@code OsdCommand} are such a process, with an
 * {@code AdminSocket} that speaks Ceph's protocol; {@code KeptStarts} says what the launcher keeps
 * so that they are fast sooner, and {@code OsdTraining} makes a part of it; {@code RadosCommand}
 * and {@code PoolCommand} use the client; {@code Quickstart} ties it together. Whatever goes wrong
 * ends in {@code ErrorLine}: one line, exit code 1 or 2.
 */
package io.sluice.cli;
