package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A thread's small piece of native memory for what system calls take and return by pointer.
 *
 * <p><b>Threads:</b> one each. What lies in it is good until the thread's next call of {@link
 * Linux}.
 */
final class Scratch {
  /**
   * Holds a struct statx (256) and a struct tcp_info (about 250 today; longer ones are cut by the
   * kernel).
   */
  private static final int BYTES = 512;

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private final ByteBuffer memory = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
  private final long address = DirectBuffers.addressOf(memory);

  private Scratch() {}

  static Scratch get() {
    return OF_THREAD.get();
  }

  int size() {
    return BYTES;
  }

  long address() {
    return address;
  }

  long address(int at) {
    return address + at;
  }

  int getInt(int at) {
    return memory.getInt(at);
  }

  Scratch putInt(int at, int value) {
    memory.putInt(at, value);
    return this;
  }

  Scratch putLong(int at, long value) {
    memory.putLong(at, value);
    return this;
  }

  /** {@code value} where a {@code loff_t *} is wanted. */
  long pointerTo(int at, long value) {
    memory.putLong(at, value);
    return address + at;
  }

  void clear(int bytes) {
    for (int at = 0; at < bytes; at += Long.BYTES) {
      memory.putLong(at, 0);
    }
  }
}
