package io.sluice.messenger;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffer;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.MemfdBuffer;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;

/**
 * What the receivers of one connection draw on: system calls, the loop's memory, and the
 * messenger's pools, within the share that such a peer may have.
 */
final class ReceiveContext {
  private final PipePool pipes;
  private final DirectBuffers buffers;
  private final ReceiveSlots slots;
  private final LoopMemory memory;
  private final CopyMeter meter;
  private final boolean client;

  /** Of a peer that is not known yet: what it sends is counted in total only. */
  ReceiveContext(PipePool pipes, DirectBuffers buffers, ReceiveSlots slots, LoopMemory memory) {
    this.pipes = pipes;
    this.buffers = buffers;
    this.slots = slots;
    this.memory = memory;
    this.meter = pipes.meter();
    this.client = false;
  }

  private ReceiveContext(ReceiveContext of, CopyMeter meter, boolean client) {
    this.pipes = of.pipes;
    this.buffers = of.buffers;
    this.slots = of.slots;
    this.memory = of.memory;
    this.meter = meter;
    this.client = client;
  }

  /**
   * For a peer that has said who it is.
   *
   * @param isClient it waits where a daemon of ours never does
   * @param connection counts what comes from it
   */
  ReceiveContext of(boolean isClient, CopyMeter connection) {
    return new ReceiveContext(this, connection, isClient);
  }

  /** For one message, with another who counts beside the connection; null = nobody. */
  ReceiveContext paidBy(CopyMeter payer) {
    return payer == null ? this : new ReceiveContext(this, meter.together(payer), client);
  }

  Sys sys() {
    return pipes.sys();
  }

  /** Whoever pays for what is received. */
  CopyMeter meter() {
    return meter;
  }

  LoopMemory memory() {
    return memory;
  }

  PipePool pipes() {
    return pipes;
  }

  Pipe[] tryAcquirePipes(int count) {
    return client ? pipes.tryAcquireForClient(count, meter) : pipes.tryAcquire(count, meter);
  }

  /**
   * Memory of {@code size} bytes; of a client's payload, which may have to be sent on, in a slot
   * when there is one. Two daemons that wait for memory could wait for each other: only a client
   * waits (null) when the pool is spent, and only where it {@code must} not have it.
   */
  ReceiveChunk chunk(int size, boolean must, boolean inSlots) {
    MemfdBuffer slot = client && inSlots ? slots.tryAcquire(size) : null;
    if (slot != null) {
      return ReceiveChunk.slot(slot, size);
    }
    DirectBuffer lease = buffers.tryAcquire(size);
    if (lease != null) {
      return ReceiveChunk.leased(lease);
    }
    meter().fallback("no_buffer");
    return client && !must ? null : ReceiveChunk.unpooled(size);
  }
}
