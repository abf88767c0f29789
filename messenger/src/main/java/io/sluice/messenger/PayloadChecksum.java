package io.sluice.messenger;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.Segment;
import io.sluice.bufferlist.Sys;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The checksum that goes into the epilogue: told by the message, else computed by reading those
 * parts of the payload whose checksum nobody has vouched for.
 */
final class PayloadChecksum {
  private final Sys sys;
  private CopyMeter meter;
  private final LoopMemory memory;

  PayloadChecksum(Sys sys, CopyMeter meter, LoopMemory memory) {
    this.sys = sys;
    this.meter = meter;
    this.memory = memory;
  }

  /** Counts what is read from now on. */
  void paidBy(CopyMeter payer) {
    meter = payer;
  }

  int of(Envelope message) throws IOException {
    if (message.dataCrc() != null) {
      return message.dataCrc();
    }
    int crc = Crc32c.SEED;
    long read = 0;
    for (Segment segment : message.data().segments()) {
      boolean known = segment instanceof MemorySegment bytes && bytes.isVouched();
      read += known ? 0 : segment.length();
      int part =
          segment instanceof MemorySegment bytes
              ? bytes.crc32c(Crc32c.SEED)
              : ofFile((FileSegment) segment);
      crc = Crc32c.concat(crc, part, segment.length());
    }
    if (read >= MessengerLimits.COPY_COUNTED_MIN) {
      meter.read(Inspection.CRC, read);
    }
    return crc;
  }

  private int ofFile(FileSegment file) throws IOException {
    CRC32C crc = new CRC32C();
    long done = 0;
    while (done < file.length()) {
      ByteBuffer staging = memory.outbound();
      long room = Math.min(staging.capacity(), file.length() - done);
      long count = sys.pread(file.fd(), memory.outboundAddress(), room, file.offset() + done);
      if (count == 0) {
        throw new IOException(file + " ends after " + done + " bytes");
      }
      if (count < 0 && count != -Sys.EINTR) {
        throw new IOException("pread of " + file + ": " + sys.describe((int) -count));
      }
      if (count > 0) {
        crc.update(staging.limit((int) count));
        done += count;
      }
    }
    return ~(int) crc.getValue();
  }
}
