package io.sluice.messenger;

import io.netty.channel.unix.Buffer;
import io.sluice.bufferlist.DirectBuffer;
import io.sluice.bufferlist.MemfdBuffer;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.Segment;
import java.nio.ByteBuffer;

/** A piece of memory being filled from a socket; becomes a segment when full. */
final class ReceiveChunk {
  private final ByteBuffer memory;
  private final long address;
  private final DirectBuffer lease;
  private final MemfdBuffer slot;

  private ReceiveChunk(ByteBuffer memory, long address, DirectBuffer lease, MemfdBuffer slot) {
    this.memory = memory;
    this.address = address;
    this.lease = lease;
    this.slot = slot;
  }

  static ReceiveChunk heap(int size) {
    return new ReceiveChunk(ByteBuffer.allocate(size), 0, null, null);
  }

  /** Of a pool. */
  static ReceiveChunk leased(DirectBuffer lease) {
    return new ReceiveChunk(lease.buffer(), lease.address(), lease, null);
  }

  /** Memory that can be sent on as pages. */
  static ReceiveChunk slot(MemfdBuffer slot, int size) {
    return new ReceiveChunk(slot.buffer().limit(size), slot.address(), null, slot);
  }

  /** Outside any pool, left to the garbage collector. */
  static ReceiveChunk unpooled(int size) {
    ByteBuffer memory = ByteBuffer.allocateDirect(size + PAGE).alignedSlice(PAGE).slice(0, size);
    return new ReceiveChunk(memory, Buffer.memoryAddress(memory), null, null);
  }

  private static final int PAGE = 4096;

  /** Position: how far it is filled. Limit: the size asked for. */
  ByteBuffer memory() {
    return memory;
  }

  /** Of index 0, for direct memory. */
  long address() {
    return address;
  }

  int room() {
    return memory.remaining();
  }

  /** The bytes so far, as a segment of the caller's. */
  Segment claim() {
    int count = memory.position();
    if (slot != null) {
      Segment pages = slot.segment(0, count);
      slot.release();
      return pages;
    }
    return lease != null
        ? lease.claimSegment(0, count)
        : MemorySegment.wrap(memory.slice(0, count));
  }
}
