package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NoLeaksTest {
  @Test
  void shouldFindNothingWhenEverythingWentBack() {
    LeakCheck check = new LeakCheck();
    try (PipePool pool = new PipePool(Linux.instance(), new CopyMeter(), 1)) {
      pool.tryAcquire(1)[0].recycle();
    }
    check.assertNothingLeaked("this test");
  }

  /** Waits out the patience of the check. */
  @Test
  @Tag("slow")
  void shouldNameWhatLeaked() {
    LeakCheck check = new LeakCheck();
    PipePool pool = new PipePool(Linux.instance(), new CopyMeter(), 2);
    int memfd = Linux.instance().memfdCreate("uncounted", 1);
    Pipe pipe = pool.tryAcquire(1)[0];
    assertThat(check.leaked())
        .containsEntry("pipe", 1L)
        .containsEntry("pipe ends", 2L)
        .containsEntry("memfds", 1L);
    assertThatThrownBy(() -> check.assertNothingLeaked("this test"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("this test ended with more");
    pipe.discard();
    pool.close();
    Linux.instance().close(memfd);
    check.assertNothingLeaked("this test");
  }
}
