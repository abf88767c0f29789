package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.PG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Linux;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is closed that somebody uses, and nobody is waited for without end. */
class StoreCloseTest {
  @TempDir Path dir;

  @Test
  void shouldTellHowManyStayed() {
    Presence presence = new Presence();
    presence.enter();
    presence.enter();
    assertThat(presence.awaitNone(Duration.ofMillis(5))).isEqualTo(2);
    presence.leave();
    presence.leave();
    assertThat(presence.awaitNone(Duration.ofSeconds(30))).isZero();
  }

  @Test
  void shouldNotCloseTheDatabaseUnderALookUp() throws Exception {
    TestStore test = TestStore.create(dir, Linux.instance());
    test.apply(new Transaction.Touch(A)); // what was there once is looked for in the database
    test.apply(new Transaction.Remove(A));
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch looking = new CountDownLatch(1);
    CompletableFuture<Boolean> closedMeanwhile = new CompletableFuture<>();
    test.beforeGet =
        () -> {
          looking.countDown();
          try {
            closedMeanwhile.complete(!release.await(30, TimeUnit.SECONDS) || test.databaseClosed);
          } catch (InterruptedException e) {
            closedMeanwhile.completeExceptionally(e);
          }
          if (test.databaseClosed) {
            throw new IllegalStateException("what is freed must not be touched");
          }
        };
    CompletableFuture<?> found = CompletableFuture.supplyAsync(() -> test.store.stat(PG, A));
    assertThat(looking.await(30, TimeUnit.SECONDS)).as("the look-up has begun").isTrue();
    Thread closer = new Thread(test::close);
    closer.setDaemon(true);
    closer.start();
    for (int i = 0; i < 3000 && !test.databaseClosed && !awaitsCallers(closer); i++) {
      Thread.sleep(10);
    }
    release.countDown();
    assertThat(closedMeanwhile.get(30, TimeUnit.SECONDS)).isFalse();
    assertThat(found.get(30, TimeUnit.SECONDS)).isEqualTo(Optional.empty());
    closer.join(30_000);
    assertThat(test.databaseClosed).isTrue();
  }

  @Test
  void shouldNotWaitForAWorkerWithoutEnd() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch works = new CountDownLatch(1);
    Workers workers = new Workers("hangs", 1);
    workers.execute(
        () -> {
          works.countDown();
          try {
            release.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThat(works.await(30, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> workers.close(Duration.ofMillis(5)))
        .hasMessage("hangs: 1 tasks have not ended in PT0.005S");
    release.countDown();
    workers.close();
  }

  @Test
  void shouldNotWaitForAThreadWithoutEnd() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                release.await(30, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "hangs");
    thread.setDaemon(true);
    thread.start();
    assertThatThrownBy(() -> Presence.awaitEnd(thread, Duration.ofMillis(5)))
        .hasMessage("hangs has not ended in PT0.005S");
    release.countDown();
    Presence.awaitEnd(thread, Duration.ofSeconds(30));
  }

  private static boolean awaitsCallers(Thread closer) {
    return Arrays.stream(closer.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals(Presence.class.getName()));
  }
}
