package io.sluice.objectstore;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the store has failed; tells the handler, once. <b>Threads:</b> any. */
final class StopSwitch {
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final FailStop handler;

  StopSwitch(FailStop handler) {
    this.handler = handler;
  }

  boolean stopped() {
    return stopped.get();
  }

  void fail(String what, Throwable cause) {
    if (!stopped.getAndSet(true)) {
      handler.fail(what, cause);
    }
  }
}
