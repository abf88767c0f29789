package io.sluice.bufferlist;

import java.nio.ByteBuffer;

/**
 * A thread's piece of native memory through which bytes of pipes and files reach heap arrays.
 *
 * <p><b>Threads:</b> one each; good until the thread's next inspection.
 */
final class TransferBuffer {
  /** Stays in the second-level cache between the kernel's copy and ours. */
  static final int BYTES = 256 << 10;

  private static final ThreadLocal<TransferBuffer> OF_THREAD =
      ThreadLocal.withInitial(TransferBuffer::new);

  /** Page-aligned, so that a file opened with O_DIRECT can be read through it. */
  private final ByteBuffer memory = DirectBuffers.pages(BYTES);

  private final long address = DirectBuffers.addressOf(memory);

  private TransferBuffer() {}

  static TransferBuffer get() {
    return OF_THREAD.get();
  }

  long address() {
    return address;
  }

  /** The bytes {@code [from, from+count)}. */
  ByteBuffer range(int from, int count) {
    return memory.clear().position(from).limit(from + count);
  }

  /** The first {@code count} bytes. */
  ByteBuffer first(int count) {
    return memory.clear().limit(count);
  }
}
