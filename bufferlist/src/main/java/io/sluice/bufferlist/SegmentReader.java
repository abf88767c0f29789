package io.sluice.bufferlist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Looks at the bytes of segments, each kind in its way, and counts what that cost. Consumes
 * nothing.
 */
final class SegmentReader {
  /** Takes a file's bytes piece by piece. */
  interface Sink {
    void accept(ByteBuffer bytes);
  }

  private SegmentReader() {}

  static void copy(MemorySegment from, byte[] to, int at) {
    ByteBuffer bytes = from.buffer();
    bytes.get(to, at, bytes.remaining());
  }

  static void copy(Sys sys, FileSegment from, byte[] to, int at) {
    int[] next = {at};
    read(
        sys,
        from,
        bytes -> {
          int count = bytes.remaining();
          bytes.get(to, next[0], count);
          next[0] += count;
        });
  }

  /** False, and nothing was copied, when the pipe could not be tee'd (counted). */
  static boolean copy(PipeSegment from, byte[] to, int at, Inspection reason) {
    if (from.isMapped()) {
      ByteBuffer bytes = from.map(reason);
      bytes.get(to, at, bytes.remaining());
      return true;
    }
    Tripwire.touch(reason);
    PipePool pool = from.lease().pool();
    Pipe[] spare = pool.tryAcquire(1, from.meter());
    PipeSegment twin = spare == null ? null : from.twinToLook(spare[0]);
    if (twin == null) {
      return false;
    }
    try {
      long length = twin.length();
      PipeReader.readInto(pool.sys(), twin, to, at);
      from.meter().mapped(reason, length);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      twin.release();
    }
  }

  /** CRC-32C with a raw seed. */
  static int crc32c(int seed, Sys sys, FileSegment from) {
    int[] crc = {seed};
    read(sys, from, bytes -> crc[0] = Crc32c.update(crc[0], bytes));
    return crc[0];
  }

  /** Piece by piece; a mapped file in one. */
  static void read(Sys sys, FileSegment from, Sink sink) {
    ByteBuffer mapped = from.mapped();
    if (mapped != null) {
      sink.accept(mapped);
      return;
    }
    TransferBuffer transfer = TransferBuffer.get();
    long done = 0;
    while (done < from.length()) {
      long room = Math.min(TransferBuffer.BYTES, from.length() - done);
      long count = sys.pread(from.fd(), transfer.address(), room, from.offset() + done);
      if (count == -Sys.EINTR) {
        continue;
      }
      if (count <= 0) {
        throw new UncheckedIOException(
            new SystemCallException(sys, "pread of " + from, (int) -count));
      }
      sink.accept(transfer.first((int) count));
      done += count;
    }
  }
}
