package io.sluice.client;

import io.sluice.protocol.Errno;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/**
 * Keeps files of any size as objects of 4 MiB.
 *
 * <pre>
 * NAME.0000000000000000, NAME.0000000000000001, ...   4 MiB each, the last one shorter
 * attributes of the first (the names and layout that libradosstriper uses, numbers in ASCII):
 *   striper.size, striper.layout.object_size, striper.layout.stripe_unit, striper.layout.stripe_count
 * </pre>
 *
 * <p><b>Invariant:</b> {@code striper.size} is there only while all the objects are: it goes before
 * a file is replaced and comes last, so an interrupted put leaves no file rather than a mixed one.
 *
 * <p><b>Threads:</b> one owner, not the client's loop: everything here blocks.
 */
public final class StripedFiles {
  private static final int PART = ObjectFiles.CHUNK;

  /**
   * Two keep disks and sockets busy; more only use up the pipes, of which an ordinary user has few.
   */
  private static final int PARTS_IN_FLIGHT = 2;

  /** Each has a buffer of 4 MiB here. */
  private static final int READS_IN_FLIGHT = 4;

  /** Each takes four pipes. */
  private static final int PIPED_READS_IN_FLIGHT = 2;

  private static final String SIZE = "striper.size";

  private final IoContext io;
  private final LongConsumer progress;

  /**
   * @param progress told of bytes done, as they are
   */
  public StripedFiles(IoContext io, LongConsumer progress) {
    this.io = io;
    this.progress = progress;
  }

  /** The name of an object of a file. */
  static String part(String name, long index) {
    return String.format("%s.%016x", name, index);
  }

  /** How many objects a file of that size has; an empty one has one. */
  static long parts(long size) {
    return Math.max(1, (size + PART - 1) / PART);
  }

  /** Stores everything that the channel has. Returns the number of bytes. */
  public long put(String name, ReadableByteChannel from) throws IOException {
    long oldSize = forget(name);
    Deque<CompletableFuture<?>> flying = new ArrayDeque<>();
    long size = 0;
    try {
      Payload bytes = io.cluster().payloads().read(from, PART);
      while (bytes != null) {
        long length = bytes.length();
        flying.add(
            io.writeFull(part(name, size / PART), bytes).thenRun(() -> progress.accept(length)));
        size += length;
        if (flying.size() >= PARTS_IN_FLIGHT) {
          Cluster.await(flying.poll());
        }
        bytes = io.cluster().payloads().read(from, PART);
      }
      if (size == 0) {
        flying.add(io.writeFull(part(name, 0), new byte[0]));
      }
    } finally {
      ObjectFiles.awaitAll(flying);
    }
    removeParts(name, parts(size), parts(oldSize));
    describe(name, size);
    return size;
  }

  /** Takes the size away; returns what it was, 0 for no such file. */
  private long forget(String name) throws RadosException {
    try {
      long size = size(name);
      Cluster.await(io.removeXattr(part(name, 0), SIZE));
      return size;
    } catch (RadosException e) {
      if (isAbsent(e)) {
        return 0;
      }
      throw e;
    }
  }

  private static boolean isAbsent(RadosException e) {
    return e.is(Errno.ENOENT) || e.is(Errno.ENODATA);
  }

  private void describe(String name, long size) throws RadosException {
    set(name, "striper.layout.object_size", PART);
    set(name, "striper.layout.stripe_unit", PART);
    set(name, "striper.layout.stripe_count", 1);
    set(name, SIZE, size);
  }

  private void set(String name, String attribute, long value) throws RadosException {
    byte[] ascii = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    Cluster.await(io.setXattr(part(name, 0), attribute, ascii));
  }

  /**
   * The size of a file.
   *
   * @throws RadosException ENOENT when there is none, ENODATA when it was never finished
   */
  public long size(String name) throws RadosException {
    byte[] ascii = Cluster.await(io.xattr(part(name, 0), SIZE));
    try {
      return Long.parseLong(new String(ascii, StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw new RadosException(Errno.EIO, "reading the size of " + io.poolName() + "/" + name);
    }
  }

  /** Writes a whole file to the channel. Returns the number of bytes. */
  public long get(String name, ObjectFiles.ChannelSource to) throws IOException {
    long size = size(name);
    WritableByteChannel out = to.open();
    Chunks chunks = new Chunks(io, to.splices());
    int inFlight = to.splices() ? PIPED_READS_IN_FLIGHT : READS_IN_FLIGHT;
    Deque<CompletableFuture<Chunk>> flying = new ArrayDeque<>();
    long asked = 0;
    long written = 0;
    try {
      while (written < size) {
        while (asked < size && flying.size() < inFlight) {
          int expected = (int) Math.min(PART, size - asked);
          flying.add(chunks.read(part(name, asked / PART), 0, expected));
          asked += expected;
        }
        try (Chunk chunk = Cluster.await(flying.poll())) {
          if (chunk.length() != Math.min(PART, size - written)) {
            throw new RadosException(
                Errno.EIO,
                "reading " + io.poolName() + "/" + name + " (an object of it is cut short)");
          }
          chunk.writeTo(out);
          written += chunk.length();
          progress.accept(chunk.length());
        }
      }
    } finally {
      Chunk.drop(flying); // nobody may write to a buffer we have left
    }
    return size;
  }

  /** Removes the file, size first. */
  public void remove(String name) throws RadosException {
    long size = size(name);
    Cluster.await(io.removeXattr(part(name, 0), SIZE));
    removeParts(name, 0, parts(size));
  }

  private void removeParts(String name, long from, long to) throws RadosException {
    for (long index = from; index < to; index++) {
      try {
        Cluster.await(io.remove(part(name, index)));
      } catch (RadosException e) {
        if (!e.is(Errno.ENOENT)) {
          throw e;
        }
      }
    }
  }
}
