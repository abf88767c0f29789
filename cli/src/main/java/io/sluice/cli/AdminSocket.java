package io.sluice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.protocol.CephJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon's admin socket, with Ceph's protocol, so that {@code ceph --admin-daemon PATH perf dump}
 * works.
 *
 * <pre>
 * request   {"prefix": "perf dump", ...} as JSON, then one NUL byte (bare words, as older tools send: also)
 * reply     be32 length | that many bytes of JSON
 * </pre>
 *
 * <p><b>Threads:</b> some of its own, on which the answers' suppliers run. <b>Owns</b> them and the
 * socket's file, which goes on {@link #close}.
 */
final class AdminSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminSocket.class);

  /** A command is a line of JSON; more than this is not for us. */
  private static final int REQUEST_BYTES_MAX = 64 << 10;

  /** A peer that says or takes nothing for so long is sent away. */
  private static final long PATIENCE_MILLIS = 10_000;

  /** So many are answered at once; more of them are sent away. */
  private static final int PEERS_MAX = 8;

  /** Characters of what is wrong with a request, which may quote it. */
  private static final int ERROR_MAX = 200;

  private static final long PAUSE_NANOS = 100_000_000L;

  /**
   * One command.
   *
   * @param help what {@code help} says of it
   * @param signature its words and parameters, as Ceph's tools read them; null: just its words
   * @param answer takes the request, gives what is ready for JSON
   */
  record Command(String help, List<Object> signature, Function<JsonNode, ?> answer) {
    Command(String help, Supplier<?> answer) {
      this(help, null, request -> answer.get());
    }

    private List<?> signature(String prefix) {
      return signature == null ? List.of(prefix.split(" ")) : signature;
    }
  }

  private final Path path;
  private final Map<String, Command> commands = new LinkedHashMap<>();
  private final ObjectMapper json = new ObjectMapper();
  private final ServerSocketChannel server;
  private final ExecutorService workers =
      new ThreadPoolExecutor(
          0, PEERS_MAX, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), AdminSocket::thread);

  /**
   * Listens at once.
   *
   * @throws IOException when the path cannot be bound; a stale socket there is replaced
   */
  AdminSocket(Path path, Map<String, Command> commands) throws IOException {
    this.path = path;
    this.commands.putAll(commands);
    this.commands.put("version", new Command("get version", AdminSocket::version));
    this.commands.put("help", new Command("list available commands", this::help));
    this.commands.put(
        "get_command_descriptions", new Command("list available commands", this::descriptions));
    Files.deleteIfExists(path);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    thread(this::serve).start();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "admin-socket");
    thread.setDaemon(true);
    return thread;
  }

  private void serve() {
    while (server.isOpen()) {
      try {
        SocketChannel peer = server.accept();
        peer.configureBlocking(false);
        hand(peer);
      } catch (AsynchronousCloseException e) {
        LOG.debug("admin socket closed");
      } catch (IOException e) {
        LOG.warn("admin socket: {}", e.getMessage());
        LockSupport.parkNanos(PAUSE_NANOS); // out of descriptors, most likely: do not spin
      }
    }
  }

  private void hand(SocketChannel peer) throws IOException {
    try {
      workers.execute(() -> answer(peer));
    } catch (RejectedExecutionException e) {
      peer.close();
      LOG.warn("admin socket: {} peers at once are enough", PEERS_MAX);
    }
  }

  private void answer(SocketChannel peer) {
    try (peer;
        Selector selector = Selector.open()) {
      SelectionKey key = peer.register(selector, SelectionKey.OP_READ);
      byte[] reply = reply(read(peer, selector)).getBytes(StandardCharsets.UTF_8);
      key.interestOps(SelectionKey.OP_WRITE);
      ByteBuffer out = ByteBuffer.allocate(4 + reply.length).putInt(reply.length).put(reply).flip();
      while (out.hasRemaining()) {
        await(selector);
        peer.write(out);
      }
    } catch (IOException e) {
      LOG.debug("admin socket: {}", e.getMessage());
    }
  }

  private static void await(Selector selector) throws IOException {
    if (selector.select(PATIENCE_MILLIS) == 0) {
      throw new IOException("a peer did nothing for " + PATIENCE_MILLIS + " ms");
    }
    selector.selectedKeys().clear();
  }

  private static String read(SocketChannel peer, Selector selector) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(REQUEST_BYTES_MAX);
    while (in.position() == 0 || in.get(in.position() - 1) != 0) {
      if (!in.hasRemaining()) {
        throw new IOException("a request of more than " + REQUEST_BYTES_MAX + " bytes");
      }
      await(selector);
      if (peer.read(in) < 0) {
        break;
      }
    }
    int end =
        in.position() > 0 && in.get(in.position() - 1) == 0 ? in.position() - 1 : in.position();
    return new String(in.array(), 0, end, StandardCharsets.UTF_8);
  }

  private String reply(String request) throws IOException {
    JsonNode arguments;
    try {
      arguments = parse(request.strip());
    } catch (JsonProcessingException e) {
      return error("a command is one JSON object: " + e.getOriginalMessage());
    }
    String prefix = arguments.path("prefix").asText("");
    Command command = commands.get(prefix);
    if (command == null) {
      return error("unknown command '" + prefix + "'");
    }
    try {
      String dense = json.writeValueAsString(command.answer().apply(arguments));
      boolean asLine = arguments.path("format").asText("").equals("json");
      return (asLine ? CephJson.line(dense) : CephJson.pretty(dense)) + "\n";
    } catch (RuntimeException e) {
      LOG.warn("admin socket: '{}' failed", prefix, e);
      return json.writeValueAsString(Map.of("error", String.valueOf(e)));
    }
  }

  /** Says it to the peer and, as one line that is not long whatever was sent, to the log. */
  private String error(String text) throws JsonProcessingException {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    String shown = line.substring(0, Math.min(ERROR_MAX, line.length()));
    LOG.info("admin socket: {}", shown);
    return json.writeValueAsString(Map.of("error", shown));
  }

  private JsonNode parse(String text) throws JsonProcessingException {
    return text.startsWith("{") ? json.readTree(text) : json.createObjectNode().put("prefix", text);
  }

  private Map<String, String> help() {
    Map<String, String> lines = new LinkedHashMap<>();
    commands.forEach((words, command) -> lines.put(words, command.help()));
    return lines;
  }

  /** As Ceph's tools read it to check a command before they send it. */
  private Map<String, Object> descriptions() {
    Map<String, Object> table = new LinkedHashMap<>();
    commands.forEach(
        (words, command) ->
            table.put(
                String.format("cmd%03d", table.size()),
                Map.of("sig", command.signature(words), "help", command.help())));
    return table;
  }

  private static Map<String, String> version() {
    String version = AdminSocket.class.getPackage().getImplementationVersion();
    return Map.of(
        "version", version == null ? "dev" : version, "release", "sluice", "release_type", "dev");
  }

  @Override
  public void close() {
    workers.shutdown();
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
