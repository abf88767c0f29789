package io.sluice.benchmarks;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.objectstore.CompactionPolicy;
import io.sluice.objectstore.ObjectStore.Range;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Reading, ours and fio's, in turn, from the same blocks of the same file: fio gets the part of the
 * data file that the store has filled, as blocks that nobody wrote cost it no disk.
 */
final class StoreReadCases {
  private static final int OBJECT = 4 << 20;
  private static final int OBJECTS = 128;
  private static final int BLOCK = 4096;
  private static final int SEGMENTS = 32;
  private static final int REQUEST = SEGMENTS * BLOCK;
  private static final int REQUESTS = 2048;

  private final Path dir;
  private final IntPredicate goesOn;
  private final boolean fio;
  private final StoreResults results;

  /**
   * @param goesOn whether there is time for a round of that number
   */
  StoreReadCases(Path dir, IntPredicate goesOn, boolean fio, StoreResults results) {
    this.dir = dir;
    this.goesOn = goesOn;
    this.fio = fio;
    this.results = results;
  }

  /** Some number below {@code bound}, another one for each {@code n}: from whatever thread. */
  private static int any(int n, int bound) {
    long z = (n + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return (int) Long.remainderUnsigned(z ^ z >>> 31, bound);
  }

  private void peer(StoreBench bench, String name, int blockBytes, int depth) throws Exception {
    if (fio) {
      results.add(
          name, StorePeers.fio(dir.resolve("data.0"), used(bench), "randread", blockBytes, depth));
    }
  }

  private static long used(StoreBench bench) {
    return bench.store.space().total() - bench.store.space().free();
  }

  /** (c) 4 KiB random reads. */
  void small() throws Exception {
    try (StoreBench bench = new StoreBench(dir, 1L << 30, CompactionPolicy.standard())) {
      bench.fill(OBJECTS, OBJECT);
      StoreBench.Operation get =
          (n, ended) -> {
            int block = any(n, OBJECTS * (OBJECT / BLOCK));
            long offset = (long) block * BLOCK % OBJECT;
            bench.read(block / (OBJECT / BLOCK), offset, BLOCK, ended);
          };
      StoreBench.inTurn(300_000, 32, get); // until all of it is compiled
      for (int round = 0; goesOn.test(round); round++) {
        peer(bench, "c.fio32", BLOCK, 32);
        results.add("c.ours32", StoreBench.inTurn(200_000, 32, get).perSecond());
        results.add("c.thread32", StoreBench.measure(100_000, 32, get).perSecond());
        peer(bench, "c.fio1", BLOCK, 1);
        results.add("c.ours1", StoreBench.inTurn(20_000, 1, get).perSecond());
      }
    }
  }

  /** (d) requests of 32 segments, 8 in flight. */
  void segments() throws Exception {
    int depth = 8;
    try (StoreBench bench = new StoreBench(dir, 1L << 30, CompactionPolicy.never())) {
      bench.fill(REQUESTS, REQUEST);
      scatter(bench);
      List<Range> segments = new ArrayList<>();
      for (int i = 0; i < SEGMENTS; i++) {
        segments.add(new Range((long) i * BLOCK, BLOCK));
      }
      StoreBench.Operation get = (n, ended) -> bench.read(any(n, REQUESTS), segments, ended);
      StoreBench.Operation extents =
          (n, ended) -> bench.read(REQUESTS + any(n, REQUESTS), segments, ended);
      StoreBench.Operation single =
          (n, ended) -> {
            int block = any(n, REQUESTS * SEGMENTS);
            bench.read(block / SEGMENTS, block % SEGMENTS * (long) BLOCK, BLOCK, ended);
          };
      StoreBench.inTurn(50_000, depth, get);
      StoreBench.inTurn(20_000, depth, extents);
      for (int round = 0; goesOn.test(round); round++) {
        peer(bench, "d.read.fio", REQUEST, depth);
        results.add("d.read.ours", StoreBench.inTurn(30_000, depth, get).perSecond());
        if (fio) {
          results.add("d.read.fioblocks", blocksPeer(bench, depth) / SEGMENTS);
        }
        results.add("d.read.extents", StoreBench.inTurn(20_000, depth, extents).perSecond());
        results.add(
            "d.read.singles", StoreBench.inTurn(100_000, depth, single).perSecond() / SEGMENTS);
      }
    }
  }

  /** The same number of blocks in flight, asked for and taken {@link #SEGMENTS} at a time. */
  private double blocksPeer(StoreBench bench, int depth) throws Exception {
    return StorePeers.fio(
        dir.resolve("data.0"),
        used(bench),
        "randread",
        BLOCK,
        depth * SEGMENTS,
        "--iodepth_batch_submit=" + SEGMENTS,
        "--iodepth_batch_complete_min=" + SEGMENTS,
        "--iodepth_batch_complete_max=" + SEGMENTS);
  }

  /** As many objects more, whose blocks are written one by one, in an order that scatters them. */
  private static void scatter(StoreBench bench) throws Exception {
    ChecksumVector one = ChecksumVector.of(new byte[BLOCK], 0, BLOCK);
    int blocks = REQUESTS * SEGMENTS;
    StoreBench.measure(
        blocks,
        64,
        (n, ended) -> {
          int block = (int) (n * 40_503L % blocks); // odd: each once
          BufferList list = new BufferList().claimAppend(bench.zeros.share(0, BLOCK));
          bench.commit(
              StoreBench.write(
                  REQUESTS + block / SEGMENTS,
                  (long) (block % SEGMENTS) * BLOCK,
                  bench.store.claimStage(list, one)),
              ended);
        });
  }
}
