/**
 * Load drivers and comparisons; every number in the README names one of them.
 *
 * <ul>
 *   <li>{@code benchmarks/compare-ceph}: Debian's {@code rados bench} on Sluice and on real Ceph,
 *       in turn
 *   <li>{@code benchmarks/bufferlist}: lists against CompositeByteBuf and copies, and moving bytes
 *       against a C program ({@link io.sluice.benchmarks.BufferlistReport})
 *   <li>{@link io.sluice.benchmarks.PutBenchmark}: our own client's writes, which take the pipe
 *       path, or the same without it
 * </ul>
 */
package io.sluice.benchmarks;
