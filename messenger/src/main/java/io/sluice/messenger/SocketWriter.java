package io.sluice.messenger;

import io.netty.channel.unix.Buffer;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.Iterator;

/**
 * Sends parts: memory gathered many to a sendmsg, files by sendfile, pipes by splice; goes on where
 * a short count or a full socket stopped it.
 *
 * <p><b>Threads:</b> the connection's loop.
 */
final class SocketWriter {
  /**
   * What {@link #write} returns when the next bytes have not been brought. No errno is that large.
   */
  static final long NOT_YET = -100_000;

  /** One sendfile or splice: the socket's send buffer takes no more at once anyway. */
  private static final long PAGES_MAX = 1 << 20;

  private final Sys sys;
  private CopyMeter meter;
  private final LoopMemory memory;
  private final int socket;

  /** Of the last gather: whether it ended a record, and how many bytes it offered. */
  private boolean gatheredRecord;

  private long gathered;

  /** The owner of the pipe sent last, and that one together with this connection. */
  private CopyMeter lastPayer;

  private CopyMeter lastTogether;

  SocketWriter(Sys sys, CopyMeter meter, LoopMemory memory, int socket) {
    this.sys = sys;
    this.meter = meter;
    this.memory = memory;
    this.socket = socket;
  }

  /** Counts what is sent from now on. */
  void paidBy(CopyMeter payer) {
    if (meter != payer) {
      meter = payer;
      lastPayer = null;
    }
  }

  /**
   * One system call's worth from the head of {@code parts}, whose positions move; finished parts
   * stay.
   *
   * @return bytes sent, more than 0; or {@code -EAGAIN}: the socket is full; or {@link #NOT_YET}
   */
  long write(Deque<OutgoingPart> parts) throws IOException {
    while (true) {
      OutgoingPart first = parts.peekFirst();
      if (first instanceof LazyPart payload) {
        return lazy(payload);
      }
      long count =
          first instanceof OutgoingPart.File file
              ? file(file)
              : first instanceof OutgoingPart.Pipe pipe ? pipe(pipe) : memory(parts);
      if (count > 0 || count == -Sys.EAGAIN) {
        return count;
      }
      if (count == 0) {
        throw new IOException(first + " ends " + first.remaining() + " bytes early");
      }
      if (count != -Sys.EINTR) {
        throw new IOException("send: " + sys.describe((int) -count));
      }
    }
  }

  private long lazy(LazyPart payload) throws IOException {
    Deque<OutgoingPart> here = payload.ready();
    if (here == null) {
      return NOT_YET;
    }
    long count = write(here);
    if (count > 0) {
      payload.sent(count);
    }
    return count;
  }

  private long file(OutgoingPart.File file) {
    long count =
        sys.sendfile(socket, file.fd(), file.offset(), Math.min(PAGES_MAX, file.remaining()));
    if (count > 0) {
      file.sent(count);
      meter.splicedOut.add(count);
    }
    return count;
  }

  private long pipe(OutgoingPart.Pipe pipe) {
    Pipe lease = pipe.segment().pipe();
    int from = lease.readEnd();
    int flags = Sys.SPLICE_F_MOVE | Sys.SPLICE_F_NONBLOCK;
    long count = sys.splice(from, -1, socket, -1, Math.min(PAGES_MAX, pipe.remaining()), flags);
    if (count > 0) {
      pipe.segment().consumed(count);
      together(lease.meter()).splicedOut.add(count);
    }
    return count;
  }

  /** Who put the bytes into the pipe pays, and this connection. */
  private CopyMeter together(CopyMeter payer) {
    if (payer != lastPayer) {
      lastPayer = payer;
      lastTogether = meter.together(payer);
    }
    return lastTogether;
  }

  private long memory(Deque<OutgoingPart> parts) {
    int iovecs = gather(parts);
    int flags = Sys.MSG_DONTWAIT | Sys.MSG_NOSIGNAL | (gatheredRecord ? Sys.MSG_EOR : 0);
    long count = sys.sendmsg(socket, memory.iovecsAddress(), iovecs, flags);
    long left = Math.max(0, count);
    for (Iterator<OutgoingPart> i = parts.iterator(); left > 0; ) {
      ByteBuffer bytes = ((OutgoingPart.Memory) i.next()).bytes();
      int sent = (int) Math.min(left, bytes.remaining());
      bytes.position(bytes.position() + sent);
      left -= sent;
    }
    return count;
  }

  /**
   * Direct memory by address, heap memory through the staging buffer; up to the end of a record.
   */
  private int gather(Deque<OutgoingPart> parts) {
    ByteBuffer staging = memory.outbound();
    int iovecs = 0;
    int stagedFrom = 0;
    gathered = 0;
    gatheredRecord = false;
    for (OutgoingPart part : parts) {
      if (!(part instanceof OutgoingPart.Memory bytes)
          || gatheredRecord
          || gathered >= MessengerLimits.STAGING
          || iovecs >= MessengerLimits.IOVECS - 1) {
        break;
      }
      ByteBuffer from = bytes.bytes();
      int count = from.remaining();
      if (from.isDirect()) {
        if (staging.position() > stagedFrom) {
          memory.iovec(
              iovecs++, memory.outboundAddress() + stagedFrom, staging.position() - stagedFrom);
          stagedFrom = staging.position();
        }
        memory.iovec(iovecs++, Buffer.memoryAddress(from) + from.position(), count);
      } else {
        count = Math.min(count, staging.remaining());
        staging.put(from.slice(from.position(), count));
      }
      gathered += count;
      if (count < from.remaining()) {
        break;
      }
      gatheredRecord = bytes.endOfRecord();
    }
    if (staging.position() > stagedFrom) {
      memory.iovec(
          iovecs++, memory.outboundAddress() + stagedFrom, staging.position() - stagedFrom);
    }
    return iovecs;
  }
}
