package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MemfdBuffer;
import io.sluice.bufferlist.MemfdPool;
import io.sluice.bufferlist.SpliceReader;
import io.sluice.bufferlist.Sys;
import io.sluice.messenger.IncomingMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes payloads: small ones in memory, large ones in memory files, from which the kernel sends
 * whole pages.
 *
 * <p>A file is copied into the memory file once, by the kernel; from there nobody in user space
 * moves its bytes again, and the checksums are of that copy, not of a file that somebody may be
 * changing.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> the pools.
 */
public final class Payloads implements AutoCloseable {
  /** From here on pages are worth their system calls; OSDs draw the line in the same place. */
  public static final int PAGES_FROM = SpliceReader.PIPES_FROM;

  /** The usual object size of a stripe: a write of one object is one buffer. */
  static final int LARGE = 4 << 20;

  private static final int MEDIUM = 256 << 10;

  /**
   * 256 MiB of large buffers (16 writes of 16 MiB) and 16 MiB of medium ones, made when they are
   * needed; beyond that payloads are plain memory, which no disk takes without a copy.
   */
  static final int LARGE_COUNT = 64;

  private static final int MEDIUM_COUNT = 64;

  private final MemfdPool large;
  private final MemfdPool medium;

  public Payloads(Sys sys, CopyMeter meter) {
    large = new MemfdPool(sys, meter, LARGE, LARGE_COUNT);
    medium = new MemfdPool(sys, meter, MEDIUM, MEDIUM_COUNT);
  }

  /** A snapshot of the buffer's remaining bytes, which may change afterwards. */
  public Payload copyOf(ByteBuffer bytes) {
    ByteBuffer from = bytes.duplicate();
    List<Payload.Part> parts = new ArrayList<>();
    while (from.hasRemaining()) {
      int count = Math.min(from.remaining(), LARGE);
      MemfdBuffer lease = tryLease(count);
      ByteBuffer to = lease == null ? ByteBuffer.allocate(count) : lease.buffer();
      to.put(from.slice(from.position(), count));
      from.position(from.position() + count);
      parts.add(new Payload.Part(to.flip(), lease));
    }
    return new Payload(parts);
  }

  /**
   * The next bytes of a file or stream, as many as there are up to {@code max}; blocks until it has
   * them.
   *
   * @return null at the end
   */
  public Payload read(ReadableByteChannel from, int max) throws IOException {
    List<Payload.Part> parts = new ArrayList<>();
    int left = max;
    try {
      while (left > 0) {
        int count = Math.min(left, LARGE);
        MemfdBuffer lease = tryLease(count);
        ByteBuffer to =
            lease == null ? ByteBuffer.allocateDirect(count) : lease.buffer().limit(count);
        parts.add(new Payload.Part(to, lease));
        boolean more = fill(from, to);
        to.flip();
        left -= to.remaining();
        if (!more) {
          break;
        }
      }
    } catch (IOException | RuntimeException e) {
      new Payload(parts).close();
      throw e;
    }
    Payload payload = new Payload(parts);
    if (payload.length() == 0) {
      payload.close();
      return null;
    }
    return payload;
  }

  private static boolean fill(ReadableByteChannel from, ByteBuffer to) throws IOException {
    while (to.hasRemaining()) {
      if (from.read(to) < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Memory of the library's for a caller who writes from it and reads into it without a copy.
   *
   * @param capacity bytes, at most {@link LeasedBuffer#BYTES_MAX}
   * @return the caller's to close
   */
  public LeasedBuffer lease(int capacity) {
    return new LeasedBuffer(this, capacity);
  }

  /** Null when there is none left, or so little is not worth pages. */
  MemfdBuffer tryLease(int count) {
    if (count < PAGES_FROM) {
      return null;
    }
    return (count <= MEDIUM ? medium : large).tryAcquire();
  }

  /** The data segment of a small reply. */
  static byte[] bytesOf(IncomingMessage message) {
    int length =
        Math.toIntExact(message.runs().stream().mapToLong(run -> run.bytes().length()).sum());
    byte[] bytes = new byte[length];
    int at = 0;
    for (IncomingMessage.Run run : message.runs()) {
      byte[] part = plain(run.bytes());
      System.arraycopy(part, 0, bytes, at, part.length);
      at += part.length;
    }
    return bytes;
  }

  private static byte[] plain(BufferList list) {
    return list.toByteArray(null, Inspection.DECODE); // memory by plan: no pool is needed
  }

  @Override
  public void close() {
    large.close();
    medium.close();
  }
}
