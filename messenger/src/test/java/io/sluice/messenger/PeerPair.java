package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/** Two OSDs, osd.1 and osd.2, each behind a network that cuts; and what each has received. */
final class PeerPair implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  final Endpoint one;
  final Endpoint two;
  final ChaosProxy beforeOne;
  final ChaosProxy beforeTwo;
  final List<Long> atOne = new CopyOnWriteArrayList<>();
  final List<Long> atTwo = new CopyOnWriteArrayList<>();

  PeerPair(long seed, IntFunction<ChaosProxy.Cut> cuts) throws IOException {
    this(seed, cuts, "");
  }

  /**
   * @param faults that both make on purpose, as {@link Faults#VARIABLE} has them
   */
  PeerPair(long seed, IntFunction<ChaosProxy.Cut> cuts, String faults) throws IOException {
    one = Endpoint.osdOnLoops(1, 3, faults);
    two = Endpoint.osdOnLoops(2, 3, faults);
    beforeOne = new ChaosProxy(one.addr, seed, cuts);
    beforeTwo = new ChaosProxy(two.addr, seed + 1, cuts);
    one.messenger.announce(beforeOne.addr());
    two.messenger.announce(beforeTwo.addr());
    one.handler = (from, message) -> keep(message, atOne);
    two.handler = (from, message) -> keep(message, atTwo);
  }

  static PeerPair undisturbed() throws IOException {
    return new PeerPair(1, number -> ChaosProxy.Cut.NEVER);
  }

  private static void keep(IncomingMessage message, List<Long> to) {
    try (message) {
      to.add(message.head().tid());
    }
  }

  Connection fromOne() {
    return one.messenger.connect(EntityName.osd(2), AddrVec.of(beforeTwo.addr()), one, null);
  }

  Connection fromTwo() {
    return two.messenger.connect(EntityName.osd(1), AddrVec.of(beforeOne.addr()), two, null);
  }

  static Envelope message(long tid, int bytes) {
    Envelope message = Envelope.of(0x7001, 1, 1, tid, new byte[] {1, 2, 3});
    return bytes == 0
        ? message
        : message.claimData(BufferList.wrap(PayloadTest.random(bytes, tid)), new byte[0], null);
  }

  static long counter(Endpoint at, String name) {
    return ((Number) at.messenger.counters().getOrDefault(name, 0L)).longValue();
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as("waited %s s for: %s", PATIENCE_SECONDS, what)
          .isLessThan(until);
      Thread.sleep(1);
    }
  }

  @Override
  public void close() throws IOException {
    beforeOne.close();
    beforeTwo.close();
    one.close();
    two.close();
  }
}
