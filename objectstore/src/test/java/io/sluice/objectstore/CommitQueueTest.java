package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.types.PgId;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the taker gets, and when it looks. Most of it in one thread: a take that would wait is
 * interrupted before it begins, so it ends at once, and says so.
 */
class CommitQueueTest {
  private static final ChecksumVector SUMS = ChecksumVector.of(new byte[10], 0, 10);
  private static final long GROUP_BYTES = 4 << 20;
  private static final long QUEUE_BYTES = 32 << 20;

  private final Set<Long> flushed = new HashSet<>();
  private final CommitQueue queue = new CommitQueue(flushed::contains);
  private int looks;

  @AfterEach
  void clear() {
    Thread.interrupted();
    queue.close(); // whoever still waits, after a failure
  }

  private static StagedBlob writing() {
    return new StagedBlob(released -> {}, 10, List.of(new DiskExtent(0, 4096)));
  }

  private static StagedBlob written(StagedBlob blob, long number) {
    blob.pieceWritten(blob.beginPiece(10), SUMS);
    blob.written(number);
    return blob;
  }

  /** Of a collection; each look at its data is counted. */
  private CommitQueue.Queued transaction(int pg, long bytes, StagedBlob... staged) {
    List<StagedBlob> counted =
        new AbstractList<>() {
          @Override
          public StagedBlob get(int index) {
            looks++;
            return staged[index];
          }

          @Override
          public int size() {
            return staged.length;
          }
        };
    return new CommitQueue.Queued(
        new Transaction(new CollectionId(new PgId(1, pg))),
        counted,
        bytes,
        () -> {},
        refusal -> {},
        0);
  }

  private CommitQueue.Queued put(int pg, StagedBlob... staged) {
    CommitQueue.Queued queued = transaction(pg, 1, staged);
    assertThat(queue.put(queued)).isTrue();
    return queued;
  }

  /** What there is without waiting. */
  private List<CommitQueue.Queued> takeNow() {
    Thread.currentThread().interrupt();
    try {
      return queue.take();
    } catch (InterruptedException e) {
      throw new AssertionError("the taker would wait", e);
    } finally {
      Thread.interrupted();
    }
  }

  /** How often it looks at data before it waits. */
  private int looksUntilItWaits() {
    looks = 0;
    Thread.currentThread().interrupt();
    assertThatThrownBy(queue::take).isInstanceOf(InterruptedException.class);
    return looks;
  }

  @Test
  void shouldNotLookForATransactionWhoseDataAreStillBeingWritten() {
    StagedBlob blob = writing();
    CommitQueue.Queued queued = put(0, blob);
    assertThat(looksUntilItWaits()).isZero();
    written(blob, 1);
    assertThat(looksUntilItWaits()).as("nobody has said so").isZero();
    queue.signal();
    assertThat(takeNow()).containsExactly(queued);
  }

  @Test
  void shouldNotLookForDataThatNoTransactionRefersTo() {
    queue.signal();
    put(0, writing());
    assertThat(looksUntilItWaits()).isZero();
  }

  @Test
  void shouldLookOnceWhenDataEndThatAreNotAllOfIt() {
    StagedBlob last = writing();
    CommitQueue.Queued queued = put(0, written(writing(), 1), last);
    queue.signal();
    assertThat(looksUntilItWaits()).isPositive();
    assertThat(looksUntilItWaits()).as("and not again").isZero();
    written(last, 2);
    queue.signal();
    assertThat(takeNow()).containsExactly(queued);
  }

  @Test
  void shouldTakeWhatIsReadyWhenItIsPut() {
    CommitQueue.Queued bare = put(0);
    CommitQueue.Queued staged = put(0, written(writing(), 1));
    flushed.add(1L);
    assertThat(takeNow()).containsExactly(bare, staged);
    assertThat(queue.size()).isZero();
  }

  /** Without being told of anything in between. */
  @Test
  void shouldTakeWhatIsDurableFirstAndThenWhatIsLeft() {
    CommitQueue.Queued unflushed = put(0, written(writing(), 1));
    CommitQueue.Queued behind = put(0);
    CommitQueue.Queued other = put(1);
    assertThat(takeNow()).containsExactly(other);
    assertThat(takeNow()).containsExactly(unflushed, behind);
  }

  @Test
  void shouldHoldBackWhatIsBehindInItsCollectionAndNothingElse() {
    StagedBlob blob = writing();
    CommitQueue.Queued slow = put(0, blob);
    CommitQueue.Queued behind = put(0);
    CommitQueue.Queued other = put(1);
    assertThat(takeNow()).containsExactly(other);
    looksUntilItWaits();
    written(blob, 1);
    queue.signal();
    assertThat(takeNow()).containsExactly(slow, behind);
  }

  @Test
  void shouldEndAGroupThatIsLarge() {
    queue.put(transaction(0, GROUP_BYTES, new StagedBlob[0]));
    CommitQueue.Queued next = put(0);
    assertThat(takeNow()).hasSize(1);
    assertThat(takeNow()).containsExactly(next);
  }

  @Test
  void shouldTakeOutWhatIsInItWhenClosedAndThenEnd() throws Exception {
    CommitQueue.Queued queued = put(0);
    queue.close();
    assertThat(queue.put(transaction(1, 1))).isFalse();
    assertThat(takeNow()).containsExactly(queued);
    assertThat(queue.take()).isNull();
  }

  @Test
  void shouldForgetWhatIsInItWhenAbandoned() throws Exception {
    put(0);
    put(0, writing());
    queue.abandon();
    assertThat(queue.take()).isNull();
  }

  /** A thread that takes, and waits already. */
  private FutureTask<List<CommitQueue.Queued>> waitingTaker() throws Exception {
    FutureTask<List<CommitQueue.Queued>> taking = new FutureTask<>(queue::take);
    awaitWaiting(started(taking));
    return taking;
  }

  private static Thread started(FutureTask<?> task) {
    Thread thread = new Thread(task, "commit-queue-test");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void awaitWaiting(Thread thread) throws InterruptedException {
    for (int i = 0; i < 3000 && thread.getState() != Thread.State.WAITING; i++) {
      Thread.sleep(10);
    }
    assertThat(thread.getState()).as("within 30 s").isEqualTo(Thread.State.WAITING);
  }

  @Test
  void shouldWakeTheTakerForWhatIsReady() throws Exception {
    FutureTask<List<CommitQueue.Queued>> taking = waitingTaker();
    CommitQueue.Queued queued = put(0);
    assertThat(taking.get(30, TimeUnit.SECONDS)).containsExactly(queued);
  }

  @Test
  void shouldWakeTheTakerWhenDataHaveCome() throws Exception {
    StagedBlob blob = writing();
    CommitQueue.Queued queued = put(0, blob);
    FutureTask<List<CommitQueue.Queued>> taking = waitingTaker();
    written(blob, 1);
    queue.signal();
    assertThat(taking.get(30, TimeUnit.SECONDS)).containsExactly(queued);
  }

  @Test
  void shouldWakeTheTakerAtTheEnd() throws Exception {
    FutureTask<List<CommitQueue.Queued>> taking = waitingTaker();
    queue.close();
    assertThat(taking.get(30, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void shouldLetCallersWaitWhileItIsFull() throws Exception {
    queue.put(transaction(0, QUEUE_BYTES));
    FutureTask<Boolean> putting = new FutureTask<>(() -> queue.put(transaction(1, 1)));
    Thread caller = started(putting);
    awaitWaiting(caller);
    assertThat(queue.size()).isEqualTo(1);
    assertThat(takeNow()).hasSize(1);
    assertThat(putting.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(queue.size()).isEqualTo(1);
  }

  /** Whose callbacks commit: it would wait for itself. */
  @Test
  void shouldNeverLetTheTakerWait() throws Exception {
    FutureTask<Integer> taker =
        new FutureTask<>(
            () -> {
              List<CommitQueue.Queued> taken = new ArrayList<>(queue.take());
              queue.put(transaction(0, QUEUE_BYTES));
              queue.put(transaction(0, 1));
              return taken.size() + queue.size();
            });
    put(0);
    started(taker);
    assertThat(taker.get(30, TimeUnit.SECONDS)).isEqualTo(3);
  }
}
