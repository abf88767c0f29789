package io.sluice.messenger;

import io.sluice.types.Envelope;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a connection and a session have in common: a loop, and what was agreed with the peer. */
abstract class LoopConnection implements Connection {
  private static final Logger LOG = LoggerFactory.getLogger(LoopConnection.class);

  final EpollLoop loop;
  private volatile boolean aligned;
  private volatile boolean checksumVectors;
  private Object attachment;

  LoopConnection(EpollLoop loop) {
    this.loop = loop;
  }

  /** Any thread: takes no more messages. */
  abstract boolean isClosed();

  /** Any thread: queues a message that can be sent, and takes it over. */
  abstract void enqueue(Envelope message);

  /** Loop only. */
  final void agreed(boolean isAligned, boolean hasChecksumVectors) {
    aligned = isAligned;
    checksumVectors = hasChecksumVectors;
  }

  /** False when the messenger is closed, and its loops are gone. */
  final boolean onLoop(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: messenger closed", this, e);
      return false;
    }
  }

  /** In a turn of its own: whoever ends a connection is in the middle of something. */
  final void tellClosed(Dispatcher dispatcher, String reason) {
    if (!onLoop(() -> dispatcher.onClosed(this, reason))) {
      dispatcher.onClosed(this, reason);
    }
  }

  @Override
  public final void send(Envelope message) {
    try {
      Sendable.check(message);
    } catch (IllegalArgumentException e) {
      message.close();
      throw e;
    }
    if (isClosed()) {
      message.close();
      return;
    }
    enqueue(message);
  }

  @Override
  public final EpollLoop loop() {
    return loop;
  }

  @Override
  public final boolean aligned() {
    return aligned;
  }

  @Override
  public final boolean checksumVectors() {
    return checksumVectors;
  }

  @Override
  public final <T> T attachment(Class<T> type) {
    return type.cast(attachment);
  }

  @Override
  public final void attach(Object theAttachment) {
    attachment = theAttachment;
  }
}
