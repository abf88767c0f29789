package io.sluice.messenger;

import io.sluice.types.EntityName;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures of the network, made on purpose: {@code SLUICE_FAULTS=drop=500,delay=20:5,connect=3}.
 *
 * <ul>
 *   <li>{@code drop=N}: of N messages received, one ends its connection unseen (ceph:
 *       ms_inject_socket_failures)
 *   <li>{@code delay=N:MS}: after one of N messages nothing more is read for so many milliseconds
 *       (ceph: ms_inject_delay_probability, ms_inject_delay_max)
 *   <li>{@code connect=N}: of N connections that are opened, one gets a twin. Between OSDs it is of
 *       the same session: an attempt given up for the next one, whose frames come before those of
 *       the one that counts, or up to 20 ms after ({@link TwinHandshake}). Else it is another
 *       connection, which is closed as soon as it is ready
 *   <li>{@code seed=N}: the same choices again, as far as threads allow
 * </ul>
 *
 * <p>Beside them, and while a daemon runs, what its options say ({@link InjectedFaults}).
 *
 * <p><b>Threads:</b> any.
 */
final class Faults {
  static final String VARIABLE = "SLUICE_FAULTS";

  static final String SECOND_CONNECTION = "injected fault: a second connection";

  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

  /** Some handshakes on a machine that does nothing else. */
  private static final long TWIN_LATE_NANOS_MAX = 20_000_000;

  /** The dispatcher of a twin: hangs up. */
  static final Dispatcher SHORT_LIVED =
      new Dispatcher() {
        @Override
        public void onReady(Connection connection) {
          connection.close(SECOND_CONNECTION);
        }

        @Override
        public PayloadPlan plan(Connection connection, MessageHead head) {
          return PayloadPlan.memory(head.dataLength());
        }

        @Override
        public void onMessage(Connection connection, IncomingMessage message) {
          message.close();
        }

        @Override
        public void onClosed(Connection connection, String reason) {
          LOG.debug("{}: {}", connection, reason);
        }
      };

  private int dropEvery;
  private int delayEvery;
  private long delayNanos;
  private int connectEvery;
  private Random random = new Random();
  private volatile InjectedFaults injected = InjectedFaults.NONE;

  private Faults() {}

  /**
   * @param text null or empty for none
   * @throws IllegalArgumentException when it is not understood: a test without its faults shows
   *     nothing
   */
  static Faults parse(String text) {
    Faults faults = new Faults();
    if (text == null || text.isBlank()) {
      return faults;
    }
    for (String each : text.split(",")) {
      String[] parts = each.strip().split("[=:]");
      try {
        faults.set(parts);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IllegalArgumentException(
            VARIABLE + " has drop=N, delay=N:MS, connect=N and seed=N, not '" + each + "'", e);
      }
    }
    LOG.warn("the network fails on purpose: {}={}", VARIABLE, text);
    return faults;
  }

  private void set(String[] parts) {
    switch (parts[0]) {
      case "drop" -> dropEvery = Integer.parseUnsignedInt(parts[1]);
      case "delay" -> {
        delayEvery = Integer.parseUnsignedInt(parts[1]);
        delayNanos = Integer.parseUnsignedInt(parts[2]) * 1_000_000L;
      }
      case "connect" -> connectEvery = Integer.parseUnsignedInt(parts[1]);
      case "seed" -> random = new Random(Long.parseLong(parts[1]));
      default -> throw new NumberFormatException("no fault '" + parts[0] + "'");
    }
  }

  /** Takes the place of what was injected before; what {@link #VARIABLE} asks for stays. */
  void inject(InjectedFaults wanted) {
    if (!wanted.equals(injected)) {
      injected = wanted;
      LOG.warn("the network fails as options ask: {}", wanted);
    }
  }

  private boolean once(long every) {
    return every > 0 && random.nextLong(every) == 0;
  }

  boolean drops() {
    return once(dropEvery) || once(injected.socketFailures());
  }

  /**
   * How long to read nothing now; mostly 0.
   *
   * @param peerType as {@link EntityName#type}
   */
  long delayNanos(int peerType) {
    if (once(delayEvery)) {
      return delayNanos;
    }
    InjectedFaults now = injected;
    return now.delays(peerType) && random.nextDouble() < now.delayProbability()
        ? (long) (random.nextDouble() * now.delayMaxNanos())
        : 0;
  }

  boolean doublesConnect() {
    return once(connectEvery);
  }

  /** How long a twin waits before it says which session it is of; 0 every other time. */
  long twinLateNanos() {
    return random.nextBoolean() ? 0 : 1 + random.nextLong(TWIN_LATE_NANOS_MAX);
  }
}
