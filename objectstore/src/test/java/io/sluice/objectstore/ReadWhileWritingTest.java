package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers of an object that is replaced all the time see one version of it, whole, however blocks
 * are reused.
 */
@ExtendWith(NoLeaks.class)
class ReadWhileWritingTest {
  private static final int READERS = 4;
  private static final int VERSIONS = 300;
  private static final int BYTES = 300_000;

  /** For what is written next, and much more. */
  private static final long ROOM = TestStore.BYTES / 4;

  @TempDir Path dir;

  /** The same number all over, so that a torn read shows. */
  private static byte[] version(int number) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    while (bytes.hasRemaining()) {
      bytes.putInt(number);
    }
    return bytes.array();
  }

  @Test
  void shouldSeeOneVersionWhole() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(READERS);
    AtomicBoolean done = new AtomicBoolean();
    try (TestStore test = TestStore.create(dir, Linux.instance())) {
      test.apply(test.write(A, 0, version(0)));
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        Callable<Integer> reader = () -> readUntil(test, done);
        readers.add(threads.submit(reader));
      }
      for (int number = 1; number <= VERSIONS; number++) {
        awaitFree(test, ROOM);
        // Staged, inline in pieces, removed in between: blobs of every kind come and go.
        if (number % 3 == 0) {
          test.apply(new Transaction.Remove(A), test.write(A, 0, version(number)));
        } else {
          test.apply(test.write(A, 0, version(number)));
        }
      }
      done.set(true);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
      assertThat(test.stops).isEmpty();
      long free = TestStore.BYTES - DiskExtent.roundUp(BYTES);
      awaitFree(test, free);
      assertThat(test.store.space().free()).isEqualTo(free);
    } finally {
      threads.shutdownNow();
    }
    assertThat(Fsck.check(dir, true, Linux.instance()).findings()).isEmpty();
  }

  /**
   * Blocks return a little after the callback, and not before reads that began earlier have ended:
   * of a writer that is much faster than a reader there may be many.
   */
  private static void awaitFree(TestStore test, long bytes) throws InterruptedException {
    for (int i = 0; i < 30_000 && test.store.space().free() < bytes; i++) {
      Thread.sleep(1);
    }
  }

  private static int readUntil(TestStore test, AtomicBoolean done) throws Exception {
    int last = 0;
    int reads = 0;
    do { // once at least, however quick the writer is
      ByteBuffer bytes = ByteBuffer.wrap(test.read(A, 0, 1 << 20));
      int number = bytes.getInt(0);
      assertThat(bytes.array()).isEqualTo(version(number));
      assertThat(number).isGreaterThanOrEqualTo(last);
      last = number;
      reads++;
    } while (!done.get());
    return reads;
  }
}
