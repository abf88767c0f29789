package io.sluice.messenger;

import io.netty.channel.unix.Buffer;
import io.sluice.bufferlist.MemfdWindow;
import io.sluice.bufferlist.PipePool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Native memory of one event loop, through which its connections receive heads and send small
 * parts: nothing stays in it between two system calls, so one piece serves them all.
 *
 * <p><b>Threads:</b> the loop's. <b>Owns</b> the checksum window.
 */
final class LoopMemory implements AutoCloseable {
  private static final int IOVEC_BYTES = 16;

  private final ByteBuffer inbound = ByteBuffer.allocateDirect(MessengerLimits.STAGING);
  private final long inboundAddress = Buffer.memoryAddress(inbound);
  private final ByteBuffer outbound = ByteBuffer.allocateDirect(MessengerLimits.STAGING);
  private final long outboundAddress = Buffer.memoryAddress(outbound);
  private final ByteBuffer iovecs =
      ByteBuffer.allocateDirect(MessengerLimits.IOVECS * IOVEC_BYTES)
          .order(ByteOrder.nativeOrder());
  private final long iovecsAddress = Buffer.memoryAddress(iovecs);
  private final PipePool pipes;
  private MemfdWindow window;

  LoopMemory(PipePool pipes) {
    this.pipes = pipes;
  }

  /**
   * For what comes from sockets. Apart from {@link #outbound}, as a dispatcher that is handed a
   * message of one connection may close, and so flush, another.
   */
  ByteBuffer inbound() {
    return inbound.clear();
  }

  long inboundAddress() {
    return inboundAddress;
  }

  /** For what goes to sockets. */
  ByteBuffer outbound() {
    return outbound.clear();
  }

  long outboundAddress() {
    return outboundAddress;
  }

  /** Shows the bytes of pipes to their checksum. Opened when first needed. */
  MemfdWindow window() throws IOException {
    if (window == null) {
      window = MemfdWindow.open(pipes, MemfdWindow.DEFAULT_BYTES);
    }
    return window;
  }

  /** {@code struct iovec { void *base; size_t length; }} number {@code index}. */
  void iovec(int index, long address, long length) {
    iovecs.putLong(index * IOVEC_BYTES, address).putLong(index * IOVEC_BYTES + 8, length);
  }

  long iovecsAddress() {
    return iovecsAddress;
  }

  @Override
  public void close() {
    if (window != null) {
      window.close();
      window = null;
    }
  }
}
