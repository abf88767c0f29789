package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import io.sluice.types.ObjectId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every call of a script on the data files fails once, or comes short: nobody gets wrong bytes,
 * what was acknowledged is there after the next mount, everything else is whole or absent, nothing
 * leaks.
 */
@Tag("long")
@ExtendWith(NoLeaks.class)
@Timeout(120)
class FaultMatrixTest {
  private static final long STORE_BYTES = 4 << 20;
  private static final int SECTOR = 512;
  private static final int PIPED = 0;
  private static final int ALIGNED = 1;
  private static final int ODD = 2;
  private static final int INLINE = 3;
  private static final int AGAIN = 4;

  @TempDir Path dir;
  private final PipePool pool = new PipePool(Linux.instance(), new CopyMeter(), 2);
  private final Lists lists = new Lists(pool, 1 << 20, 1);
  private int stores;
  private int stops;

  @AfterEach
  void close() {
    lists.close();
    pool.close();
  }

  private interface Arm {
    /** Returns false when the script does not make so many calls. */
    boolean reached(FaultySys faults);
  }

  @ParameterizedTest
  @ValueSource(ints = {Sys.EIO, Sys.ENOSPC})
  void shouldKeepItsWordWhicheverCallFails(int errno) throws Exception {
    int n = 0;
    boolean reached = true;
    while (reached) {
      int nth = ++n;
      reached = run(faults -> faults.failNthOfAll(nth, errno), faults -> faults.calls() >= nth);
    }
    assertThat(n).as("calls of the script").isGreaterThan(10);
    assertThat(stops).as("stores that stopped").isGreaterThan(4);
    assertThat(pool.inUse()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pwrite", "pwritev", "splice", "pread", "preadv"})
  void shouldGoOnWhenACallComesShort(String call) throws Exception {
    boolean reached = true;
    for (int n = 1; reached; n++) {
      int nth = n;
      reached =
          run(faults -> faults.shortenNth(call, nth, SECTOR), faults -> faults.calls(call) >= nth);
    }
    assertThat(stops).isZero();
  }

  /** A disk that says it wrote nothing would be asked for ever. */
  @Test
  void shouldStopWhenAWriteMovesNothing() throws Exception {
    run(
        faults -> {
          for (int nth = 1; nth <= 50; nth++) {
            faults.shortenNth("pwrite", nth, 0);
          }
        },
        faults -> true);
    assertThat(stops).isEqualTo(1);
  }

  private interface Fault {
    void arm(FaultySys faults);
  }

  /** Returns whether the fault was reached. */
  private boolean run(Fault fault, Arm arm) throws Exception {
    Path store = dir.resolve("store" + stores++);
    Mkfs.make(store, CrashRecorder.OWNER, STORE_BYTES, Linux.instance());
    Map<Integer, Boolean> acknowledged = new HashMap<>();
    boolean reached;
    FaultySys faults = new FaultySys(Linux.instance());
    try (TestStore test = TestStore.open(store, faults.sys())) {
      assertThat(test.apply(new Transaction.CreateCollection())).isTrue();
      long before = faults.calls();
      fault.arm(faults);
      script(test, acknowledged);
      reached = arm.reached(faults) && faults.calls() > before;
      stops += test.stops.size();
      faults.heal();
    }
    try (TestStore after = TestStore.open(store, Linux.instance())) {
      for (int i = 0; i <= AGAIN; i++) {
        judge(after, i, acknowledged.getOrDefault(i, false));
      }
    }
    assertThat(Fsck.check(store, true, Linux.instance()).findings()).isEmpty();
    Trees.delete(store);
    return reached;
  }

  private void script(TestStore test, Map<Integer, Boolean> acknowledged) throws Exception {
    for (int i = 0; i <= AGAIN; i++) {
      try {
        boolean done = test.apply(op(test, i));
        acknowledged.put(i, done);
        if (done) {
          read(test, i);
        }
      } catch (StoreException e) {
        assertThat(e.kind()).isEqualTo(StoreException.Kind.NO_SPACE);
      }
    }
  }

  /** Right bytes, or an error that says what could not be read. */
  private void read(TestStore test, int i) throws Exception {
    try {
      assertThat(test.read(object(i), 0, 1 << 20)).isEqualTo(content(i));
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(StoreException.class);
    }
  }

  private void judge(TestStore after, int i, boolean acknowledged) throws Exception {
    boolean there = after.store.stat(ObjectStoreContract.PG, object(i)).isPresent();
    assertThat(there || !acknowledged).as("object %d was acknowledged", i).isTrue();
    if (there) {
      assertThat(after.read(object(i), 0, 1 << 20)).isEqualTo(content(i));
    }
  }

  private static ObjectId object(int i) {
    return ObjectStoreContract.object("o" + i);
  }

  private byte[] content(int i) {
    int length = new int[] {40_960, 16_384, 70_001, 3_000, 20_000}[i];
    return java.util.Arrays.copyOf(lists.content, length);
  }

  private Transaction.Op op(TestStore test, int i) throws StoreException {
    int length = content(i).length;
    if (i == INLINE) {
      return new Transaction.WriteInline(object(i), 0, content(i));
    }
    BufferList data = new BufferList();
    data.claimAppend(
        switch (i) {
          case PIPED -> lists.pipe(0, length, 8192);
          case ALIGNED -> lists.direct(0, length, 0);
          case ODD -> lists.heap(0, length);
          default -> lists.direct(0, length, 100);
        });
    ChecksumVector checksums = i == AGAIN ? null : ChecksumVector.of(lists.content, 0, length);
    return new Transaction.Write(object(i), 0, test.store.claimStage(data, checksums));
  }
}
