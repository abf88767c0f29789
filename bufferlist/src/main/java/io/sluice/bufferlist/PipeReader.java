package io.sluice.bufferlist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Consumes the bytes of a {@link PipeSegment} that was counted to hold them: into a file, or into
 * memory.
 */
final class PipeReader {
  private PipeReader() {}

  /**
   * Moves {@code count} bytes from the head of the pipe to {@code offset} of a tmpfs file; a copy
   * by the CPU.
   */
  static void spliceInto(Sys sys, PipeSegment from, int fd, long offset, long count)
      throws IOException {
    long done = 0;
    while (done < count) {
      long moved =
          sys.splice(
              from.lease().readEnd(), -1, fd, offset + done, count - done, Sys.SPLICE_F_MOVE);
      if (moved != -Sys.EINTR) {
        done += took(sys, from, "splice", moved);
      }
    }
  }

  /**
   * Reads {@code to.length - at} bytes, or as many as the pipe holds; returns how many. A copy,
   * counted.
   */
  static int readInto(Sys sys, PipeSegment from, byte[] to, int at) throws IOException {
    TransferBuffer transfer = TransferBuffer.get();
    int wanted = (int) Math.min(from.length(), to.length - at);
    int done = 0;
    while (done < wanted) {
      int room = Math.min(TransferBuffer.BYTES, wanted - done);
      long count = sys.read(from.lease().readEnd(), transfer.address(), room);
      if (count != -Sys.EINTR) {
        ByteBuffer bytes = transfer.first((int) took(sys, from, "read of a pipe", count));
        int length = bytes.remaining();
        bytes.get(to, at + done, length);
        done += length;
      }
    }
    from.meter().copied(CopyMeter.Copy.RECV, done);
    return done;
  }

  /**
   * Turns a pipe of the list into memory, at its place: one thread does, any that look.
   *
   * @throws UncheckedIOException the pipe could not be read, and is closed when it is released;
   *     what came before is memory in front of it
   */
  static MemorySegment drain(BufferList list, int index, PipeSegment from, Inspection reason) {
    synchronized (list) {
      Tripwire.touch(reason);
      byte[] bytes = new byte[Math.toIntExact(from.length())];
      try {
        readInto(from.lease().pool().sys(), from, bytes, 0);
      } catch (IOException e) {
        from.lease().taint();
        int done = bytes.length - (int) from.length();
        if (done > 0) {
          list.changing().add(index, MemorySegment.wrap(ByteBuffer.wrap(bytes, 0, done)));
        }
        throw new UncheckedIOException(e);
      }
      from.meter().mapped(reason, bytes.length);
      MemorySegment memory = MemorySegment.wrap(ByteBuffer.wrap(bytes));
      list.replace(index, memory); // before anything of the pipe can fail
      from.end();
      return memory;
    }
  }

  private static long took(Sys sys, PipeSegment from, String call, long count) throws IOException {
    if (count <= 0) {
      // Also EAGAIN: the pipe holds fewer bytes than were counted into it.
      throw new SystemCallException(
          sys, call + " with " + from.length() + " bytes to come", (int) -count);
    }
    from.taken(count);
    return count;
  }
}
