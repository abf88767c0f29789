package io.sluice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon's admin socket, with Ceph's protocol, so that {@code ceph --admin-daemon PATH perf dump} works.
 *
 * <pre>
 * request   {"prefix": "perf dump", ...} as JSON, then one NUL byte (bare words, as older tools send: also)
 * reply     be32 length | that many bytes of JSON
 * </pre>
 *
 * <p><b>Threads:</b> one of its own, that answers one request after the other; the answers' suppliers run
 * on it. <b>Owns</b> the socket's file, which goes on {@link #close}.
 */
final class AdminSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminSocket.class);

  /** A command is a line of JSON; more than this is not for us. */
  private static final int REQUEST_BYTES_MAX = 64 << 10;

  /** One command: what {@code help} says of it, and its answer, ready for JSON. */
  record Command(String help, Supplier<?> answer) {}

  private final Path path;
  private final Map<String, Command> commands = new LinkedHashMap<>();
  private final ObjectMapper json = new ObjectMapper();
  private final ServerSocketChannel server;

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
    this.commands.put("get_command_descriptions", new Command("list available commands", this::descriptions));
    Files.deleteIfExists(path);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Thread thread = new Thread(this::serve, "admin-socket");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel peer = server.accept()) {
        answer(peer);
      } catch (AsynchronousCloseException e) {
        LOG.debug("admin socket closed");
      } catch (IOException e) {
        LOG.warn("admin socket: {}", e.getMessage());
      }
    }
  }

  private void answer(SocketChannel peer) throws IOException {
    String request = read(peer);
    byte[] reply = reply(request).getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(4 + reply.length).putInt(reply.length).put(reply).flip();
    while (out.hasRemaining()) {
      peer.write(out);
    }
  }

  private static String read(SocketChannel peer) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(REQUEST_BYTES_MAX);
    while (in.position() == 0 || in.get(in.position() - 1) != 0) {
      if (!in.hasRemaining()) {
        throw new IOException("a request of more than " + REQUEST_BYTES_MAX + " bytes");
      }
      if (peer.read(in) < 0) {
        break;
      }
    }
    int end = in.position() > 0 && in.get(in.position() - 1) == 0 ? in.position() - 1 : in.position();
    return new String(in.array(), 0, end, StandardCharsets.UTF_8);
  }

  private String reply(String request) throws IOException {
    String prefix = prefix(request);
    Command command = commands.get(prefix);
    if (command == null) {
      LOG.info("admin socket: unknown command '{}'", prefix);
      return json.writeValueAsString(Map.of("error", "unknown command '" + prefix + "'"));
    }
    try {
      return json.writerWithDefaultPrettyPrinter().writeValueAsString(command.answer().get()) + "\n";
    } catch (RuntimeException e) {
      LOG.warn("admin socket: '{}' failed", prefix, e);
      return json.writeValueAsString(Map.of("error", String.valueOf(e)));
    }
  }

  private String prefix(String request) throws JsonProcessingException {
    String text = request.strip();
    if (!text.startsWith("{")) {
      return text;
    }
    JsonNode prefix = json.readTree(text).get("prefix");
    return prefix == null ? "" : prefix.asText();
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
                Map.of("sig", List.of(words.split(" ")), "help", command.help())));
    return table;
  }

  private static Map<String, String> version() {
    String version = AdminSocket.class.getPackage().getImplementationVersion();
    return Map.of("version", version == null ? "dev" : version, "release", "sluice", "release_type", "dev");
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
