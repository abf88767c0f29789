package io.sluice.types;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for daemons that keep them for their life.
 *
 * <p>Below the range that Linux hands out to outgoing connections (32768 and up), so that none of
 * those takes a daemon's port while it is down; from a random start, so that clusters made at once
 * rarely meet.
 */
public final class FreePorts {
  private static final int FIRST = 10_000;
  private static final int LAST = 32_000;

  private FreePorts() {}

  /**
   * Ports of the loopback address that nobody listens on now.
   *
   * @throws UncheckedIOException when there are not so many
   */
  public static List<Integer> find(int count) {
    List<Integer> ports = new ArrayList<>();
    int start = ThreadLocalRandom.current().nextInt(FIRST, LAST);
    for (int i = 0; i < LAST - FIRST && ports.size() < count; i++) {
      int port = FIRST + (start - FIRST + i) % (LAST - FIRST);
      if (isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new UncheckedIOException(new IOException("no " + count + " free ports on loopback"));
    }
    return ports;
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException e) {
      return false; // taken: the next one then
    }
  }
}
