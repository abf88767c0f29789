package io.sluice.bufferlist;

import java.nio.ByteBuffer;

/**
 * Reads from an endpoint into heap memory where splice does not pay or cannot be: a copy, counted.
 *
 * <p><b>Threads:</b> its {@link SpliceReader}'s owner.
 */
final class MemoryFiller {
  private final Sys sys;
  private final CopyMeter meter;
  private final Endpoint from;
  private final BufferList to;
  private byte[] bytes = {};
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
    if (end == bytes.length) {
      end();
      bytes = new byte[(int) Math.min(wanted, TransferBuffer.BYTES)];
      start = 0;
      end = 0;
    }
    int room = (int) Math.min(wanted, bytes.length - end);
    TransferBuffer transfer = TransferBuffer.get();
    long count;
    int skip = 0;
    if (from.isFile()) {
      long offset = from.offset() + moved;
      skip = (int) (offset % from.alignment());
      int whole = (skip + room + from.alignment() - 1) / from.alignment() * from.alignment();
      whole = Math.min(whole, TransferBuffer.BYTES);
      count = sys.pread(from.fd(), transfer.address(), whole, offset - skip);
      count = count < 0 ? count : Math.min(room, Math.max(0, count - skip));
    } else if (from.kind() == Endpoint.Kind.SOCKET) {
      count = sys.recv(from.fd(), transfer.address(), room, Sys.MSG_DONTWAIT);
    } else {
      count = sys.read(from.fd(), transfer.address(), room);
    }
    if (count > 0) {
      transfer.range(skip, (int) count).get(bytes, end, (int) count);
      end += (int) count;
      meter.copied(CopyMeter.Copy.RECV, count);
    }
    return count;
  }

  /** What was read goes to the list. */
  void end() {
    if (end > start) {
      to.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(bytes, start, end - start)));
      start = end;
    }
  }
}
