package io.sluice.bufferlist;

import io.sluice.bufferlist.Resources.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a pipe, copied by the kernel into a tmpfs file of their own and mapped read-only.
 *
 * <pre>
 *   pipe --tee--> spare --splice--> memfd --mmap--> view
 * </pre>
 *
 * <b>Owns</b> the mapping; the memfd is closed as soon as it is mapped.
 */
final class PipeMapping implements AutoCloseable {
  private static final int MFD_CLOEXEC = 1;

  private final Mapping mapping;
  private final int length;

  private PipeMapping(Mapping mapping, int length) {
    this.mapping = mapping;
    this.length = length;
  }

  /** Null when a pipe or memfd is not to be had (counted). */
  static PipeMapping tryOpen(PipeSegment segment, Inspection reason) {
    PipePool pool = segment.pipe().pool();
    Pipe[] spare = pool.tryAcquire(1);
    if (spare == null) {
      return null;
    }
    PipeSegment twin = segment.twinInto(spare[0]);
    if (twin == null) {
      return null;
    }
    try {
      int length = Math.toIntExact(twin.length());
      PipeMapping mapped = new PipeMapping(copy(pool.sys(), twin), length);
      pool.meter().mapped(reason, length);
      pool.meter().copied(CopyMeter.Copy.MEMFD_WINDOW, length);
      return mapped;
    } catch (IOException e) {
      pool.meter().fallback("map_failed");
      return null;
    } finally {
      twin.release();
    }
  }

  private static Mapping copy(Sys sys, PipeSegment from) throws IOException {
    int length = Math.toIntExact(from.length());
    int memfd =
        (int)
            SystemCallException.check(
                sys, "memfd_create", sys.memfdCreate("sluice-map", MFD_CLOEXEC));
    Resources.opened(Kind.MEMFD);
    try {
      PipeReader.spliceInto(sys, from, memfd, 0, length);
      return Mapping.of(sys, memfd, length, Mapping.PROT_READ);
    } finally {
      sys.close(memfd);
      Resources.closed(Kind.MEMFD);
    }
  }

  /** The bytes that are left when the head has been consumed. */
  ByteBuffer last(long count) {
    return mapping.buffer().slice(length - (int) count, (int) count).asReadOnlyBuffer();
  }

  @Override
  public void close() {
    mapping.close();
  }
}
