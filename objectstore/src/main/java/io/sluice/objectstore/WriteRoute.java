package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.Segment;
import java.nio.ByteBuffer;

/**
 * Which way a list's bytes go to the data files; decided here, from how its segments lie, and
 * nowhere else.
 *
 * <p>[M] 4 MiB, socket to durable, CPU seconds per GB of the receiver: page cache 0.8-0.9; aligned
 * memory to O_DIRECT 0.22-0.38; pipe to O_DIRECT 0.10-0.19. So pages go as they came, pipes from
 * pipes and memory from memory, past the page cache; only odd bytes are gathered in an aligned
 * buffer first. Splice blocks its thread (io_uring would punt it to a kernel thread of its own), so
 * pipes have workers; memory needs none while it moves.
 */
enum WriteRoute {
  /** Spliced from pipes with O_DIRECT, by a worker. */
  PIPE_DIRECT,
  /** From where it lies, through the {@link IoQueue}: no thread waits for it. */
  MEMORY_DIRECT,
  /** Of several kinds, or not aligned: a worker takes each segment the cheapest way it can. */
  GATHERED,
  /** The file system has no O_DIRECT. */
  BUFFERED;

  static WriteRoute of(BufferList data, DataFiles files) {
    if (!files.direct()) {
      return BUFFERED;
    }
    boolean memory = data.length() > 0;
    boolean pipes = true;
    for (Segment segment : data.segments()) {
      memory &= isWholeBlocks(segment, files.alignment());
      pipes &= !(segment instanceof MemorySegment || segment instanceof FileSegment);
    }
    return memory ? MEMORY_DIRECT : pipes ? PIPE_DIRECT : GATHERED;
  }

  private static boolean isWholeBlocks(Segment segment, int alignment) {
    ByteBuffer bytes = memoryOf(segment);
    return bytes != null
        && bytes.isDirect()
        && bytes.remaining() % DiskExtent.BLOCK == 0
        && (DirectBuffers.addressOf(bytes) + bytes.position()) % alignment == 0;
  }

  /** The bytes where they lie, in memory or in a mapped file; or null. */
  static ByteBuffer memoryOf(Segment segment) {
    if (segment instanceof FileSegment file) {
      return file.mapped();
    }
    return segment instanceof MemorySegment memory ? memory.buffer() : null;
  }
}
