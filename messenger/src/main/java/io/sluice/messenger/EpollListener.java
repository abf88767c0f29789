package io.sluice.messenger;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.sluice.bufferlist.Resources;
import io.sluice.types.EntityAddr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket: accepts, and hands each new socket on.
 *
 * <p><b>Threads:</b> its loop's. <b>Owns</b> the listening socket.
 */
final class EpollListener implements EpollIoHandle {
  private static final Logger LOG = LoggerFactory.getLogger(EpollListener.class);

  /** Accepted in one wakeup, before connections have their turn. */
  private static final int ACCEPTS_MAX = 64;

  private static final int NONE = -1;

  private final EpollLoop loop;
  private final Socket socket;
  private final EntityAddr addr;
  private final Consumer<Socket> accepted;
  private final Interest interest = new Interest();
  private final byte[] ignoredAddress = new byte[26];
  private boolean closed;

  private EpollListener(EpollLoop loop, Socket socket, EntityAddr addr, Consumer<Socket> accepted) {
    this.loop = loop;
    this.socket = socket;
    this.addr = addr;
    this.accepted = accepted;
  }

  /** Binds and listens at once; accepts from {@link #start} on. */
  static EpollListener bind(
      EpollLoop loop, Socket socket, EntityAddr wanted, Consumer<Socket> accepted)
      throws IOException {
    try {
      socket.setReuseAddress(true);
      socket.bind(wanted.socketAddress());
      socket.listen(MessengerLimits.LISTEN_BACKLOG);
      InetSocketAddress bound = socket.localAddress();
      EntityAddr addr =
          EntityAddr.msgr2(Sockets.literal(bound.getAddress()), bound.getPort(), wanted.nonce());
      return new EpollListener(loop, socket, addr, accepted);
    } catch (IOException e) {
      Sockets.close(socket);
      throw new IOException("cannot listen on " + wanted + ": " + e.getMessage(), e);
    }
  }

  /** The address bound. */
  EntityAddr addr() {
    return addr;
  }

  void start() {
    loop.events()
        .register(this)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                interest.use((IoRegistration) done.getNow());
                interest.arm(Interest.IN);
              } else {
                LOG.error("{}: cannot be polled", this, done.cause());
              }
            });
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    for (int i = 0; i < ACCEPTS_MAX && !closed; i++) {
      int fd;
      try {
        fd = socket.accept(ignoredAddress);
      } catch (IOException e) {
        // Out of descriptors, most likely: the connection stays in the backlog, so polling would
        // spin.
        LOG.warn("{}: accept failed, next try in 100 ms: {}", this, e.getMessage());
        interest.arm(0);
        loop.schedule(MessengerLimits.ACCEPT_BACKOFF_NANOS, () -> interest.arm(Interest.IN));
        return;
      }
      if (fd == NONE) {
        return;
      }
      Resources.opened(Resources.Kind.FD);
      accepted.accept(new Socket(fd));
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      interest.cancel();
      Sockets.close(socket);
    }
  }

  @Override
  public String toString() {
    return "listener on " + addr;
  }
}
