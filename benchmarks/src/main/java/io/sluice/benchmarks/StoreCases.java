package io.sluice.benchmarks;

import io.sluice.benchmarks.StoreBench.Cost;
import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Sys;
import io.sluice.objectstore.CompactionPolicy;
import io.sluice.objectstore.Transaction;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Ours and theirs, in turn: each case adds figures to the results. */
final class StoreCases {
  private static final int MIB = 1 << 20;
  private static final int OBJECT = 4 * MIB;
  private static final int PIPES = OBJECT / PipePool.PIPE_BYTES;

  /** Bytes of each, while the code is being compiled: calls count, not bytes. */
  private static final int WARM_PIPE = 16 << 10;

  private static final int BLOCK = 4096;
  private static final int SEGMENTS = 32;
  private static final int REQUEST = SEGMENTS * BLOCK;

  private final Path work;
  private final int rounds;
  private final StoreResults results;
  private int stores;
  private long deadline;

  StoreCases(Path work, int rounds, StoreResults results) {
    this.work = work;
    this.rounds = rounds;
    this.results = results;
  }

  /** Rounds begin within so many seconds from now; a case always has its first. */
  void within(long seconds) {
    deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  private boolean goesOn(int round) {
    return round == 0 || round < rounds && System.nanoTime() < deadline;
  }

  private StoreBench open(long bytes, CompactionPolicy compaction) throws Exception {
    return new StoreBench(fresh(), bytes, compaction);
  }

  private Path fresh() throws java.io.IOException {
    return java.nio.file.Files.createDirectories(work.resolve("store" + stores++));
  }

  /** (a) 4 MiB from aligned pipes. */
  void pipes() throws Exception {
    Linux sys = Linux.instance();
    int memfd = sys.memfdCreate("payload", 1);
    sys.fallocate(memfd, 0, 0, OBJECT);
    try (StoreBench bench = open(2L << 30, CompactionPolicy.standard())) {
      StoreBench.measure(12_000, 4, put(bench, memfd, WARM_PIPE)); // compiled
      StoreBench.Operation put = put(bench, memfd, PipePool.PIPE_BYTES);
      StoreBench.measure(600, 4, put); // the file system's blocks are there
      for (int round = 0; goesOn(round); round++) {
        Cost c = StorePeers.spliceLoop(work, OBJECT, 300);
        results.add("a.mbs.c", c.mbPerSecond(OBJECT));
        results.add("a.cpu.c", c.cpuNanos() / OBJECT);
        for (int depth : new int[] {1, 4}) {
          Cost ours = StoreBench.measure(300, depth, put);
          results.add("a.mbs.ours" + depth, ours.mbPerSecond(OBJECT));
          results.add("a.cpu.ours" + depth, ours.cpuNanos() / OBJECT);
        }
      }
    }
    sys.close(memfd);
  }

  /** An object of four pipes with so many bytes each. */
  private static StoreBench.Operation put(StoreBench bench, int memfd, int pipeBytes) {
    int length = PIPES * pipeBytes;
    ChecksumVector vector = ChecksumVector.of(new byte[length], 0, length);
    return (n, ended) ->
        bench.commit(
            StoreBench.write(
                n % 64, 0, bench.store.claimStage(filled(bench, memfd, pipeBytes), vector)),
            ended);
  }

  private static BufferList filled(StoreBench bench, int memfd, int pipeBytes) {
    BufferList list = new BufferList();
    Pipe[] pipes = bench.pipes.tryAcquire(PIPES);
    for (int i = 0; i < pipes.length; i++) {
      long offset = (long) i * pipeBytes;
      long moved =
          Linux.instance()
              .splice(memfd, offset, pipes[i].writeEnd(), -1, pipeBytes, Sys.SPLICE_F_MOVE);
      if (moved != pipeBytes) {
        throw new IllegalStateException("splice: " + moved);
      }
      list.claimAppend(new PipeSegment(pipes[i], moved));
    }
    return list;
  }

  /** (b) 4 KiB durable writes. */
  void smallWrites() throws Exception {
    byte[] value = new byte[BLOCK];
    new Random(3).nextBytes(value);
    try (StoreBench bench = open(1L << 30, CompactionPolicy.standard())) {
      StoreBench.Operation put =
          (n, ended) ->
              bench.commit(
                  new Transaction(StoreBench.PG)
                      .add(new Transaction.WriteInline(StoreBench.object(n % 4096), 0, value)),
                  ended);
      StoreBench.measure(100_000, 256, put);
      for (int round = 0; goesOn(round); round++) {
        for (int depth : new int[] {1, 16, 64}) {
          int count = depth == 1 ? 6_000 : 60_000;
          results.add(
              "b.rocks" + depth, StorePeers.rocks(fresh(), count, depth, BLOCK).perSecond());
          results.add("b.ours" + depth, StoreBench.measure(count, depth, put).perSecond());
        }
      }
    }
  }

  /** (c) 4 KiB random reads. */
  void smallReads(boolean fio) throws Exception {
    new StoreReadCases(fresh(), this::goesOn, fio, results).small();
  }

  /** (d) requests of 32 segments, 8 in flight. */
  void segments(boolean fio) throws Exception {
    int depth = 8;
    byte[] content = new byte[REQUEST];
    ChecksumVector vector = ChecksumVector.of(content, 0, REQUEST);
    ChecksumVector one = ChecksumVector.of(content, 0, BLOCK);
    Path peer = java.nio.file.Files.createFile(work.resolve("fio.file"));
    StorePeers.run(java.util.List.of("fallocate", "-l", "512M", peer.toString()));
    try (StoreBench bench = open(1L << 30, CompactionPolicy.never())) {
      StoreBench.Operation put =
          (n, ended) ->
              bench.commit(
                  StoreBench.write(
                      n % 1024, 0, bench.store.claimStage(blocks(bench, SEGMENTS), vector)),
                  ended);
      StoreBench.Operation stage = (n, ended) -> stage(bench, vector, ended);
      StoreBench.Operation single =
          (n, ended) ->
              bench.commit(
                  StoreBench.write(
                      n / SEGMENTS % 1024,
                      (long) (n % SEGMENTS) * BLOCK,
                      bench.store.claimStage(blocks(bench, 1), one)),
                  ended);
      StoreBench.measure(40_000, depth, put); // until all of it is compiled
      StoreBench.measure(20_000, depth, stage);
      for (int round = 0; goesOn(round); round++) {
        if (fio) {
          results.add("d.write.fio", StorePeers.fio(peer, "randwrite", REQUEST, depth));
          results.add(
              "d.write.fiosync",
              StorePeers.fio(peer, "randwrite", REQUEST, depth, "--fdatasync=" + depth));
        }
        results.add("d.write.staged", StoreBench.measure(6_000, depth, stage).perSecond());
        results.add("d.write.ours", StoreBench.measure(6_000, depth, put).perSecond());
        results.add(
            "d.write.singles",
            StoreBench.measure(SEGMENTS * 1024, depth, single).perSecond() / SEGMENTS);
      }
    }
    new StoreReadCases(fresh(), this::goesOn, fio, results).segments();
  }

  /** Its end is that its memory is released; given up meanwhile, so that nothing is committed. */
  private static void stage(StoreBench bench, ChecksumVector vector, StoreBench.Ended ended)
      throws Exception {
    MemorySegment last =
        MemorySegment.wrap(bench.zeros.buffer().slice(0, BLOCK), () -> ended.ended(null));
    BufferList list = blocks(bench, SEGMENTS - 1).claimAppend(last);
    bench.store.claimStage(list, vector).abort();
  }

  private static BufferList blocks(StoreBench bench, int count) {
    BufferList list = new BufferList();
    for (int i = 0; i < count; i++) {
      list.claimAppend(bench.zeros.share(0, BLOCK));
    }
    return list;
  }

  /** (e) everything overwritten ten times, in random places. */
  void ageing() throws Exception {
    int objects = 32;
    int piece = 64 << 10;
    int pass = objects * (OBJECT / piece);
    ChecksumVector vector = ChecksumVector.of(new byte[piece], 0, piece);
    try (StoreBench bench = open(1L << 30, CompactionPolicy.standard())) {
      bench.fill(objects, OBJECT);
      Random random = new Random(6);
      StoreBench.Operation overwrite =
          (n, ended) -> {
            long at = (long) random.nextInt(OBJECT - piece) / 512 * 512;
            BufferList list = new BufferList().claimAppend(bench.zeros.share(0, piece));
            bench.commit(
                StoreBench.write(random.nextInt(objects), at, bench.store.claimStage(list, vector)),
                ended);
          };
      StoreBench.Operation readAll = (n, ended) -> bench.read(n % objects, 0, OBJECT, ended);
      StoreBench.measure(3 * objects, 4, readAll);
      results.add("e.read.new", StoreBench.measure(3 * objects, 4, readAll).mbPerSecond(OBJECT));
      for (int turn = 0; turn < 10; turn++) {
        Cost cost = StoreBench.measure(pass, 16, overwrite);
        results.add("e.write.pass" + turn, cost.mbPerSecond(piece));
      }
      double live = (double) objects * OBJECT;
      results.add("e.space.busy", used(bench) / live);
      results.add("e.read.aged", StoreBench.measure(3 * objects, 4, readAll).mbPerSecond(OBJECT));
      for (int i = 0; i < 300 && waiting(bench) > 0; i++) {
        Thread.sleep(100);
      }
      Thread.sleep(1000);
      results.add("e.space.settled", used(bench) / live);
      results.add(
          "e.read.settled", StoreBench.measure(3 * objects, 4, readAll).mbPerSecond(OBJECT));
      results.add(
          "e.compacted", ((Number) bench.store.perf().get("compaction_bytes")).doubleValue() / 1e6);
    }
  }

  private static double used(StoreBench bench) {
    var perf = bench.store.perf();
    return ((Number) perf.get("total_bytes")).doubleValue()
        - ((Number) perf.get("free_bytes")).doubleValue();
  }

  private static int waiting(StoreBench bench) {
    return ((Number) bench.store.perf().get("compaction_waiting")).intValue();
  }
}
