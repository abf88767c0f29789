package io.sluice.messenger;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.bufferlist.PipePool;
import io.sluice.types.Clock;
import io.sluice.types.Loop;
import java.util.concurrent.TimeUnit;

/**
 * A Netty event loop as the {@link Loop} that state machines are pinned to. <b>Threads:</b> any.
 */
final class EpollLoop implements Loop {
  private final IoEventLoop events;
  private final LoopMemory memory;

  EpollLoop(IoEventLoop events, PipePool pipes) {
    this.events = events;
    this.memory = new LoopMemory(pipes);
  }

  IoEventLoop events() {
    return events;
  }

  /** The loop's thread only. */
  LoopMemory memory() {
    return memory;
  }

  @Override
  public void execute(Runnable task) {
    events.execute(task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    ScheduledFuture<?> future = events.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public boolean inLoop() {
    return events.inEventLoop();
  }

  @Override
  public Clock clock() {
    return SystemClock.INSTANCE;
  }
}
