package io.sluice.bufferlist;

import java.util.List;

/**
 * A file through the page cache: one copy by the kernel, counted, whatever the bytes come from.
 *
 * <p>A range of another file goes through a spare pipe, or without one through memory.
 */
final class FileSink implements Sink {
  private final Sys sys;
  private final CopyMeter meter;
  private final Endpoint to;
  private final FileRelay relay;
  private Iovecs iovecs;
  private long position;

  FileSink(PipePool pool, CopyMeter meter, Endpoint to) {
    this.sys = pool.sys();
    this.meter = meter;
    this.to = to;
    this.relay = new FileRelay(pool, meter);
    this.position = to.offset();
  }

  @Override
  public long take(List<Segment> segments, long skip, boolean more) {
    Segment head = segments.get(0);
    long count =
        head instanceof PipeSegment pipe
            ? pipe(pipe)
            : head instanceof FileSegment file ? file(file, skip) : memory(segments, skip);
    if (count > 0) {
      position += count;
      meter.copied(CopyMeter.Copy.PAGE_CACHE, count);
    }
    return count;
  }

  private long pipe(PipeSegment pipe) {
    int from = pipe.pipe().readEnd();
    long count = sys.splice(from, -1, to.fd(), position, pipe.length(), Sys.SPLICE_F_MOVE);
    if (count == -Sys.EINVAL) {
      // A file that splice does not write to (O_APPEND, some file systems).
      meter.fallback("splice_out_refused");
      count = relay.copy(pipe, to.fd(), position);
    } else if (count > 0) {
      pipe.consumed(count);
    }
    return count;
  }

  private long file(FileSegment file, long skip) {
    return relay.move(file, skip, to.fd(), position);
  }

  private long memory(List<Segment> segments, long skip) {
    if (iovecs == null) {
      iovecs = new Iovecs();
    }
    iovecs.gather(segments, skip);
    return sys.pwritev(to.fd(), iovecs.address(), iovecs.count(), position);
  }
}
