package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.MemfdBuffer;
import io.sluice.bufferlist.MemfdPool;
import io.sluice.bufferlist.NoLeaks;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * When pages may be filled again in place: a punched slot reads as zeros, a settled one does not.
 */
@ExtendWith(NoLeaks.class)
class SentPagesTest {
  private static final int BYTES = 64 << 10;

  private final MemfdPool pool = new MemfdPool(Linux.instance(), new CopyMeter(), BYTES, 1);

  @AfterEach
  void close() {
    pool.close();
  }

  /** A payload in a slot full of ones, its lease over. */
  private Payload received() {
    MemfdBuffer slot = pool.tryAcquire();
    slot.buffer().put(0, (byte) 1);
    BufferList bytes = new BufferList().claimAppend(slot.segment(0, BYTES));
    slot.release();
    return Payload.of(bytes);
  }

  private byte firstByteOfNextLease() {
    MemfdBuffer slot = pool.tryAcquire();
    byte first = slot.buffer().get(0);
    slot.release();
    return first;
  }

  @Test
  void shouldKeepThePagesWhileTheOperationIsUnderWay() {
    Payload payload = received();
    SentPages pages = SentPages.of(List.of(payload));
    payload.close();
    assertThat(pool.inUse()).isEqualTo(1);
    pages.release();
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void shouldReuseThePagesInPlaceWhenEveryOsdHasCommitted() {
    Payload payload = received();
    SentPages pages = SentPages.of(List.of(payload));
    payload.close();
    pages.settle();
    pages.release();
    assertThat(firstByteOfNextLease()).isEqualTo((byte) 1);
  }

  @Test
  void shouldTakeFreshPagesWhenTheOperationEndedOtherwise() {
    Payload payload = received();
    SentPages pages = SentPages.of(List.of(payload));
    payload.close();
    pages.release();
    assertThat(firstByteOfNextLease()).isZero();
  }

  @Test
  void shouldLeaveAsPagesOnlyWhatIsInAFile() {
    Payload payload = received();
    assertThat(SentPages.leave(payload.bytes())).isTrue();
    payload.close();
    try (BufferList memory = BufferList.wrap(new byte[BYTES])) {
      assertThat(SentPages.leave(memory)).isFalse();
      assertThat(SentPages.of(List.of())).isSameAs(SentPages.NONE);
    }
  }
}
