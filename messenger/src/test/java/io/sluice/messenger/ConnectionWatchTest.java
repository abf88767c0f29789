package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.messenger.ConnectionWatch.Keepalive;
import io.sluice.types.Clock;
import io.sluice.types.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a connection is given up, in a time that passes as the test says. */
class ConnectionWatchTest implements ConnectionWatch.Watched {
  private static final long SECOND = 1_000_000_000L;

  private final ManualLoop loop = new ManualLoop();
  private final ConnectionWatch watch = new ConnectionWatch(this, loop);
  private final List<String> ends = new ArrayList<>();
  private long received;
  private long sent;
  private long queued;
  private long inTheWay;
  private boolean held;
  private int asked;

  /** One timer at a time, in a time of its own. */
  private static final class ManualLoop implements Loop, Clock {
    private long now = SECOND;
    private long due;
    private Runnable next;

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      assertThat(next).as("another timer").isNull();
      due = now + delayNanos;
      next = task;
      return () -> next = null;
    }

    private void pass(long nanos) {
      long until = now + nanos;
      while (next != null && due <= until) {
        Runnable task = next;
        next = null;
        now = due;
        task.run();
      }
      now = until;
    }

    /** The process is stopped meanwhile: what is due runs once, late. */
    private void standStill(long nanos) {
      now += nanos;
      Runnable task = next;
      next = null;
      task.run();
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public Clock clock() {
      return this;
    }

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public long wallNanos() {
      return now;
    }
  }

  @Override
  public void handshakeTimedOut() {
    ends.add("handshake");
  }

  @Override
  public long receivedBytes() {
    return received;
  }

  @Override
  public long sentBytes() {
    return sent;
  }

  @Override
  public long queuedBytes() {
    return queued;
  }

  @Override
  public long inTheWay() {
    return inTheWay;
  }

  @Override
  public boolean isHeld() {
    return held;
  }

  @Override
  public void close(String reason) {
    ends.add(reason);
    watch.stop();
  }

  @Test
  void shouldEndAHandshakeAfterTenSeconds() {
    watch.start();
    loop.pass(10 * SECOND - 1);
    assertThat(ends).isEmpty();
    loop.pass(1);
    assertThat(ends).containsExactly("handshake");
  }

  @Test
  void shouldEndAnIdleConnectionAfterFifteenMinutes() {
    watch.start();
    watch.ready(Keepalive.NONE, () -> asked++);
    loop.pass(600 * SECOND);
    received++;
    loop.pass(890 * SECOND);
    assertThat(ends).isEmpty();
    loop.pass(40 * SECOND);
    assertThat(ends).containsExactly("idle");
  }

  @Test
  void shouldEndAConnectionThatTakesNothingForTwoMinutes() {
    watch.start();
    watch.ready(Keepalive.NONE, () -> asked++);
    queued = 1000;
    for (int i = 0; i < 10; i++) {
      loop.pass(60 * SECOND);
      sent++;
    }
    assertThat(ends).isEmpty();
    for (int i = 0; i < 5; i++) {
      loop.pass(30 * SECOND);
      received++; // that it sends is no excuse
    }
    assertThat(ends).containsExactly("stalled: peer takes no bytes, 1000 wait");
  }

  @Test
  void shouldEndAConnectionThatTakesSlowlyWhatOthersWaitFor() {
    watch.start();
    watch.ready(Keepalive.NONE, () -> asked++);
    queued = 1000;
    inTheWay = 1000;
    loop.pass(5 * SECOND); // it may have had less than that
    inTheWay = 0;
    loop.pass(5 * SECOND);
    inTheWay = 1000;
    for (int i = 0; i < 10; i++) {
      sent += 1000;
      loop.pass(5 * SECOND);
    }
    assertThat(ends).isEmpty();
    sent += 999;
    loop.pass(5 * SECOND);
    sent += 999;
    loop.pass(5 * SECOND - 1);
    assertThat(ends).isEmpty();
    loop.pass(1);
    assertThat(ends).containsExactly("takes its answers too slowly, and others wait for the room");
  }

  @Test
  void shouldAskASilentPeerEveryTenSecondsAndGiveItUpAfterThirty() {
    watch.start();
    watch.ready(Keepalive.INSIST, () -> asked++);
    received++;
    loop.pass(5 * SECOND);
    loop.pass(10 * SECOND - 1);
    assertThat(asked).isZero();
    loop.pass(1);
    assertThat(asked).isEqualTo(1);
    received++; // the answer
    loop.pass(15 * SECOND);
    assertThat(asked).as("silent for ten seconds again").isEqualTo(2);
    loop.pass(20 * SECOND - 1);
    assertThat(ends).isEmpty();
    loop.pass(1);
    assertThat(ends).containsExactly("keepalive: nothing came, not even an answer");
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void shouldNotAskAPeerThatTalks() {
    watch.start();
    watch.ready(Keepalive.INSIST, () -> asked++);
    for (int i = 0; i < 100; i++) {
      received++;
      loop.pass(5 * SECOND);
    }
    assertThat(asked).isZero();
    assertThat(ends).isEmpty();
  }

  @Test
  void shouldAskButNotGiveUpWhoMayTakeItsTime() {
    watch.start();
    watch.ready(Keepalive.ASK, () -> asked++);
    for (int i = 0; i < 10; i++) {
      sent++; // the question itself
      loop.pass(10 * SECOND);
    }
    assertThat(asked).isEqualTo(10);
    assertThat(ends).isEmpty();
  }

  @Test
  void shouldNotBlameAPeerThatIsNotReadFrom() {
    watch.start();
    watch.ready(Keepalive.INSIST, () -> asked++);
    held = true;
    loop.pass(100 * SECOND);
    assertThat(asked).isZero();
    held = false;
    loop.pass(25 * SECOND);
    assertThat(ends).isEmpty();
  }

  @Test
  void shouldNotBlameAPeerForTheTimeInWhichWeStoodStill() {
    watch.start();
    watch.ready(Keepalive.INSIST, () -> asked++);
    loop.standStill(100 * SECOND);
    assertThat(ends).isEmpty();
  }

  @Test
  void shouldWatchNoMoreOnceStopped() {
    watch.start();
    watch.ready(Keepalive.NONE, () -> asked++);
    watch.stop();
    loop.pass(10_000 * SECOND);
    assertThat(ends).isEmpty();
  }
}
