package io.sluice.objectstore;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;

/**
 * What a {@link DiskStore} runs on: seams, shared pools and bounds.
 *
 * @param buffers page-aligned memory for reads and for bytes that are not aligned; null = one of
 *     its own
 * @param pipes where the spare pipes come from through which staged pipes without a checksum vector
 *     are looked at; null = those are read into memory
 * @param meter where copies are counted
 * @param failStop what happens when the disk fails
 * @param writers threads that write staged data; splice blocks one each
 * @param readers threads that read
 * @param cacheBytes RocksDB's block cache; half as much again for onodes
 * @param dataCacheBytes blocks that small reads ask for again and again
 */
public record StoreConfig(
    Sys sys,
    DirectBuffers buffers,
    PipePool pipes,
    CopyMeter meter,
    FailStop failStop,
    int writers,
    int readers,
    long cacheBytes,
    long dataCacheBytes) {
  private static final long CACHE_BYTES = 32 << 20;
  private static final long DATA_CACHE_BYTES = 32 << 20;

  /** For a daemon on two cores that shall stay small. */
  public static StoreConfig standard(CopyMeter meter) {
    return new StoreConfig(
        Linux.instance(), null, null, meter, FailStop.halt(), 4, 4, CACHE_BYTES, DATA_CACHE_BYTES);
  }

  /** With caches of other sizes. */
  public StoreConfig withCaches(long metadataBytes, long dataBytes) {
    return new StoreConfig(
        sys, buffers, pipes, meter, failStop, writers, readers, metadataBytes, dataBytes);
  }

  public StoreConfig with(Sys other) {
    return new StoreConfig(
        other, buffers, pipes, meter, failStop, writers, readers, cacheBytes, dataCacheBytes);
  }

  public StoreConfig with(DirectBuffers other) {
    return new StoreConfig(
        sys, other, pipes, meter, failStop, writers, readers, cacheBytes, dataCacheBytes);
  }

  public StoreConfig with(PipePool other) {
    return new StoreConfig(
        sys, buffers, other, meter, failStop, writers, readers, cacheBytes, dataCacheBytes);
  }

  public StoreConfig with(FailStop other) {
    return new StoreConfig(
        sys, buffers, pipes, meter, other, writers, readers, cacheBytes, dataCacheBytes);
  }
}
