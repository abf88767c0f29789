package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NativeHeapTest {
  private static List<Thread> trimmers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("heap-trim"))
        .toList();
  }

  @Test
  void shouldHaveAThreadUntilItIsClosed() throws InterruptedException {
    List<Thread> begun;
    try (NativeHeap heap = NativeHeap.keepTrimmed()) {
      assertThat(heap).isNotNull();
      begun = trimmers();
      assertThat(begun).as("glibc has malloc_trim").hasSize(1);
    }
    begun.get(0).join(TimeUnit.SECONDS.toMillis(60));
    assertThat(trimmers()).isEmpty();
  }
}
