package io.sluice.bufferlist;

import java.util.List;

/** A socket or a pipe: memory by sendmsg or write, pipes and files by splice and sendfile. */
final class StreamSink implements Sink {
  private static final int MOVE = Sys.SPLICE_F_MOVE | Sys.SPLICE_F_NONBLOCK;

  /** One call: a socket's send buffer takes no more at once anyway. */
  private static final long PAGES_MAX = 1 << 20;

  private final Sys sys;
  private final CopyMeter meter;
  private final Endpoint to;
  private Iovecs iovecs;

  StreamSink(Sys sys, CopyMeter meter, Endpoint to) {
    this.sys = sys;
    this.meter = meter;
    this.to = to;
  }

  @Override
  public long take(List<Segment> segments, long skip, boolean more) {
    Segment head = segments.get(0);
    if (head instanceof PipeSegment pipe) {
      return pipe(pipe, more);
    }
    return head instanceof FileSegment file ? file(file, skip) : memory(segments, skip);
  }

  private long pipe(PipeSegment pipe, boolean more) {
    // MORE without more to come would hold the last bytes back for up to 200 ms.
    int flags = more ? MOVE | Sys.SPLICE_F_MORE : MOVE;
    long count = sys.splice(pipe.pipe().readEnd(), -1, to.fd(), -1, pipe.length(), flags);
    if (count > 0) {
      pipe.consumed(count);
      meter.splicedOut.add(count);
    }
    return count;
  }

  private long file(FileSegment file, long skip) {
    long count = Math.min(PAGES_MAX, file.length() - skip);
    long offset = file.offset() + skip;
    long moved =
        to.kind() == Endpoint.Kind.SOCKET
            ? sys.sendfile(to.fd(), file.fd(), offset, count)
            : sys.splice(file.fd(), offset, to.fd(), -1, count, MOVE);
    if (moved > 0) {
      meter.splicedOut.add(moved);
    }
    return moved;
  }

  private long memory(List<Segment> segments, long skip) {
    if (iovecs == null) {
      iovecs = new Iovecs();
    }
    iovecs.gather(segments, skip);
    return to.kind() == Endpoint.Kind.SOCKET
        ? sys.sendmsg(
            to.fd(), iovecs.address(), iovecs.count(), Sys.MSG_DONTWAIT | Sys.MSG_NOSIGNAL)
        : sys.write(to.fd(), iovecs.base(0), iovecs.length(0));
  }
}
