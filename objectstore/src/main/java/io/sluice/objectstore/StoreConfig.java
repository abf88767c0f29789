package io.sluice.objectstore;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import java.util.function.UnaryOperator;

/**
 * What a {@link DiskStore} runs on: seams, shared pools and bounds. Immutable: {@code with...}
 * gives another one.
 */
public final class StoreConfig {
  private static final int THREADS = 4;

  /** All caches together, and what RocksDB keeps in memory of what it has not written yet. */
  private static final long CACHES_BYTES = 256 << 20;

  private static final long DATA_CACHE_BYTES = 32 << 20;

  private Sys sys = Linux.instance();
  private DirectBuffers buffers;
  private PipePool pipes;
  private CopyMeter meter;
  private FailStop failStop = FailStop.halt();
  private long metadataCacheBytes = CACHES_BYTES - DATA_CACHE_BYTES;
  private long dataCacheBytes = DATA_CACHE_BYTES;
  private CompactionPolicy compaction = CompactionPolicy.standard();
  private UnaryOperator<IoQueue> ringSeam;

  private StoreConfig() {}

  /** For a daemon on two cores that shall stay small: 256 MiB of caches in all. */
  public static StoreConfig standard(CopyMeter meter) {
    StoreConfig config = new StoreConfig();
    config.meter = meter;
    return config;
  }

  private StoreConfig copy() {
    StoreConfig copy = new StoreConfig();
    copy.sys = sys;
    copy.buffers = buffers;
    copy.pipes = pipes;
    copy.meter = meter;
    copy.failStop = failStop;
    copy.metadataCacheBytes = metadataCacheBytes;
    copy.dataCacheBytes = dataCacheBytes;
    copy.compaction = compaction;
    copy.ringSeam = ringSeam;
    return copy;
  }

  public StoreConfig with(Sys other) {
    StoreConfig copy = copy();
    copy.sys = other;
    return copy;
  }

  public StoreConfig with(DirectBuffers other) {
    StoreConfig copy = copy();
    copy.buffers = other;
    return copy;
  }

  public StoreConfig with(PipePool other) {
    StoreConfig copy = copy();
    copy.pipes = other;
    return copy;
  }

  /** When scattered objects are put together again. */
  public StoreConfig with(CompactionPolicy other) {
    StoreConfig copy = copy();
    copy.compaction = other;
    return copy;
  }

  /** For tests that watch io_uring's queue, beside a {@code Sys} that is not the real one. */
  StoreConfig throughRing(UnaryOperator<IoQueue> seam) {
    StoreConfig copy = copy();
    copy.ringSeam = seam;
    return copy;
  }

  public StoreConfig with(FailStop other) {
    StoreConfig copy = copy();
    copy.failStop = other;
    return copy;
  }

  /**
   * @param metadataBytes RocksDB's and that of onodes
   * @param dataBytes that of blocks
   */
  public StoreConfig withCaches(long metadataBytes, long dataBytes) {
    StoreConfig copy = copy();
    copy.metadataCacheBytes = metadataBytes;
    copy.dataCacheBytes = dataBytes;
    return copy;
  }

  Sys sys() {
    return sys;
  }

  /** Page-aligned memory for reads and for bytes that are not aligned; null = one of its own. */
  DirectBuffers buffers() {
    return buffers;
  }

  /**
   * Where the spare pipes come from through which staged pipes without a checksum vector are looked
   * at; null = those are read into memory.
   */
  PipePool pipes() {
    return pipes;
  }

  /** Where copies are counted. */
  CopyMeter meter() {
    return meter;
  }

  /** What happens when the disk fails. */
  FailStop failStop() {
    return failStop;
  }

  /** What stands before io_uring's queue; null = nothing. */
  UnaryOperator<IoQueue> ringSeam() {
    return ringSeam;
  }

  CompactionPolicy compaction() {
    return compaction;
  }

  /** Threads that write staged data; splice blocks one each. */
  int writers() {
    return THREADS;
  }

  /** Threads that read. */
  int readers() {
    return THREADS;
  }

  /**
   * RocksDB's block cache: a quarter of what is left beside its write buffers. It holds no
   * payloads.
   */
  long cacheBytes() {
    return share(4);
  }

  /** Inline bytes, outside the heap: two fifths. */
  long inlineCacheBytes() {
    return share(5) * 2;
  }

  /**
   * Decoded onodes: a sixth. What is in the heap is kept small: with blobs and blocks some 80 MiB
   * of a daemon's 192, of which the old generation is 128 ([M] with 148 MiB it collected all the
   * time).
   */
  long onodeCacheBytes() {
    return share(6);
  }

  /** Places and checksums of blobs: a twelfth. */
  long blobCacheBytes() {
    return share(12);
  }

  private long share(int ofHowMany) {
    long all = metadataCacheBytes - RocksMetadata.WRITE_BUFFERS_BYTES;
    return Math.max(1 << 20, all / ofHowMany);
  }

  /** Blocks that small reads ask for again and again. */
  long dataCacheBytes() {
    return dataCacheBytes;
  }
}
