package io.sluice.monitor;

import io.sluice.types.EntityAddr;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes with a TCP connection that is closed as soon as it stands.
 *
 * <p><b>Threads:</b> any may ask; answers come on a worker. <b>Owns</b> at most two workers, which
 * end when idle.
 */
final class TcpProber implements Prober, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TcpProber.class);

  /** Longer says nothing more: a live host on a LAN answers, or refuses, in milliseconds. */
  private static final int CONNECT_MS_MAX = 500;

  /** Probes waiting; one OSD has at most a few at a time. */
  private static final int QUEUED_MAX = 1024;

  private final ThreadPoolExecutor workers;

  TcpProber() {
    workers =
        new ThreadPoolExecutor(
            2,
            2,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUED_MAX),
            task -> {
              Thread thread = new Thread(task, "mon-probe");
              thread.setDaemon(true);
              return thread;
            });
    workers.allowCoreThreadTimeOut(true);
  }

  @Override
  public void probe(EntityAddr addr, Consumer<Answer> answer) {
    try {
      workers.execute(() -> ask(addr, answer));
    } catch (RejectedExecutionException e) {
      LOG.debug("no worker to probe {}", addr);
      answer.accept(Answer.UNKNOWN);
    }
  }

  private void ask(EntityAddr addr, Consumer<Answer> answer) {
    Answer found = connect(addr);
    if (!workers.isShutdown()) {
      answer.accept(found);
    }
  }

  private static Answer connect(EntityAddr addr) {
    if (addr.isBlank()) {
      return Answer.UNKNOWN;
    }
    try (Socket socket = new Socket()) {
      socket.connect(addr.socketAddress(), CONNECT_MS_MAX);
      return Answer.ACCEPTED;
    } catch (ConnectException e) {
      boolean refused = String.valueOf(e.getMessage()).contains("refused");
      return refused ? Answer.REFUSED : Answer.UNKNOWN;
    } catch (IOException e) {
      LOG.debug("probe of {}: {}", addr, e.toString());
      return Answer.UNKNOWN;
    }
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
