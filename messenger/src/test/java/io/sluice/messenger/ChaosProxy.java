package io.sluice.messenger;

import io.sluice.types.EntityAddr;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Stands before a listener and passes bytes on in any pieces, until it cuts: after a byte that the
 * test chooses, for each connection and direction.
 *
 * <p><b>Threads:</b> two of its own for each connection. <b>Owns</b> its sockets.
 */
final class ChaosProxy implements AutoCloseable {
  /**
   * Where to cut one connection.
   *
   * @param up bytes to the listener after which it is cut; negative: never
   * @param down the same, from the listener
   * @param reset by RST, not FIN
   */
  record Cut(long up, long down, boolean reset) {
    static final Cut NEVER = new Cut(-1, -1, false);
  }

  private final ServerSocket server;
  private final EntityAddr behind;
  private final IntFunction<Cut> cuts;
  private final long seed;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * @param cuts for the n-th connection, from 0
   */
  ChaosProxy(EntityAddr behind, long seed, IntFunction<Cut> cuts) throws IOException {
    this.server = new ServerSocket(0, 64, InetAddress.getByName("127.0.0.1"));
    this.behind = behind;
    this.seed = seed;
    this.cuts = cuts;
    start("accept", this::accept);
  }

  EntityAddr addr() {
    return EntityAddr.msgr2("127.0.0.1", server.getLocalPort(), behind.nonce());
  }

  /** Connections so far. */
  int accepted() {
    return accepted.get();
  }

  /** Cuts all that are open. */
  void cutAll() {
    open.forEach(socket -> cut(socket, true));
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void start(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // The other end of it hears: both sockets are closed.
              }
            },
            "proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket from = server.accept();
      int number = accepted.getAndIncrement();
      Socket to = new Socket();
      try {
        to = new Socket(behind.ip(), behind.port());
      } catch (IOException e) {
        cut(from, true);
        continue;
      }
      open.add(from);
      open.add(to);
      Cut cut = cuts.apply(number);
      Socket target = to;
      start("up-" + number, () -> pump(from, target, cut.up(), cut.reset(), number));
      start("down-" + number, () -> pump(target, from, cut.down(), cut.reset(), ~number));
    }
  }

  private void pump(Socket from, Socket to, long limit, boolean reset, int number) {
    Random random = new Random(seed * 31 + number);
    byte[] buffer = new byte[64 << 10];
    long passed = 0;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      while (limit < 0 || passed < limit) {
        int most = random.nextInt(4) == 0 ? 1 + random.nextInt(100) : buffer.length;
        int wanted = limit < 0 ? most : (int) Math.min(most, limit - passed);
        int count = in.read(buffer, 0, wanted);
        if (count < 0) {
          break;
        }
        out.write(buffer, 0, count);
        passed += count;
      }
    } catch (IOException e) {
      // Cut by the other direction.
    }
    cut(to, reset && limit >= 0);
    cut(from, reset && limit >= 0);
  }

  private void cut(Socket socket, boolean reset) {
    open.remove(socket);
    try {
      if (reset) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      // Closed already.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cutAll();
  }
}
