package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.Sys;
import java.nio.ByteBuffer;

/**
 * Fills fresh memory from a socket: one heap array when little is to come, page-aligned direct
 * chunks when much is, each taken only when bytes for it arrive.
 *
 * <p><b>Threads:</b> the connection's loop. <b>Owns</b> what was received until {@link #claim}.
 */
final class MemoryFill {
  private final ReceiveContext context;
  private final ChecksumScanner scanner;
  private final boolean slots;
  private final BufferList full = new BufferList();
  private long left;
  private ReceiveChunk chunk;

  /**
   * @param scanner is shown the bytes while they are in the cache; or null
   */
  MemoryFill(ReceiveContext context, long length, ChecksumScanner scanner) {
    this(context, length, scanner, true);
  }

  /**
   * @param slots whether memory that can be sent on as pages is wanted
   */
  MemoryFill(ReceiveContext context, long length, ChecksumScanner scanner, boolean slots) {
    this.context = context;
    this.slots = slots;
    this.left = length;
    this.scanner = scanner;
  }

  long left() {
    return left;
  }

  /** Copies from {@code received} as much as is still to come. */
  void take(ByteBuffer received) {
    while (left > 0 && received.hasRemaining()) {
      openChunk(true);
      int count = Math.min(received.remaining(), chunk.room());
      chunk.memory().put(received.slice(received.position(), count));
      received.position(received.position() + count);
      arrived(count);
    }
  }

  /** As {@link RunReceiver#receive}. */
  long receive(int socket) {
    if (!openChunk(false)) {
      return RunReceiver.NO_MEMORY;
    }
    Sys sys = context.sys();
    int room = Math.min(chunk.room(), MessengerLimits.RECV_MAX);
    ByteBuffer memory = chunk.memory();
    long count;
    if (memory.isDirect()) {
      count = sys.recv(socket, chunk.address() + memory.position(), room, Sys.MSG_DONTWAIT);
      if (count > 0) {
        memory.position(memory.position() + (int) count);
      }
    } else {
      count = sys.recv(socket, context.memory().inboundAddress(), room, Sys.MSG_DONTWAIT);
      if (count > 0) {
        memory.put(context.memory().inbound().limit((int) count));
      }
    }
    if (count > 0) {
      arrived((int) count);
    }
    return count;
  }

  private boolean openChunk(boolean must) {
    if (chunk == null) {
      int size = (int) Math.min(left, MessengerLimits.MEMORY_CHUNK);
      chunk =
          size <= MessengerLimits.SMALL_DATA
              ? ReceiveChunk.heap(size)
              : context.chunk(size, must, slots);
    }
    return chunk != null;
  }

  private void arrived(int count) {
    if (scanner != null) {
      int end = chunk.memory().position();
      scanner.update(chunk.memory().duplicate().position(end - count).limit(end));
    }
    left -= count;
    if (chunk.room() == 0) {
      full.claimAppend(chunk.claim());
      chunk = null;
    }
  }

  /** The bytes, once all have come; now the caller's. */
  BufferList claim() {
    return full;
  }

  void discard() {
    if (chunk != null) {
      chunk.claim().release();
      chunk = null;
    }
    full.close();
  }
}
