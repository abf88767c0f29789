package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.messenger.Connection;
import io.sluice.types.Clock;
import io.sluice.types.Loop;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** A long answer keeps its share until it is gone, and not until what came after it is, too. */
class UnsentAnswerTest {
  private static final long ANSWER = 1 << 20;

  private final ManualClock clock = new ManualClock(1_000_000_000L);
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final MemoryGate gate = new MemoryGate(10 * ANSWER);
  private final MemoryGate.Share share = gate.share(3 * ANSWER);
  private long sent = 1000;
  private long queued;
  private String closed;

  private final Loop loop =
      new Loop() {
        @Override
        public void execute(Runnable task) {
          later.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
          clock.now += delayNanos;
          later.add(task);
          return null;
        }

        @Override
        public boolean inLoop() {
          return true;
        }

        @Override
        public Clock clock() {
          return clock;
        }
      };

  private final Connection connection =
      (Connection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, args) ->
                  switch (method.getName()) {
                    case "loop" -> loop;
                    case "sentBytes" -> sent;
                    case "queuedBytes" -> queued;
                    case "close" -> closed = (String) args[0];
                    default -> throw new AssertionError(method);
                  });

  private void send(long before) {
    share.enter(new AtOnce(), () -> {});
    queued = before + ANSWER;
    new UnsentAnswer(connection, gate, share).watch(ANSWER);
    assertThat(gate.used()).as("what is left of it").isEqualTo(ANSWER);
  }

  private void look() {
    later.remove().run();
  }

  @Test
  void shouldEndWhenItIsGoneHoweverMuchFollows() {
    send(5000);
    sent += 5000 + ANSWER - 1;
    queued = 4 * ANSWER; // others behind it
    look();
    assertThat(gate.used()).isEqualTo(ANSWER);
    sent++;
    look();
    assertThat(gate.used()).isZero();
    assertThat(later).isEmpty();
    assertThat(closed).isNull();
  }

  @Test
  void shouldEndWhenNothingWaits() {
    sent = 0; // not counted
    send(0);
    look();
    assertThat(gate.used()).isEqualTo(ANSWER);
    queued = 0;
    look();
    assertThat(gate.used()).isZero();
  }

  @Test
  void shouldCloseWhoTakesNothingWhileOthersWait() {
    send(0);
    gate.share(10 * ANSWER).enter(new AtOnce(), () -> {});
    for (int i = 0; i < 100_000 && closed == null; i++) {
      look();
    }
    assertThat(closed).contains("takes no answers");
    queued = 0;
    look();
    assertThat(gate.used()).isEqualTo(10 * ANSWER);
  }
}
