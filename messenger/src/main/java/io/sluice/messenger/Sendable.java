package io.sluice.messenger;

import io.sluice.types.Envelope;

/** What every connection takes; for those, too, that a test makes. */
public final class Sendable {
  private Sendable() {}

  /**
   * Refuses, on the caller's stack, a message that no peer would take, or whose checksum nobody
   * knows.
   *
   * @throws IllegalArgumentException a defect of the caller
   */
  public static void check(Envelope message) {
    boolean fits =
        message.front().length <= MessengerLimits.FRONT_MAX
            && message.middle().length <= MessengerLimits.MIDDLE_MAX
            && message.payloadLength() <= MessengerLimits.DATA_MAX;
    if (!fits) {
      throw new IllegalArgumentException("message too large for a frame: " + message);
    }
    if (message.dataCrc() == null && message.data().hasPipes()) {
      throw new IllegalArgumentException("payload in pipes without its checksum: " + message);
    }
  }
}
