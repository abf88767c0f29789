package io.sluice.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Asks a daemon over its admin socket; the protocol is drawn in {@link AdminSocket}. */
public final class AdminClient {
  /** A reply longer than this is no reply of ours. */
  private static final int REPLY_BYTES_MAX = 64 << 20;

  private AdminClient() {}

  /**
   * Blocks until the daemon has answered.
   *
   * @param prefix the command's words, {@code perf dump}
   * @param socket {@code NAME.asok} in the cluster's directory
   * @return the answer, JSON unless the daemon refused
   * @throws IOException when nobody listens there or the answer is cut short
   */
  public static String ask(Path socket, String prefix) throws IOException {
    return ask(socket, Map.of("prefix", prefix, "format", "json-pretty"));
  }

  /** The same with the command's arguments: what becomes one JSON object. */
  static String ask(Path socket, Map<String, ?> request) throws IOException {
    return askJson(socket, new ObjectMapper().writeValueAsString(request));
  }

  /** The same, of a request that is JSON already. */
  static String askJson(Path socket, String request) throws IOException {
    byte[] command = (request + "\0").getBytes(StandardCharsets.UTF_8);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer out = ByteBuffer.wrap(command);
      while (out.hasRemaining()) {
        channel.write(out);
      }
      int length = readFully(channel, 4).getInt();
      if (length < 0 || length > REPLY_BYTES_MAX) {
        throw new IOException("admin socket " + socket + " announced " + length + " bytes");
      }
      return StandardCharsets.UTF_8.decode(readFully(channel, length)).toString();
    }
  }

  private static ByteBuffer readFully(SocketChannel channel, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IOException("the daemon closed its admin socket in the middle of an answer");
      }
    }
    return buffer.flip();
  }
}
