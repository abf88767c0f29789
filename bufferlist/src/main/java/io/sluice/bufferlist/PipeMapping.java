package io.sluice.bufferlist;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a pipe, copied by the kernel into a tmpfs file of their own and mapped read-only.
 *
 * <pre>
 *   pipe --tee--> spare --splice--> memfd --mmap--> view
 * </pre>
 *
 * Without memfd_create the file is an unlinked one on tmpfs ({@code look_tmpfs}); without that the
 * bytes are read into memory ({@code look_memory}).
 *
 * <p><b>Owns</b> the mapping; its file is closed as soon as it is mapped.
 */
final class PipeMapping implements AutoCloseable {
  private final Mapping mapping;
  private final ByteBuffer bytes;

  private PipeMapping(Mapping mapping, ByteBuffer bytes) {
    this.mapping = mapping;
    this.bytes = bytes;
  }

  /** Null when a pipe is not to be had, or the bytes cannot be read out of it (counted). */
  static PipeMapping tryOpen(PipeSegment segment, Inspection reason) {
    PipePool pool = segment.lease().pool();
    Pipe[] spare = pool.tryAcquire(1, segment.meter());
    if (spare == null) {
      return null;
    }
    PipeSegment twin = segment.twinToLook(spare[0]);
    if (twin == null) {
      return null;
    }
    try {
      int length = Math.toIntExact(twin.length());
      PipeMapping mapped = copy(pool.sys(), twin);
      segment.meter().mapped(reason, length);
      return mapped;
    } catch (IOException e) {
      segment.meter().fallback("map_failed");
      return null;
    } finally {
      twin.release();
    }
  }

  private static PipeMapping copy(Sys sys, PipeSegment from) throws IOException {
    int length = Math.toIntExact(from.length());
    int fd = length == 0 ? -Sys.EINVAL : LookFile.open(sys, from.meter());
    if (fd < 0) {
      return read(sys, from, 0, null);
    }
    try {
      PipeReader.spliceInto(sys, from, fd, 0, length);
      Mapping mapping = Mapping.of(sys, fd, length, Mapping.PROT_READ);
      from.meter().copied(CopyMeter.Copy.MEMFD_WINDOW, length);
      return new PipeMapping(mapping, mapping.buffer());
    } catch (SystemCallException e) {
      // No room on tmpfs, or no mapping: what is in the file and what is left in the pipe.
      return read(sys, from, length - (int) from.length(), fd);
    } finally {
      LookFile.close(sys, fd);
    }
  }

  /**
   * @param inFile so many bytes are in the file {@code fd} already
   */
  private static PipeMapping read(Sys sys, PipeSegment from, int inFile, Integer fd)
      throws IOException {
    from.meter().fallback("look_memory");
    byte[] bytes = new byte[inFile + (int) from.length()];
    TransferBuffer transfer = TransferBuffer.get();
    for (int done = 0; done < inFile; ) {
      int room = Math.min(TransferBuffer.BYTES, inFile - done);
      long count = sys.pread(fd, transfer.address(), room, done);
      if (count == -Sys.EINTR) {
        continue;
      }
      if (count <= 0) {
        throw new SystemCallException(sys, "pread of a look", (int) -count);
      }
      transfer.first((int) count).get(bytes, done, (int) count);
      done += (int) count;
    }
    PipeReader.readInto(sys, from, bytes, inFile);
    return new PipeMapping(null, ByteBuffer.wrap(bytes));
  }

  ByteBuffer slice(int offset, int count) {
    return bytes.slice(offset, count).asReadOnlyBuffer();
  }

  @Override
  public void close() {
    if (mapping != null) {
      mapping.close();
    }
  }
}
