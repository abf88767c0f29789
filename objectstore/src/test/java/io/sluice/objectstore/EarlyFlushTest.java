package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class EarlyFlushTest {
  @TempDir Path dir;

  /** Or a steady stream of small commits would let a large write wait for one group more each. */
  @Test
  void shouldFlushThoughTheCommitterIsBackBeforeTheFlushingThreadIsAwake() throws Exception {
    Mkfs.make(dir, new Mkfs.Identity(DiskStoreTest.FSID, 0), TestStore.BYTES, Linux.instance());
    StopSwitch stop =
        new StopSwitch(
            (what, cause) -> {
              throw new AssertionError(what, cause);
            },
            () -> {});
    try (DataFiles files = DataFiles.open(Linux.instance(), dir, Mount.readSuperblock(dir));
        EarlyFlush early = new EarlyFlush(files, new StoreCounters(), stop)) {
      files.wrote(0);
      long blob = files.blobWritten();
      early.committing(true);
      early.committing(false);
      for (int i = 0; i < 3000 && !files.isFlushed(blob); i++) {
        Thread.sleep(10);
      }
      assertThat(files.isFlushed(blob)).as("flushed in 30 s").isTrue();
    }
  }
}
