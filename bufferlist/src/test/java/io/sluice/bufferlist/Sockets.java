package io.sluice.bufferlist;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Connected pairs of sockets as bare descriptors, for tests and benchmarks of the calls on them.
 */
public final class Sockets {
  static {
    Native.register(Sockets.class, NativeLibrary.getProcess());
  }

  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int STREAM = 1;
  private static final int NONBLOCK = 0x800;
  private static final int CLOEXEC = 0x80000;
  private static final int SOCKADDR_IN = 16;

  private Sockets() {}

  static native int socket(int domain, int type, int protocol);

  static native int socketpair(int domain, int type, int protocol, long pair);

  static native int bind(int fd, long address, int length);

  static native int listen(int fd, int backlog);

  static native int getsockname(int fd, long address, long length);

  static native int connect(int fd, long address, int length);

  static native int accept4(int fd, long address, long length, int flags);

  /** Two ends of a UNIX stream, non-blocking. */
  public static int[] unix() {
    ByteBuffer pair = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    ok(socketpair(AF_UNIX, STREAM | NONBLOCK | CLOEXEC, 0, DirectBuffers.addressOf(pair)));
    return new int[] {pair.getInt(0), pair.getInt(4)};
  }

  /** Two ends of a TCP connection over loopback, non-blocking. */
  public static int[] tcp() {
    return tcp(0, 0);
  }

  /**
   * The same with TCP_MAXSEG set where it takes effect, or not.
   *
   * @param clientMss before connect; 0 = not set
   * @param listenerMss on the listener; 0 = not set
   */
  public static int[] tcp(int clientMss, int listenerMss) {
    int listener = ok(socket(AF_INET, STREAM | CLOEXEC, 0));
    ByteBuffer memory = ByteBuffer.allocateDirect(SOCKADDR_IN + 4).order(ByteOrder.nativeOrder());
    memory.putShort(0, (short) AF_INET).put(4, new byte[] {127, 0, 0, 1});
    memory.putInt(SOCKADDR_IN, SOCKADDR_IN);
    long address = DirectBuffers.addressOf(memory);
    ok(bind(listener, address, SOCKADDR_IN));
    maxSegment(listener, listenerMss);
    ok(listen(listener, 1));
    ok(getsockname(listener, address, address + SOCKADDR_IN));
    int client = ok(socket(AF_INET, STREAM | CLOEXEC, 0));
    maxSegment(client, clientMss);
    ok(connect(client, address, SOCKADDR_IN));
    int server = ok(accept4(listener, 0, 0, NONBLOCK | CLOEXEC));
    ok(Linux.instance().close(listener));
    ok(Linux.instance().fcntl(client, 4 /* F_SETFL */, NONBLOCK));
    return new int[] {client, server};
  }

  /** Connects to a port of another process of this machine, non-blocking from then on. */
  public static int connect(int port, int mss) {
    ByteBuffer memory = ByteBuffer.allocateDirect(SOCKADDR_IN).order(ByteOrder.nativeOrder());
    memory.putShort(0, (short) AF_INET).put(4, new byte[] {127, 0, 0, 1});
    memory.put(2, (byte) (port >> 8)).put(3, (byte) port);
    int client = ok(socket(AF_INET, STREAM | CLOEXEC, 0));
    maxSegment(client, mss);
    ok(connect(client, DirectBuffers.addressOf(memory), SOCKADDR_IN));
    ok(Linux.instance().fcntl(client, 4 /* F_SETFL */, NONBLOCK));
    return client;
  }

  private static void maxSegment(int fd, int bytes) {
    if (bytes > 0) {
      ok(Linux.instance().setsockopt(fd, 6 /* IPPROTO_TCP */, 2 /* TCP_MAXSEG */, bytes));
    }
  }

  public static void close(int... fds) {
    for (int fd : fds) {
      Linux.instance().close(fd);
    }
  }

  private static int ok(int result) {
    if (result < 0) {
      throw new IllegalStateException(
          "a socket call failed: " + result + ", errno " + Native.getLastError());
    }
    return result;
  }
}
