package io.sluice.messenger;

import io.netty.channel.unix.Buffer;
import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.Sys;
import java.nio.ByteBuffer;

/**
 * Receives into fresh memory: one heap array when small, page-aligned direct chunks when large, each taken
 * only when bytes for it arrive.
 */
final class MemoryRun implements RunReceiver {
  private final ReceiveContext context;
  private final long length;
  private final BlockChecksums checksums;
  private final BufferList received = new BufferList();
  private long left;
  private ReceiveChunk chunk;

  MemoryRun(ReceiveContext context, long length) {
    this.context = context;
    this.length = length;
    this.left = length;
    this.checksums = new BlockChecksums(length);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public long remaining() {
    return left;
  }

  @Override
  public void take(ByteBuffer bytes) {
    while (left > 0 && bytes.hasRemaining()) {
      openChunk(true);
      int count = Math.min(bytes.remaining(), chunk.room());
      chunk.memory().put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      arrived(count);
    }
  }

  @Override
  public long receive(int socket, long most) {
    if (!openChunk(false)) {
      return NO_MEMORY;
    }
    int room = (int) Math.min(Math.min(most, chunk.room()), MessengerLimits.RECV_MAX);
    ByteBuffer memory = chunk.memory();
    if (memory.isDirect()) {
      long count = context.sys().recv(socket, chunk.address() + memory.position(), room, Sys.MSG_DONTWAIT);
      if (count > 0) {
        memory.position(memory.position() + (int) count);
        arrived((int) count);
      }
      return count;
    }
    ByteBuffer staging = context.memory().inbound();
    long count = context.sys().recv(socket, context.memory().inboundAddress(), room, Sys.MSG_DONTWAIT);
    if (count > 0) {
      memory.put(staging.limit((int) count));
      arrived((int) count);
    }
    return count;
  }

  private void arrived(int count) {
    ByteBuffer memory = chunk.memory();
    int end = memory.position();
    checksums.update(memory.duplicate().position(end - count).limit(end));
    left -= count;
    if (chunk.room() == 0) {
      received.claimAppend(chunk.claim());
      chunk = null;
    }
  }

  private boolean openChunk(boolean must) {
    if (chunk == null) {
      int size = (int) Math.min(left, MessengerLimits.MEMORY_CHUNK);
      chunk = size <= MessengerLimits.SMALL_DATA ? ReceiveChunk.heap(size) : context.chunk(size, must);
    }
    return chunk != null;
  }

  @Override
  public int crc() {
    return checksums.combined();
  }

  @Override
  public IncomingMessage.Run claim() {
    if (length >= MessengerLimits.COPY_COUNTED_MIN) {
      context.meter().copied(CopyMeter.Copy.RECV, length);
    }
    return new IncomingMessage.Run(received, checksums.vector());
  }

  @Override
  public void discard() {
    if (chunk != null) {
      chunk.claim().release();
      chunk = null;
    }
    received.close();
  }
}
