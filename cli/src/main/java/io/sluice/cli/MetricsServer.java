package io.sluice.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /metrics} over HTTP, for Prometheus; on the address the daemon listens on.
 *
 * <p><b>Threads:</b> at most {@value #THREADS} of its own, on which the text is made. <b>Owns</b>
 * them and the port.
 */
final class MetricsServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
  private static final int THREADS = 2;

  private final HttpServer server;
  private final ExecutorService workers =
      new ThreadPoolExecutor(
          0,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "metrics");
            thread.setDaemon(true);
            return thread;
          },
          new ThreadPoolExecutor.CallerRunsPolicy());

  /**
   * Serves at once.
   *
   * @param port 0 for any free one
   */
  MetricsServer(InetAddress ip, int port, Supplier<String> text) throws IOException {
    try {
      server = HttpServer.create(new InetSocketAddress(ip, port), 0);
    } catch (IOException e) {
      throw new IOException("cannot serve metrics on port " + port + ": " + e.getMessage(), e);
    }
    server.createContext("/metrics", exchange -> answer(exchange, text));
    server.setExecutor(workers);
    server.start();
    LOG.info("metrics at http://{}:{}/metrics", ip.getHostAddress(), port());
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, Supplier<String> text) throws IOException {
    try (exchange) {
      boolean wanted =
          exchange.getRequestMethod().equals("GET")
              && exchange.getRequestURI().getPath().equals("/metrics");
      byte[] body = (wanted ? text.get() : "").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
      exchange.sendResponseHeaders(wanted ? 200 : 404, wanted ? body.length : -1);
      if (wanted) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("no metrics: {}", ErrorLine.of(e));
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdown();
  }
}
