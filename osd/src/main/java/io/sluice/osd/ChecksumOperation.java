package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/**
 * Checksums of a range, chunk by chunk, so that a client can compare without reading. More of them
 * than a step may give back are E2BIG. (ceph: CEPH_OSD_OP_CHECKSUM)
 *
 * <pre>
 * arguments le64 offset | le64 length | le32 chunk | u8 type;  data: initial value, le32 or le64
 * answer    le32 n, n x le32 or le64
 * </pre>
 */
final class ChecksumOperation implements Operation {
  private static final int XXHASH32 = 0;
  private static final int XXHASH64 = 1;
  private static final int CRC32C = 2;

  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Extent asked = step.extent();
    long chunk = asked.truncateSize() & 0xffffffffL;
    int type = (int) (asked.truncateSize() >>> 32) & 0xff;
    boolean invalid = asked.offset() < 0 || asked.length() < 0 || type > CRC32C;
    if (invalid || chunk > 0 && (asked.length() == 0 || asked.length() % chunk != 0)) {
      return Errno.EINVAL.result();
    }
    Decoder from = step.reader();
    long initial = type == XXHASH64 ? from.le64() : from.le32();
    long size = context.before() == null ? 0 : context.before().size();
    boolean whole = asked.offset() == 0 && asked.length() == 0;
    long length = whole ? size : Math.min(asked.length(), size - asked.offset());
    if (length < 0 || length == 0 && !whole) {
      return 0;
    }
    if (chunk > 0 && length % chunk != 0) {
      return Errno.EINVAL.result();
    }
    if (length == 0) {
      context.output(step.withData(new Encoder(4).le32(0).claimBytes()));
      return 0;
    }
    long unit = chunk == 0 ? length : chunk;
    if (bytesOf(type) * (length / unit) > Limits.STEP_OUTPUT_BYTES - 4) {
      return Errno.E2BIG.result();
    }
    new Sums(context, step, unit, length, running(type, initial)).next();
    return OpContext.PENDING;
  }

  private static int bytesOf(int type) {
    return type == XXHASH64 ? 8 : 4;
  }

  /** The checksum of a chunk that comes in pieces, all but the last of them 32 bytes times n. */
  private interface Running {
    void update(byte[] bytes, int offset, int count);

    /** Of one chunk; begins anew. */
    void encode(Encoder to);
  }

  private static Running running(int type, long initial) {
    return switch (type) {
      case XXHASH32 -> new Running32(new XxHash.Running32((int) initial));
      case XXHASH64 -> new Running64(new XxHash.Running64(initial));
      default -> new RunningCrc((int) initial);
    };
  }

  private record Running32(XxHash.Running32 hash) implements Running {
    @Override
    public void update(byte[] bytes, int offset, int count) {
      hash.update(bytes, offset, count);
    }

    @Override
    public void encode(Encoder to) {
      to.le32(hash.finish());
    }
  }

  private record Running64(XxHash.Running64 hash) implements Running {
    @Override
    public void update(byte[] bytes, int offset, int count) {
      hash.update(bytes, offset, count);
    }

    @Override
    public void encode(Encoder to) {
      to.le64(hash.finish());
    }
  }

  private static final class RunningCrc implements Running {
    private final int initial;
    private int crc;

    private RunningCrc(int initial) {
      this.initial = initial;
      this.crc = initial;
    }

    @Override
    public void update(byte[] bytes, int offset, int count) {
      crc = Crc32c.update(crc, bytes, offset, count);
    }

    @Override
    public void encode(Encoder to) {
      to.le32(crc);
      crc = initial;
    }
  }

  /** One range, read piece by piece: the object's slot is ours, nobody changes it meanwhile. */
  private static final class Sums {
    private final OpContext context;
    private final OsdOp step;
    private final long unit;
    private final long length;
    private final Running running;
    private final Encoder to;
    private long at;

    private Sums(OpContext context, OsdOp step, long unit, long length, Running running) {
      this.context = context;
      this.step = step;
      this.unit = unit;
      this.length = length;
      this.running = running;
      this.to = new Encoder(4 + 4 * (int) (length / unit)).le32((int) (length / unit));
    }

    private void next() {
      long piece = Limits.PUSH_PIECE_BYTES;
      long count =
          unit > piece
              ? Math.min(piece, unit - at % unit)
              : Math.min(piece - piece % unit, length - at);
      context.store().read(context.object(), step.extent().offset() + at, count, this::arrived);
    }

    private void arrived(BufferList bytes, int result) {
      if (result < 0 || bytes.length() == 0) { // or less than the object's description says
        context.resume(result < 0 ? result : Errno.EIO.result());
        return;
      }
      try (bytes) {
        byte[] piece = context.store().inspect(bytes, Inspection.READ_REPLY);
        for (int done = 0; done < piece.length; ) {
          int count = (int) Math.min(piece.length - done, unit - at % unit);
          running.update(piece, done, count);
          done += count;
          at += count;
          if (at % unit == 0) {
            running.encode(to);
          }
        }
      }
      if (at < length) {
        next();
      } else {
        context.output(step.withData(to.claimBytes()));
        context.resume(0);
      }
    }
  }
}
