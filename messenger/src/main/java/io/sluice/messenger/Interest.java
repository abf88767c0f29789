package io.sluice.messenger;

import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/**
 * What a descriptor is armed for. Level-triggered: what cannot be acted upon must be disarmed, or
 * the loop spins; what is seen once (RDHUP) is dropped.
 *
 * <p><b>Threads:</b> the loop's.
 */
final class Interest {
  static final int IN = 0x1;
  static final int OUT = 0x4;
  static final int ERR = 0x8; // always reported
  static final int HUP = 0x10; // always reported
  static final int RDHUP = 0x2000;

  private IoRegistration registration;
  private int armed;
  private boolean cancelled;

  /** The registration came; armed for nothing yet. */
  void use(IoRegistration theRegistration) {
    registration = theRegistration;
    if (cancelled) {
      registration.cancel();
    }
  }

  void arm(int events) {
    if (registration != null && !cancelled && events != armed) {
      // Asked for nothing, Netty (4.2.18) takes the descriptor out and cannot put it in again.
      registration.submit(EpollIoOps.valueOf(events | ERR));
      armed = events;
    }
  }

  /** Before the descriptor is closed. */
  void cancel() {
    cancelled = true;
    if (registration != null) {
      registration.cancel();
    }
  }
}
