package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a socket is corked and when the cork goes: call by call, of a sender without a kernel. */
class CorkTest {
  private static final int SOCKET = -1;
  private static final String NEARLY_ALL_SENT = "unsent 131072";
  private static final String ANY_ROOM = "unsent 0";
  private static final byte[] FRAME = new byte[1000];

  private final List<String> calls = new ArrayList<>();

  /** What the socket takes of each sendmsg; all of it, when nothing is left to say. */
  private final Deque<Long> taken = new ArrayDeque<>();

  private final Sys sys = SocketOptions.watching(socket(), calls);
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 0);
  private final LoopMemory memory = new LoopMemory(pipes);
  private final Sender sender = new Sender(new Outbox(null, () -> {}));

  CorkTest() {
    sender.use(new SocketWriter(sys, pipes.meter(), memory, SOCKET));
    sender.use(new Cork(sys, SOCKET));
  }

  @AfterEach
  void close() {
    sender.discard();
    memory.close();
    pipes.close();
  }

  private Sys socket() {
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "sendmsg" -> taken.isEmpty() ? sender.queuedBytes() : taken.remove();
                  case "setsockopt" -> 0;
                  default -> throw new AssertionError(method.getName());
                });
  }

  private void assertCalls(String... expected) {
    assertThat(calls).containsExactly(expected);
    calls.clear();
  }

  private void fill() throws IOException {
    sender.addFrame(FRAME);
    taken.add(100L);
    taken.add((long) -Sys.EAGAIN);
    sender.write(null);
    assertThat(sender.queuedBytes()).isEqualTo(900);
  }

  /** EPOLLOUT. */
  private void writable() throws IOException {
    sender.unblocked();
    sender.write(null);
  }

  @Test
  void shouldMakeNoCallWhileTheSocketTakesAll() throws IOException {
    for (int i = 0; i < 3; i++) {
      sender.addFrame(FRAME);
      sender.write(null);
      assertThat(sender.blocked()).isFalse();
    }
    assertThat(sender.sentBytes()).isEqualTo(3 * FRAME.length);
    assertCalls();
  }

  @Test
  void shouldCorkWhenTheSocketIsFullAndUncorkWhenNearlyAllIsSent() throws IOException {
    fill();
    assertThat(sender.full()).isTrue();
    assertCalls("cork 1");
    writable();
    assertThat(sender.queuedBytes()).isZero();
    assertThat(sender.blocked()).as("EPOLLOUT is awaited, though nothing is left to give").isTrue();
    assertThat(sender.full()).as("it would take more").isFalse();
    assertCalls(NEARLY_ALL_SENT);
    writable();
    assertThat(sender.blocked()).isFalse();
    assertCalls(ANY_ROOM, "cork 0");
    writable();
    assertCalls();
  }

  @Test
  void shouldStayCorkedHoweverOftenTheSocketIsFull() throws IOException {
    fill();
    taken.add(100L);
    taken.add((long) -Sys.EAGAIN);
    writable();
    assertThat(sender.full()).isTrue();
    assertCalls("cork 1");
  }

  @Test
  void shouldGoOnCorkedWhenThereIsMoreBeforeNearlyAllIsSent() throws IOException {
    fill();
    writable();
    calls.clear();
    sender.addFrame(FRAME);
    taken.add(100L);
    taken.add((long) -Sys.EAGAIN);
    sender.write(null);
    assertThat(sender.full()).isTrue();
    assertCalls(ANY_ROOM); // EPOLLOUT for any room again, and the cork is still on
    writable();
    assertCalls(NEARLY_ALL_SENT);
    writable();
    assertCalls(ANY_ROOM, "cork 0");
  }

  @Test
  void shouldNotCorkWhereOnlyItsShareOfAWakeupIsUsedUp() throws IOException {
    sender.addFrame(new byte[(int) MessengerLimits.WAKEUP_BUDGET + 1000]);
    taken.add(MessengerLimits.WAKEUP_BUDGET);
    sender.write(null);
    assertThat(sender.full()).as("others have their turn").isTrue();
    assertThat(sender.queuedBytes()).isEqualTo(1000);
    writable();
    assertThat(sender.queuedBytes()).isZero();
    assertCalls();
  }

  @Test
  void shouldNotCorkWhereSegmentsAreNotWholePages() throws IOException {
    sender.use((Cork) null);
    fill();
    writable();
    assertThat(sender.blocked()).isFalse();
    assertThat(sender.queuedBytes()).isZero();
    assertCalls();
  }
}
