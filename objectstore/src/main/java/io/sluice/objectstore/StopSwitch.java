package io.sluice.objectstore;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the store has failed; tells the handler, once. <b>Threads:</b> any. */
final class StopSwitch {
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final FailStop handler;
  private final Runnable onStop;

  /**
   * @param onStop what to let go of before the handler is told
   */
  StopSwitch(FailStop handler, Runnable onStop) {
    this.handler = handler;
    this.onStop = onStop;
  }

  boolean stopped() {
    return stopped.get();
  }

  void fail(String what, Throwable cause) {
    if (!stopped.getAndSet(true)) {
      onStop.run();
      handler.fail(what, cause);
    }
  }
}
