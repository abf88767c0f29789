package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
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
  private final CheckedPipes kept = new CheckedPipes(Linux.instance());

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
    byte[] bytes = bytes(seed);
    PipeSegment segment = Pipes.holding(pool, bytes);
    kept.offer(place, segment, crcs(bytes), 0);
    segment.release();
  }

  private byte[] find(long place, long seed) {
    PipeSegment found = kept.find(place, crcs(bytes(seed)), 0, BLOCKS, pool);
    return found == null ? null : Pipes.drain(found);
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
  void shouldGiveNothingThatIsLongerThanWhatIsWanted() {
    kept.resize(4);
    offer(7, 1);
    int[] crcs = crcs(bytes(1));
    assertThat(kept.find(7, crcs, 0, BLOCKS - 1, pool)).isNull();
    assertThat(find(7, 1)).isEqualTo(bytes(1));
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
