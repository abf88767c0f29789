package io.sluice.bufferlist;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes every inspection of a pipe that was not expected throw, with the stack of whoever did it:
 * for tests of code that promises to leave payload alone.
 *
 * <pre>{@code
 * try (Tripwire wire = Tripwire.arm(Inspection.CRC)) { // checksums are expected, nothing else
 *   ...
 * }                                                    // throws again what another thread swallowed
 * }</pre>
 *
 * <p>A daemon has one for its whole life with the system property {@code sluice.tripwire}: the
 * reasons that are expected, by commas, or {@code none}.
 *
 * <p><b>Invariants:</b> one at a time in a process. <b>Threads:</b> any. Costs one volatile read
 * per inspection when there is none.
 */
public final class Tripwire implements AutoCloseable {
  private static final String PROPERTY = "sluice.tripwire";
  private static final AtomicReference<Tripwire> ARMED =
      new AtomicReference<>(ofText(System.getProperty(PROPERTY)));

  private final Set<Inspection> expected;
  private final AtomicReference<UnexpectedInspectionException> first = new AtomicReference<>();

  private Tripwire(Set<Inspection> expected) {
    this.expected = expected;
  }

  /**
   * @param reasons by commas, or {@code none}; null or empty for no tripwire at all
   * @throws IllegalArgumentException when there is no such reason
   */
  static Tripwire ofText(String reasons) {
    if (reasons == null || reasons.isEmpty()) {
      return null;
    }
    Set<Inspection> expected = EnumSet.noneOf(Inspection.class);
    if (!reasons.equals("none")) {
      for (String reason : reasons.split(",")) {
        expected.add(Inspection.valueOf(reason.strip().toUpperCase(Locale.ROOT)));
      }
    }
    return new Tripwire(expected);
  }

  /** True when that inspection would not throw. */
  boolean expects(Inspection reason) {
    return expected.contains(reason);
  }

  /**
   * Throws from now on at every inspection but those for the reasons given.
   *
   * @throws IllegalStateException when another is armed
   */
  public static Tripwire arm(Inspection... expected) {
    Set<Inspection> reasons = EnumSet.noneOf(Inspection.class);
    Collections.addAll(reasons, expected);
    Tripwire wire = new Tripwire(reasons);
    if (!ARMED.compareAndSet(null, wire)) {
      throw new IllegalStateException("a tripwire is armed already");
    }
    return wire;
  }

  /** Called before anybody looks at a pipe's bytes. */
  static void touch(Inspection reason) {
    Tripwire wire = ARMED.get();
    if (wire != null && !wire.expects(reason)) {
      UnexpectedInspectionException touched = new UnexpectedInspectionException(reason);
      wire.first.compareAndSet(null, touched);
      throw touched;
    }
  }

  /** The first inspection that was not expected; null when there was none. */
  public UnexpectedInspectionException tripped() {
    return first.get();
  }

  /**
   * Disarms.
   *
   * @throws UnexpectedInspectionException what tripped it, also when somebody caught it
   */
  @Override
  public void close() {
    ARMED.compareAndSet(this, null);
    if (first.get() != null) {
      throw first.get();
    }
  }
}
