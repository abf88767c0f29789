package io.sluice.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/**
 * The object store beside C, fio and RocksDB: {@code benchmarks/objectstore} runs it.
 *
 * <p>Arguments: a folder on the disk in question with the C peer in it, rounds, cases (letters of
 * {@code abcde}), and the document to write, if any.
 */
public final class StoreBenchmark {
  private static final String HEAD =
      """
      # The object store beside the least there is

      Written by `benchmarks/objectstore --docs`%s: %s, Linux %s, %d processors, Java %s. Ours and the peer run in turn, %d rounds; medians (least-greatest).
      CPU is of the process itself, user and system, but for its compilers, without what kernel threads do on its behalf. The store is the daemon's: checksums, allocation,
      metadata and the synced RocksDB batch are in every figure of ours, the data cache is off.

      - (a) 4 MiB in four pipes of aligned pages, checksum vector given; the peer is C: the same pipes spliced into a preallocated O_DIRECT file, fdatasync each.
      - (b) 4 KiB durable writes; the peer is bare RocksDB, one committer that merges what waits into synced batches, recycled WAL files.
      - (c) 4 KiB random reads of 512 MiB; the peer is fio, io_uring, O_DIRECT, on the same blocks of the same data file. Each end begins the next read, in
        the store's loop, as in fio's; *another thread*: a thread beside it asks for each, which costs both a wake-up.
      - (d) requests of 32 segments of 4 KiB, 8 in flight; the peer is fio with requests of 128 KiB. *Staged*: written, nothing committed, as fio without a
        flush does. *Durable*: each acknowledged when its data are flushed and its metadata synced; fio flushes its file after every 8 writes, which
        makes the data durable but has no metadata to sync. Read, of objects written by such a request; and of such whose every block was
        written alone, in an order that scatters them: there the first peer reads 128 KiB that lie together, the second one 32 times 4 KiB that do not (fio,
        as many blocks in flight, submitted and taken 32 at a time). *Singles*: the same bytes as 32 requests of 4 KiB; the FUSE
        patch set that inspired it reports 4.5x (writing) and 5x (reading) over singles.
      - (e) 128 MiB of 4 MiB objects, overwritten ten times over by 64 KiB at random 512-byte places, 16 in flight.

      """;

  /** From here on the page is written by hand and kept. */
  private static final String KEPT = "## What limits it\n";

  /** So that all of it ends in eight minutes. */
  private static final long ROUNDS_SECONDS = 360;

  private StoreBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path work = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    String cases = args[2];
    StoreResults results = new StoreResults();
    StoreCases all = new StoreCases(work, rounds, results);
    all.within(ROUNDS_SECONDS);
    boolean fio = StorePeers.hasFio();
    if (cases.contains("a")) {
      all.pipes();
    }
    if (cases.contains("b")) {
      all.smallWrites();
    }
    if (cases.contains("c")) {
      all.smallReads(fio);
    }
    if (cases.contains("d")) {
      all.segments(fio);
    }
    if (cases.contains("e")) {
      all.ageing();
    }
    lines(results);
    String text = head(rounds) + results.table();
    if (args.length > 3) {
      Path page = Path.of(args[3]);
      Files.writeString(page, text + "\n" + kept(page));
      System.err.println("wrote " + args[3]);
    }
    System.out.print(text);
    System.exit(0); // the ring's thread is a daemon, RocksDB's are not ours to know
  }

  private static String kept(Path page) throws java.io.IOException {
    String before = Files.exists(page) ? Files.readString(page) : "";
    int at = before.indexOf(KEPT);
    return at < 0 ? KEPT : before.substring(at);
  }

  private static String head(int rounds) throws java.io.IOException {
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 2))
            .findFirst()
            .orElse("unknown processor");
    return String.format(
        HEAD,
        " on " + LocalDate.now(),
        processor,
        System.getProperty("os.version").split("-")[0],
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"),
        rounds);
  }

  private static void lines(StoreResults results) {
    results.line("(a) 4 MiB from pipes, 1 in flight", "a.mbs.ours1", "a.mbs.c", "MB/s", "0.9");
    results.line("(a) 4 MiB from pipes, 4 in flight", "a.mbs.ours4", "a.mbs.c", "MB/s", "");
    results.line("(a) CPU, 1 in flight", "a.cpu.ours1", "a.cpu.c", "s/GB", "at most 1.3");
    results.line("(a) CPU, 4 in flight", "a.cpu.ours4", "a.cpu.c", "s/GB", "at most 1.3");
    for (int depth : new int[] {1, 16, 64}) {
      String what = "(b) 4 KiB durable writes, " + depth + " in flight";
      results.line(what, "b.ours" + depth, "b.rocks" + depth, "/s", "0.8");
    }
    results.line("(c) 4 KiB random reads, 32 in flight", "c.ours32", "c.fio32", "/s", "0.6");
    results.line("(c) the same, asked for by another thread", "c.thread32", "c.fio32", "/s", "");
    results.line("(c) 4 KiB random reads, 1 in flight", "c.ours1", "c.fio1", "/s", "");
    results.line("(c) 32 in flight beside 1", "c.ours32", "c.ours1", "/s", "several");
    results.line("(d) 32 segments staged", "d.write.staged", "d.write.fio", "/s", "0.7");
    results.line("(d) 32 segments durable", "d.write.ours", "d.write.fiosync", "/s", "0.7");
    results.line(
        "(d) durable, beside fio that never flushes", "d.write.ours", "d.write.fio", "/s", "");
    results.line(
        "(d) durable, beside singles (FUSE: 4.5)", "d.write.ours", "d.write.singles", "/s", "");
    results.line("(d) 32 segments read", "d.read.ours", "d.read.fio", "/s", "0.7");
    results.line("(d) 32 scattered blocks read", "d.read.extents", "d.read.fio", "/s", "0.7");
    results.line(
        "(d) the same, beside scattered blocks", "d.read.extents", "d.read.fioblocks", "/s", "");
    results.line("(d) read, beside singles (FUSE: 5)", "d.read.ours", "d.read.singles", "/s", "");
    results.line(
        "(e) overwrites, tenth pass beside first", "e.write.pass9", "e.write.pass0", "MB/s", "");
    results.line(
        "(e) reads of whole objects, aged beside new", "e.read.aged", "e.read.new", "MB/s", "");
    results.line(
        "(e) the same when compaction has settled", "e.read.settled", "e.read.new", "MB/s", "");
    results.line("(e) space taken per byte, after the tenth pass", "e.space.busy", null, "", "");
    results.line("(e) the same when compaction has settled", "e.space.settled", null, "", "");
    results.line("(e) moved by compaction", "e.compacted", null, "MB", "");
  }
}
