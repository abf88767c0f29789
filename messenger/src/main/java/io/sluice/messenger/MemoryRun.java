package io.sluice.messenger;

import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Inspection;
import java.nio.ByteBuffer;

/**
 * Receives into fresh memory, and takes the checksums of its blocks in the same look as the
 * frame's.
 */
final class MemoryRun implements RunReceiver {
  private final ReceiveContext context;
  private final long length;
  private final ChecksumScanner scanner;
  private final MemoryFill fill;
  private ChecksumVector vector;

  MemoryRun(ReceiveContext context, long length) {
    this.context = context;
    this.length = length;
    this.scanner = new ChecksumScanner(length);
    this.fill = new MemoryFill(context, length, scanner);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public long remaining() {
    return fill.left();
  }

  @Override
  public void take(ByteBuffer received) {
    fill.take(received);
  }

  @Override
  public long receive(int socket) {
    return fill.receive(socket);
  }

  @Override
  public int crc() {
    return vector().combined(Crc32c.SEED);
  }

  private ChecksumVector vector() {
    if (vector == null) {
      vector = scanner.finish();
    }
    return vector;
  }

  @Override
  public IncomingMessage.Run claim() {
    if (length >= MessengerLimits.COPY_COUNTED_MIN) {
      context.meter().copied(CopyMeter.Copy.RECV, length);
      context.meter().read(Inspection.CRC, length);
    }
    return new IncomingMessage.Run(fill.claim(), vector());
  }

  @Override
  public void discard() {
    fill.discard();
  }
}
