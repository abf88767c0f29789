package io.sluice.cli;

import io.sluice.types.EntityAddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen on, as people write it: {@code 10.0.0.1}, {@code 10.0.0.1:6800}, {@code
 * [::1]:6800}.
 */
record HostPort(String ip, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:v2:)?(\\[[0-9a-fA-F:]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");

  /**
   * @param defaultPort when the text has none
   */
  static HostPort parse(String text, int defaultPort) {
    Matcher match = FORM.matcher(text);
    if (!match.matches()) {
      throw CommandFailure.usage("'" + text + "' is not an address; write IP or IP:PORT");
    }
    int port = match.group(2) == null ? defaultPort : Integer.parseInt(match.group(2));
    if (port > 65535) {
      throw CommandFailure.usage("'" + text + "' has no valid port");
    }
    String host = match.group(1).replaceAll("[\\[\\]]", "");
    try {
      return new HostPort(InetAddress.getByName(host).getHostAddress(), port);
    } catch (UnknownHostException e) {
      throw CommandFailure.usage("no host " + host);
    }
  }

  boolean isLoopback() {
    try {
      return InetAddress.getByName(ip).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("a literal: " + ip, e);
    }
  }

  /** Complains of a taken port before anything is made on disk. */
  void checkFree() {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(ip))) {
      assert probe.isBound();
    } catch (IOException e) {
      throw new CommandFailure("cannot listen on " + this + ": " + ErrorLine.words(e), e);
    }
  }

  EntityAddr addr() {
    return EntityAddr.msgr2(ip, port, 0);
  }

  @Override
  public String toString() {
    return ip + ":" + port;
  }
}
