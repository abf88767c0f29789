package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Resources.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pages that were looked at come back by place and checksum, and never others. */
@ExtendWith(NoLeaks.class)
class CheckedPipesTest {
  private static final int BYTES = 64 << 10;
  private static final int BLOCKS = BYTES / ChecksumVector.BLOCK;

  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(Linux.instance(), meter, 4);
  private final FaultySys faults = new FaultySys(Linux.instance());
  private Executor ending = Runnable::run;
  private long now;
  private final CheckedPipes kept =
      new CheckedPipes(
          faults.sys(), meter.owner("cache", "kept"), task -> ending.execute(task), () -> now);

  @AfterEach
  void close() {
    kept.close();
    pool.close();
  }

  private static byte[] bytes(long seed) {
    return Pipes.bytes(seed, BYTES);
  }

  private static int[] crcs(byte[] bytes) {
    return ChecksumVector.of(bytes, 0, bytes.length).crcs();
  }

  /** Of bytes of that seed, at the place of that number. */
  private void offer(long place, long seed) {
    offer(place, bytes(seed), BLOCKS);
  }

  private void offer(long place, byte[] bytes, int wanted) {
    PipeSegment segment = Pipes.holding(pool, bytes);
    kept.offer(place, segment, crcs(bytes), 0, wanted);
    segment.release();
  }

  private byte[] find(long place, long seed) {
    return find(place, seed, BLOCKS);
  }

  private byte[] find(long place, long seed, int blocks) {
    PipeSegment found = kept.find(place, crcs(bytes(seed)), 0, blocks, pool);
    return found == null ? null : Pipes.drain(found);
  }

  private static byte[] front(long seed, int blocks) {
    return Arrays.copyOf(bytes(seed), blocks * ChecksumVector.BLOCK);
  }

  private long counted(String name) {
    Map<String, Object> all = new HashMap<>();
    kept.snapshotInto(all);
    return (long) all.get(name);
  }

  @Test
  void shouldKeepNothingUntilItIsTold() {
    offer(7, 1);
    assertThat(find(7, 1)).isNull();
    assertThat(counted("checked_pipes_bytes")).isZero();
  }

  @Test
  void shouldGiveTheSamePagesAgainAndAgain() {
    kept.resize(4);
    offer(7, 1);
    for (int i = 0; i < 3; i++) {
      assertThat(find(7, 1)).isEqualTo(bytes(1));
    }
    assertThat(find(8, 1)).isNull();
    assertThat(counted("checked_pipes_hits")).isEqualTo(3);
    assertThat(counted("checked_pipes_misses")).isEqualTo(1);
    assertThat(counted("checked_pipes_bytes")).isEqualTo(BYTES);
    assertThat(meter.owner("cache", "kept").teed.sum()).isEqualTo(BYTES);
  }

  @Test
  void shouldForgetWhatIsThereNoMore() {
    kept.resize(4);
    offer(7, 1);
    assertThat(find(7, 2)).isNull();
    assertThat(counted("checked_pipes_bytes")).isZero();
    offer(7, 2);
    assertThat(find(7, 2)).isEqualTo(bytes(2));
  }

  @Test
  void shouldGiveTheFrontOfWhatIsLongerThanWhatIsWanted() {
    kept.resize(4);
    offer(7, 1);
    assertThat(find(7, 1, BLOCKS - 1)).isEqualTo(front(1, BLOCKS - 1));
    assertThat(find(7, 1)).isEqualTo(bytes(1));
    assertThat(find(7, 2, 1)).as("other bytes").isNull();
  }

  @Test
  void shouldPutALongerOneInThePlaceOfAShorterOne() {
    kept.resize(1);
    offer(7, front(1, 4), 4);
    assertThat(find(7, 1, 4)).isEqualTo(front(1, 4));
    assertThat(find(7, 1)).as("all that is wanted").isNull();
    offer(7, 1);
    assertThat(find(7, 1)).isEqualTo(bytes(1));
    assertThat(counted("checked_pipes_bytes")).isEqualTo(BYTES);
    offer(7, front(1, 4), 4);
    assertThat(find(7, 1)).isEqualTo(bytes(1));
  }

  @Test
  void shouldGiveAShortOneWhereThereIsNoMoreInOnePiece() {
    kept.resize(1);
    offer(7, front(1, 4), 4);
    assertThat(find(7, 1)).isNull();
    offer(7, front(1, 4), BLOCKS);
    assertThat(find(7, 1)).isEqualTo(front(1, 4));
    assertThat(counted("checked_pipes_bytes")).isEqualTo(4 * ChecksumVector.BLOCK);
  }

  @Test
  void shouldLetGoOfWhatNobodyAsksForInMinutes() {
    kept.resize(4);
    offer(1, 1);
    offer(2, 2);
    now = CheckedPipes.KEPT_NANOS - 1;
    kept.letGoOfIdle();
    assertThat(counted("checked_pipes_bytes")).isEqualTo(2 * BYTES);
    assertThat(find(1, 1)).isNotNull();
    now++;
    kept.letGoOfIdle();
    assertThat(counted("checked_pipes_bytes")).isEqualTo(BYTES);
    assertThat(find(2, 2)).isNull();
    assertThat(find(1, 1)).isEqualTo(bytes(1));
  }

  @Test
  void shouldEndManyPipesElsewhere() {
    List<Runnable> tasks = new ArrayList<>();
    ending = tasks::add;
    kept.resize(3);
    for (int i = 0; i < 3; i++) {
      offer(i, i);
    }
    long held = Resources.live(Kind.PIPE);
    kept.resize(2);
    kept.clear();
    assertThat(counted("checked_pipes_bytes")).isZero();
    assertThat(find(2, 2)).isNull();
    assertThat(Resources.live(Kind.PIPE)).isEqualTo(held);
    tasks.forEach(Runnable::run);
    assertThat(Resources.live(Kind.PIPE)).isEqualTo(held - 3);
    offer(4, 4);
    ending =
        task -> {
          throw new RejectedExecutionException("closed");
        };
    kept.close();
    assertThat(Resources.live(Kind.PIPE)).isEqualTo(held - 3);
  }

  @Test
  void shouldKeepNothingOnceAPipeCannotBeHad() {
    kept.resize(3);
    offer(1, 1);
    faults.failNth("pipe2", 1, Sys.EMFILE);
    offer(2, 2);
    assertThat(counted("checked_pipes_bytes")).isZero();
    assertThat(meter.fallbacks("pipe_errno_" + Sys.EMFILE)).isEqualTo(1);
    kept.resize(3);
    offer(3, 3);
    assertThat(find(3, 3)).isNull();
    kept.resize(2);
    offer(3, 3);
    assertThat(find(3, 3)).isEqualTo(bytes(3));
    faults.failNth("pipe2", 1, Sys.EMFILE);
    offer(4, 4);
    kept.clear();
    offer(4, 4);
    assertThat(find(4, 4)).as("dropped by hand").isEqualTo(bytes(4));
  }

  @Test
  void shouldLetTheLeastRecentlyAskedGoForOneOfEightThatAreOffered() {
    kept.resize(3);
    for (int i = 0; i < 3; i++) {
      offer(i, i);
    }
    assertThat(find(0, 0)).isNotNull();
    for (int i = 3; i < 11; i++) {
      offer(i, i);
    }
    assertThat(find(1, 1)).isNull();
    assertThat(find(0, 0)).isEqualTo(bytes(0));
    assertThat(find(2, 2)).isEqualTo(bytes(2));
    assertThat(find(10, 10)).isEqualTo(bytes(10));
    assertThat(counted("checked_pipes_bytes")).isEqualTo(3 * BYTES);
    kept.resize(1);
    assertThat(counted("checked_pipes_bytes")).isEqualTo(BYTES);
    assertThat(find(10, 10)).isEqualTo(bytes(10));
    kept.clear();
    assertThat(counted("checked_pipes_bytes")).isZero();
  }

  @Test
  void shouldGiveNothingWhenThereIsNoPipe() {
    kept.resize(3);
    offer(7, 1);
    Pipe[] all = pool.tryAcquireForClient(2); // half of the pool's is all that clients get
    assertThat(find(7, 1)).isNull();
    for (Pipe pipe : all) {
      pipe.recycle();
    }
    assertThat(find(7, 1)).isEqualTo(bytes(1));
  }
}
