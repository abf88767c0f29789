package io.sluice.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for the daemons of a new cluster, which they keep for its life.
 *
 * <p>Below the range that Linux hands out to outgoing connections (32768 and up), so that none of
 * those takes a daemon's port while it is down; from a random start, so that clusters made at once
 * rarely meet.
 */
final class FreePorts {
  private static final int FIRST = 10_000;
  private static final int LAST = 32_000;

  private FreePorts() {}

  static List<Integer> find(int count) {
    List<Integer> ports = new ArrayList<>();
    int start = ThreadLocalRandom.current().nextInt(FIRST, LAST);
    for (int i = 0; i < LAST - FIRST && ports.size() < count; i++) {
      int port = FIRST + (start - FIRST + i) % (LAST - FIRST);
      if (isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new CommandFailure("no " + count + " free ports on " + ClusterDir.LOOPBACK);
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
