package io.sluice.messenger;

import io.netty.channel.unix.Buffer;
import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Sys;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Receives straight into the caller's direct buffer. */
final class IntoRun implements RunReceiver {
  private final Sys sys;
  private final CopyMeter meter;
  private final ByteBuffer target;
  private final long address;
  private final int length;
  private final CRC32C crc = new CRC32C();

  IntoRun(Sys sys, CopyMeter meter, ByteBuffer target) {
    if (!target.isDirect()) {
      throw new IllegalArgumentException("an Into run needs a direct buffer, not " + target);
    }
    this.sys = sys;
    this.meter = meter;
    this.target = target.slice();
    this.address = Buffer.memoryAddress(this.target);
    this.length = this.target.remaining();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public long remaining() {
    return target.remaining();
  }

  @Override
  public void take(ByteBuffer received) {
    int count = Math.min(received.remaining(), target.remaining());
    int start = target.position();
    target.put(received.slice(received.position(), count));
    received.position(received.position() + count);
    check(start, count);
  }

  @Override
  public long receive(int socket) {
    int start = target.position();
    long room = Math.min(target.remaining(), MessengerLimits.RECV_MAX);
    long count = sys.recv(socket, address + start, room, Sys.MSG_DONTWAIT);
    if (count > 0) {
      target.position(start + (int) count);
      check(start, (int) count);
    }
    return count;
  }

  private void check(int start, int count) {
    crc.update(target.duplicate().position(start).limit(start + count));
  }

  @Override
  public int crc() {
    return ~(int) crc.getValue();
  }

  @Override
  public IncomingMessage.Run claim() {
    if (length >= MessengerLimits.COPY_COUNTED_MIN) {
      meter.read(Inspection.CRC, length);
    }
    return new IncomingMessage.Run(new BufferList(), null);
  }

  @Override
  public void discard() {
    // The buffer is the caller's.
  }
}
