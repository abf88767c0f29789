package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObjectQueuesTest {
  private static final ObjectId A = ObjectId.head(1, "", "", "a", 1);
  private static final ObjectId B = ObjectId.head(1, "", "", "b", 2);

  private final ObjectQueues queues = new ObjectQueues();
  private final List<String> log = new ArrayList<>();
  private final Map<String, ObjectQueues.Slot> slots = new HashMap<>();

  @BeforeEach
  void start() {
    queues.resume();
  }

  private ObjectQueues.Task task(String name) {
    return new ObjectQueues.Task() {
      @Override
      public void run(ObjectQueues.Slot slot) {
        log.add(name);
        slots.put(name, slot);
      }

      @Override
      public void drop() {
        log.add("dropped " + name);
      }
    };
  }

  @Test
  void shouldRunOneTaskAtATimePerObject() {
    queues.submit(A, task("a1"));
    queues.submit(A, task("a2"));
    queues.submit(B, task("b1"));
    assertThat(log).containsExactly("a1", "b1");
    slots.get("a1").release();
    assertThat(log).containsExactly("a1", "b1", "a2");
    slots.get("a1").release();
    assertThat(log).as("a slot is released once").hasSize(3);
  }

  @Test
  void shouldStartOnlyUrgentTasksWhilePaused() {
    queues.submit(A, task("a1"));
    queues.submit(A, task("a2"));
    queues.pause();
    queues.submitUrgent(A, task("copy"));
    slots.get("a1").release();
    assertThat(log).containsExactly("a1", "copy");
    slots.get("copy").release();
    assertThat(log).hasSize(2);
    assertThat(queues.waiting()).isEqualTo(1);
    queues.resume();
    assertThat(log).containsExactly("a1", "copy", "a2");
  }

  @Test
  void shouldSayWhenNothingRuns() {
    queues.submit(A, task("a1"));
    queues.submit(B, task("b1"));
    queues.whenIdle(() -> log.add("idle"));
    slots.get("a1").release();
    assertThat(log).doesNotContain("idle");
    slots.get("b1").release();
    assertThat(log).endsWith("idle");
  }

  @Test
  void shouldDropWhatHasNotBegun() {
    queues.submit(A, task("a1"));
    queues.submit(A, task("a2"));
    queues.clear();
    slots.get("a1").release();
    assertThat(log).containsExactly("a1", "dropped a2");
    queues.resume();
    queues.submit(A, task("a3"));
    assertThat(log).endsWith("a3");
  }

  @Test
  void shouldNotNeedStackForTasksThatEndAtOnce() {
    queues.submit(A, task("first"));
    int[] ran = {0};
    for (int i = 0; i < 100_000; i++) {
      queues.submit(
          A,
          new ObjectQueues.Task() {
            @Override
            public void run(ObjectQueues.Slot slot) {
              ran[0]++;
              slot.release();
            }

            @Override
            public void drop() {}
          });
    }
    slots.get("first").release();
    assertThat(ran[0]).isEqualTo(100_000);
  }
}
