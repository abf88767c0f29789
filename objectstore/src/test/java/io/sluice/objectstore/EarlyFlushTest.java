package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class EarlyFlushTest {
  @TempDir Path dir;
  private DataFiles files;
  private EarlyFlush early;

  @BeforeEach
  void open() throws Exception {
    Mkfs.make(dir, new Mkfs.Identity(DiskStoreTest.FSID, 0), TestStore.BYTES, Linux.instance());
    StopSwitch stop =
        new StopSwitch(
            (what, cause) -> {
              throw new AssertionError(what, cause);
            },
            () -> {});
    files = DataFiles.open(Linux.instance(), dir, Mount.readSuperblock(dir));
    early = new EarlyFlush(files, new StoreCounters(), stop);
  }

  @AfterEach
  void close() {
    early.close();
    files.close();
  }

  private long blobWritten() {
    files.wrote(0);
    return files.blobWritten();
  }

  private void awaitFlushed(long blob) throws InterruptedException {
    for (int i = 0; i < 3000 && !files.isFlushed(blob); i++) {
      Thread.sleep(10);
    }
    assertThat(files.isFlushed(blob)).as("flushed in 30 s").isTrue();
  }

  /** It is made for the first work there is. */
  private static Set<Thread> flushers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("store-flush"))
        .collect(Collectors.toSet());
  }

  /** Or a steady stream of small commits would let a large write wait for one group more each. */
  @Test
  void shouldFlushThoughTheCommitterIsBackBeforeTheFlushingThreadIsAwake() throws Exception {
    long blob = blobWritten();
    synchronized (early) { // the thread cannot look in between
      early.committing(true);
      early.committing(false);
    }
    awaitFlushed(blob);
  }

  @Test
  void shouldFlushThoughTheCommitterIsBackWhenDataEndDuringACommit() throws Exception {
    early.committing(true);
    long blob = blobWritten();
    synchronized (early) {
      early.written();
      early.committing(false);
    }
    awaitFlushed(blob);
  }

  @Test
  void shouldGoOnAfterItsFirstFlush() throws Exception {
    for (int i = 0; i < 3; i++) {
      early.committing(true);
      long blob = blobWritten();
      early.written();
      awaitFlushed(blob);
      early.committing(false);
    }
  }

  /** The committer flushes then: a single write has no other thread to wait for. */
  @Test
  void shouldDoNothingWhileTheCommitterWaitsForWork() {
    Set<Thread> before = flushers();
    long blob = blobWritten();
    early.written();
    assertThat(before).containsAll(flushers());
    assertThat(files.isFlushed(blob)).isFalse();
  }

  @Test
  void shouldDoNothingWhenAllIsDurableAlready() throws Exception {
    Set<Thread> before = flushers();
    blobWritten();
    files.flush();
    early.committing(true);
    early.committing(false);
    assertThat(before).containsAll(flushers());
  }
}
