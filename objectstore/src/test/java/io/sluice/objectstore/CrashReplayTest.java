package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.NoLeaks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a crash at any step of a script, with any part of what was not yet durable: the store
 * mounts, fsck finds nothing, every acknowledged transaction is there whole, every other whole or
 * not at all.
 *
 * <p>More: {@code -Dcrash.scripts=500 -Dcrash.seed=7}. A failure names its script's seed; {@code
 * -Dcrash.scripts=1 -Dcrash.seed=SEED} runs that script alone.
 */
@Tag("long")
@ExtendWith(NoLeaks.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES) // 50 s of two quiet processors
class CrashReplayTest {
  private static final int SCRIPTS = Integer.getInteger("crash.scripts", 7);
  private static final long SEED = Long.getLong("crash.seed", 1);
  private static final int TRANSACTIONS = 40;
  private static final int CHANCES = 4;

  /** Each so many crashes the store is opened for writing too, and used. */
  private static final int OPENED_EVERY = 50;

  private static final int THREADS = 2;
  private static final long PATIENCE_MINUTES = 30;

  /** Two stores and the log of one at a time; containers are often given 64 MiB of memory files. */
  private static final long MEMORY_BYTES = 1L << 30;

  @TempDir Path disk;
  private final Path memory = memory();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  private static Path memory() {
    try {
      Path tmpfs = Path.of("/dev/shm");
      return Files.isWritable(tmpfs) && Files.getFileStore(tmpfs).getUsableSpace() >= MEMORY_BYTES
          ? Files.createTempDirectory(tmpfs, "sluice-crash")
          : Files.createTempDirectory("sluice-crash");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void end() throws Exception {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    Trees.delete(memory);
  }

  /** What the crashes of one script showed. */
  private record Outcome(int crashes, List<String> violations) {}

  @Test
  void shouldKeepEveryTransactionWholeWheneverItCrashes() throws Exception {
    List<Future<Outcome>> scripts = new ArrayList<>();
    for (int i = 0; i < SCRIPTS; i++) {
      long seed = SEED + i;
      scripts.add(threads.submit(() -> replay(record(seed), seed, CHANCES)));
    }
    int crashes = 0;
    List<String> violations = new ArrayList<>();
    for (Future<Outcome> script : scripts) {
      Outcome outcome = script.get(PATIENCE_MINUTES, TimeUnit.MINUTES);
      crashes += outcome.crashes();
      violations.addAll(outcome.violations());
    }
    System.out.println(
        "crash replay: " + crashes + " crashes of " + SCRIPTS + " scripts, seed " + SEED);
    assertThat(violations).isEmpty();
    assertThat(crashes).isGreaterThan(SCRIPTS * 300);
  }

  /** The check itself must be able to fail: a store that breaks its word is found out. */
  @Test
  void shouldFindOutAStoreThatDoesNotKeepTheOrder() throws Exception {
    CrashTrace sound = record(SEED);
    List<Callable<Outcome>> broken =
        List.of(
            () -> replay(sound.withoutFlushes(), SEED, 1),
            () -> replay(sound.withoutLogSyncs(), SEED, 1),
            () -> replay(sound.withEarlyReplies(), SEED, 1));
    for (Future<Outcome> outcome : threads.invokeAll(broken)) {
      assertThat(outcome.get().violations()).isNotEmpty();
    }
  }

  /**
   * Half of the scripts run on the disk, with O_DIRECT, half in memory, through the page cache; of
   * those on the disk every other one through io_uring, where there is one.
   */
  private CrashTrace record(long seed) throws Exception {
    Path dir = (seed % 2 == 0 ? disk : memory).resolve("script" + seed);
    boolean ring = seed % 4 == 0 && IoRing.isAvailable();
    CrashTrace trace = CrashRecorder.record(dir, seed, TRANSACTIONS, ring);
    Trees.delete(dir);
    return trace;
  }

  private Outcome replay(CrashTrace trace, long seed, int chances) throws Exception {
    Path dir = Files.createTempDirectory(memory, "image");
    Random random = new Random(seed);
    List<String> violations = new ArrayList<>();
    int crashes = 0;
    try (CrashImage image = new CrashImage(trace, dir);
        DirectBuffers buffers = new DirectBuffers(8 << 20)) {
      boolean changed = true;
      for (int step = 0; step <= trace.steps() && violations.isEmpty(); step++) {
        image.advanceTo(step);
        for (CrashImage.Tail tail : tails(image.hasTail(), chances)) {
          image.crash(tail, random);
          boolean opened = ++crashes % OPENED_EVERY == 0;
          String wrong = new CrashCheck(trace, step, buffers).check(image.dir(), opened);
          image.restore();
          if (wrong != null) {
            violations.add(
                "seed "
                    + seed
                    + " after step "
                    + step
                    + " of "
                    + trace.steps()
                    + ", "
                    + tail
                    + ": "
                    + wrong);
            break;
          }
        }
      }
    }
    return new Outcome(crashes, violations);
  }

  private static List<CrashImage.Tail> tails(boolean any, int chances) {
    if (!any) {
      return List.of(CrashImage.Tail.ALL);
    }
    List<CrashImage.Tail> tails = new ArrayList<>(List.of(CrashImage.Tail.values()));
    for (int i = 1; i < chances; i++) {
      tails.add(CrashImage.Tail.CHANCE);
    }
    return tails;
  }
}
