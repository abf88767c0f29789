package io.sluice.client;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Reads for somebody who writes the bytes to a file or stream.
 *
 * <p><b>Threads:</b> one owner, who also closes the chunks. <b>Owns</b> the buffers between two
 * uses.
 */
final class Chunks {
  private final IoContext io;
  private final boolean pages;
  private final Deque<ByteBuffer> free = new ArrayDeque<>();

  /**
   * @param pages as they come, for a {@link SpliceFile}; else into memory
   */
  Chunks(IoContext io, boolean pages) {
    this.io = io;
    this.pages = pages;
  }

  /** At most {@code length} bytes, no more than {@link ObjectFiles#CHUNK}. */
  CompletableFuture<Chunk> read(String object, long offset, int length) {
    if (pages) {
      return io.readPages(object, offset, length).thenApply(Chunk.Pages::new);
    }
    ByteBuffer buffer = free.isEmpty() ? ByteBuffer.allocateDirect(ObjectFiles.CHUNK) : free.pop();
    return io.read(object, offset, buffer.clear().limit(length))
        .thenApply(count -> new Chunk.InMemory(buffer.limit(count), free));
  }
}
