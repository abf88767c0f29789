package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Aligned memory on its way to disk through the {@link IoQueue}: many segments, one call where
 * their blocks are neighbours; no thread waits.
 *
 * <p><b>Threads:</b> whoever prepares it, then the queue's. <b>Owns</b> the list until it is
 * written.
 */
final class QueuedWrite {
  private final DataIo io;
  private final BufferList data;
  private final List<DiskExtent> to;

  QueuedWrite(DataIo io, BufferList claimed, List<DiskExtent> to) {
    this.io = io;
    this.data = claimed;
    this.to = to;
  }

  /** Looks at every byte, which is what a list without a checksum vector costs. */
  void scan(ChecksumScanner scanner, CopyMeter meter) {
    for (Segment segment : data.segments()) {
      ByteBuffer bytes = WriteRoute.memoryOf(segment);
      meter.read(Inspection.CRC, bytes.remaining());
      scanner.update(bytes);
    }
  }

  /** Returns how many calls it takes. */
  int submit(Transfers.Listener listener) {
    ExtentCursor where = new ExtentCursor(to);
    Transfers transfers = new Transfers(IoQueue.Kind.WRITE, io.files(), io.buffers());
    long at = 0;
    for (Segment segment : data.segments()) {
      ByteBuffer bytes = WriteRoute.memoryOf(segment);
      int count = bytes.remaining();
      transfers.add(where, at, DirectBuffers.addressOf(bytes) + bytes.position(), count);
      at += count;
    }
    return transfers.submit(io.queue(), listener);
  }

  /** After a short count: writes all of it, once more. Blocks on the disk. */
  void writeAgain() throws IOException {
    ExtentCursor where = new ExtentCursor(to);
    long at = 0;
    for (Segment segment : data.segments()) {
      ByteBuffer bytes = WriteRoute.memoryOf(segment);
      long address = DirectBuffers.addressOf(bytes) + bytes.position();
      for (long done = 0; done < bytes.remaining(); ) {
        long part = Math.min(bytes.remaining() - done, where.contiguous(at + done));
        io.files().write(address + done, part, where.disk(at + done));
        done += part;
      }
      at += bytes.remaining();
    }
  }

  void close() {
    data.handOver().close();
  }
}
