package io.sluice.client;

import io.sluice.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/**
 * Moves files and streams in and out of single objects, in the steps that {@code rados} uses: a
 * writefull of the first 4 MiB, then writes behind it; reads of 4 MiB until one comes short.
 *
 * <p>A few steps are in flight at once: they arrive in order, because operations on one object do.
 *
 * <p><b>Threads:</b> one owner, not the client's loop: everything here blocks.
 */
public final class ObjectFiles {
  /** One step, and one object of a stripe. */
  public static final int CHUNK = 4 << 20;

  /**
   * Two keep disk and socket busy; more only use up the OSDs' pipes, of which an ordinary user has
   * few.
   */
  private static final int CHUNKS_IN_FLIGHT = 2;

  private final IoContext io;
  private final LongConsumer progress;

  /**
   * @param progress told of bytes done, as they are
   */
  public ObjectFiles(IoContext io, LongConsumer progress) {
    this.io = io;
    this.progress = progress;
  }

  /**
   * Stores a whole file or stream as one object.
   *
   * @param size in bytes when known, else -1
   * @return bytes stored
   * @throws RadosException EFBIG when it is larger than an object may be; nothing was sent when the
   *     size was known
   */
  public long put(String object, ReadableByteChannel from, long size) throws IOException {
    if (size > IoContext.OBJECT_BYTES_MAX) {
      throw tooLarge(object);
    }
    Deque<CompletableFuture<Long>> flying = new ArrayDeque<>();
    long offset = 0;
    try {
      for (Payload chunk = io.cluster().payloads().read(from, CHUNK);
          chunk != null;
          chunk = io.cluster().payloads().read(from, CHUNK)) {
        long length = chunk.length();
        if (offset + length > IoContext.OBJECT_BYTES_MAX) {
          chunk.close();
          throw tooLarge(object);
        }
        flying.add(
            counted(
                offset == 0 ? io.writeFull(object, chunk) : io.write(object, offset, chunk),
                length));
        offset += length;
        if (flying.size() >= CHUNKS_IN_FLIGHT) {
          Cluster.await(flying.poll());
        }
      }
      if (offset == 0) {
        flying.add(io.writeFull(object, new byte[0]));
      }
    } finally {
      awaitAll(flying);
    }
    return offset;
  }

  private RadosException tooLarge(String object) {
    return new RadosException(Errno.EFBIG, "writing " + io.poolName() + "/" + object);
  }

  /** Adds a whole file or stream to the end of an object, step by step. */
  public long append(String object, ReadableByteChannel from) throws IOException {
    long done = 0;
    Payload chunk = io.cluster().payloads().read(from, CHUNK);
    while (chunk != null) {
      long length = chunk.length();
      Cluster.await(counted(io.append(object, chunk), length));
      done += length;
      chunk = io.cluster().payloads().read(from, CHUNK);
    }
    if (done == 0) {
      Cluster.await(io.append(object, io.cluster().payloads().copyOf(ByteBuffer.allocate(0))));
    }
    return done;
  }

  /**
   * Writes a whole object to a file or stream. What goes to a {@link SpliceFile} passes through
   * pipes, all else through memory.
   *
   * @param to asked for its channel once the first bytes are there, so that a missing object leaves
   *     no file
   * @return bytes written
   */
  public long get(String object, ChannelSource to) throws IOException {
    Deque<CompletableFuture<Chunk>> flying = new ArrayDeque<>();
    Chunks chunks = new Chunks(io, to.splices());
    long asked = 0;
    long offset = 0;
    WritableByteChannel out = null;
    try {
      flying.add(chunks.read(object, asked, CHUNK));
      asked += CHUNK;
      while (true) {
        try (Chunk chunk = Cluster.await(flying.poll())) {
          if (out == null) {
            out = to.open();
          }
          int count = chunk.length();
          for (; count == CHUNK && flying.size() < CHUNKS_IN_FLIGHT - 1; asked += CHUNK) {
            flying.add(chunks.read(object, asked, CHUNK)); // meanwhile
          }
          chunk.writeTo(out);
          offset += count;
          progress.accept(count);
          if (count < CHUNK) {
            return offset;
          }
        }
      }
    } finally {
      Chunk.drop(flying);
    }
  }

  /** Opens the output when it is needed. */
  @FunctionalInterface
  public interface ChannelSource {
    WritableByteChannel open() throws IOException;

    /** True when {@link #open} will give a {@link SpliceFile}. */
    default boolean splices() {
      return false;
    }
  }

  private CompletableFuture<Long> counted(CompletableFuture<Long> write, long length) {
    return write.whenComplete(
        (version, error) -> {
          if (error == null) {
            progress.accept(length);
          }
        });
  }

  /** Waits for all; throws what the first failed with. */
  static void awaitAll(Deque<? extends CompletableFuture<?>> flying) throws RadosException {
    RadosException first = null;
    for (CompletableFuture<?> one : flying) {
      try {
        Cluster.await(one);
      } catch (RadosException e) {
        first = first == null ? e : first;
      }
    }
    flying.clear();
    if (first != null) {
      throw first;
    }
  }
}
