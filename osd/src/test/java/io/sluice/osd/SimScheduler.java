package io.sluice.osd;

import io.sluice.types.Clock;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Time and chance of a simulation: runs tasks in the order of their times, in one thread, and draws
 * everything random from one seed.
 *
 * <p>{@link #trace} mixes what happened into a hash: the same seed must give the same hash.
 */
final class SimScheduler implements Clock {
  private record Event(long nanos, long number, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(nanos, other.nanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Random random;
  private long now = 1_000_000_000L;
  private long number;
  private long hash = 0xcbf29ce484222325L;

  SimScheduler(long seed) {
    random = new Random(seed);
  }

  Random random() {
    return random;
  }

  /** A delay between the two, in nanoseconds. */
  long between(long least, long most) {
    return least + (long) (random.nextDouble() * (most - least));
  }

  void at(long nanos, Runnable task) {
    events.add(new Event(Math.max(now, nanos), number++, task));
  }

  void after(long delayNanos, Runnable task) {
    at(now + delayNanos, task);
  }

  /** Runs everything that happens in the next nanoseconds. */
  void run(long nanos) {
    long until = now + nanos;
    while (!events.isEmpty() && events.peek().nanos() <= until) {
      Event event = events.poll();
      now = event.nanos();
      event.task().run();
    }
    now = until;
  }

  void trace(long what) {
    hash = (hash ^ what ^ now) * 0x100000001b3L;
  }

  long traceHash() {
    return hash;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long wallNanos() {
    return 1_700_000_000_000_000_000L + now;
  }
}
