package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Bytes that were read, on their way to a file or stream: as they came, or in a buffer.
 *
 * <p><b>Threads:</b> one owner. <b>Owns</b> its bytes; closing gives them, or the buffer, back.
 */
abstract class Chunk implements AutoCloseable {
  abstract int length();

  /** Writes all of it. Blocks. */
  abstract void writeTo(WritableByteChannel to) throws IOException;

  @Override
  public abstract void close();

  /** Waits for those that nobody wants any more: their buffers are written to until then. */
  static void drop(Deque<CompletableFuture<Chunk>> flying) {
    for (CompletableFuture<Chunk> one : flying) {
      Chunk chunk = one.exceptionally(error -> null).join();
      if (chunk != null) {
        chunk.close();
      }
    }
    flying.clear();
  }

  /** In pipes, where there were any. */
  static final class Pages extends Chunk {
    private final BufferList bytes;
    private final int length;

    Pages(BufferList claimed) {
      bytes = claimed;
      length = (int) claimed.length();
      claimed.handOver();
    }

    @Override
    int length() {
      return length;
    }

    @Override
    void writeTo(WritableByteChannel to) throws IOException {
      ((SpliceFile) to).claimWrite(bytes);
    }

    @Override
    public void close() {
      bytes.close();
    }
  }

  /** In a buffer that is used again. */
  static final class InMemory extends Chunk {
    private final ByteBuffer bytes;
    private final Deque<ByteBuffer> free;

    InMemory(ByteBuffer bytes, Deque<ByteBuffer> free) {
      this.bytes = bytes;
      this.free = free;
    }

    @Override
    int length() {
      return bytes.limit();
    }

    @Override
    void writeTo(WritableByteChannel to) throws IOException {
      ByteBuffer from = bytes.duplicate();
      while (from.hasRemaining()) {
        to.write(from);
      }
    }

    @Override
    public void close() {
      free.push(bytes);
    }
  }
}
