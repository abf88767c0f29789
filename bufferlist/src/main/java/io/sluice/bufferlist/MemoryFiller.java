package io.sluice.bufferlist;

import java.nio.ByteBuffer;

/**
 * Reads from an endpoint into page-aligned memory where splice does not pay or cannot be: one copy
 * by the kernel, counted, and good for O_DIRECT from there.
 *
 * <p><b>Threads:</b> its {@link SpliceReader}'s owner. <b>Owns</b> the chunk being filled until
 * {@link #close}.
 */
final class MemoryFiller {
  private static final int CHUNK = 1 << 20;

  /** Of all readers of the process: 64 chunks; without one, heap through a transfer buffer. */
  private static final DirectBuffers CHUNKS = new DirectBuffers(64L << 20);

  private final Sys sys;
  private final CopyMeter meter;
  private final Endpoint from;
  private final BufferList to;
  private ByteBuffer chunk = ByteBuffer.allocate(0);
  private MemorySegment whole;
  private long address;
  private int start;
  private int end;

  MemoryFiller(Sys sys, CopyMeter meter, Endpoint from, BufferList to) {
    this.sys = sys;
    this.meter = meter;
    this.from = from;
    this.to = to;
  }

  /**
   * One call's worth.
   *
   * @param moved bytes of the endpoint that were taken before
   * @return bytes, 0 = ended, or -errno
   */
  long fill(long moved, long wanted) {
    if (end == chunk.capacity()) {
      nextChunk((int) Math.min(wanted, CHUNK));
    }
    int room = (int) Math.min(wanted, chunk.capacity() - end);
    int block = from.alignment();
    int skip = from.isFile() ? (int) ((from.offset() + moved) % block) : 0;
    boolean inPlace = chunk.isDirect() && skip == 0 && room % block == 0 && end % block == 0;
    long count = inPlace ? read(address + end, room, moved) : copied(moved, room, skip);
    if (count > 0) {
      end += (int) count;
      meter.copied(CopyMeter.Copy.RECV, count);
    }
    return count;
  }

  private void nextChunk(int size) {
    close();
    DirectBuffer lease = CHUNKS.tryAcquire(size);
    if (lease == null) {
      chunk = ByteBuffer.allocate(size);
      whole = MemorySegment.wrap(chunk);
    } else {
      chunk = lease.buffer();
      address = lease.address();
      whole = lease.claimSegment(0, size);
    }
    start = 0;
    end = 0;
  }

  private long read(long where, int count, long moved) {
    if (from.isFile()) {
      return sys.pread(from.fd(), where, count, from.offset() + moved);
    }
    return from.kind() == Endpoint.Kind.SOCKET
        ? sys.recv(from.fd(), where, count, Sys.MSG_DONTWAIT)
        : sys.read(from.fd(), where, count);
  }

  /** Whole blocks of the file into the transfer buffer, and from there what was asked for. */
  private long copied(long moved, int room, int skip) {
    TransferBuffer transfer = TransferBuffer.get();
    int block = from.alignment();
    int blocks = Math.min(TransferBuffer.BYTES, (skip + room + block - 1) / block * block);
    long got = read(transfer.address(), from.isFile() ? blocks : room, moved - skip);
    int count = (int) Math.min(room, got < 0 ? got : Math.max(0, got - skip));
    if (count > 0) {
      chunk.put(end, transfer.range(0, skip + count), skip, count);
    }
    return count;
  }

  /** What was read goes to the list; the rest of the chunk is filled on. */
  void end() {
    if (end > start) {
      to.claimAppend(whole.share(start, end - start));
      start = end;
    }
  }

  /** The same, and the chunk goes back with the last segment over it. */
  void close() {
    end();
    if (whole != null) {
      whole.release();
      whole = null;
      chunk = ByteBuffer.allocate(0);
      start = 0;
      end = 0;
    }
  }
}
