package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.BufferView;
import io.sluice.bufferlist.Inspection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import java.nio.ByteBuffer;

/**
 * A guard: goes on when the bytes given are those stored from an offset on, where everything beyond
 * the end reads as zeros. A mismatch ends the operation with {@code -4095 - index}, the place in
 * the given bytes. (ceph: CEPH_OSD_OP_CMPEXT)
 */
final class CompareExtentOperation implements Operation {
  private static final int MAX_ERRNO = 4095;
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(64 << 10).asReadOnlyBuffer();

  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Extent asked = step.extent();
    int checked = WriteLimits.check(asked.offset(), asked.length(), step);
    if (checked < 0) {
      return checked;
    }
    long stored = context.before() == null ? 0 : context.before().size();
    long length = Math.min(asked.length(), Math.max(0, stored - asked.offset()));
    Guard guard = new Guard(context, asked.offset(), length, context.claimPayload().bytes());
    if (length == 0) {
      return guard.end(guard.differsFromZeros());
    }
    guard.next();
    return OpContext.PENDING;
  }

  /**
   * One comparison, piece by piece: the object's slot is ours, nobody changes it meanwhile.
   *
   * <p><b>Owns</b> the bytes given.
   */
  private static final class Guard {
    private final OpContext context;
    private final long offset;
    private final long length;
    private final BufferList given;
    private final BufferView wanted;
    private long at;

    private Guard(OpContext context, long offset, long length, BufferList given) {
      this.context = context;
      this.offset = offset;
      this.length = length;
      this.given = given;
      this.wanted = given.look(Inspection.COMPARE);
    }

    private void next() {
      long count = Math.min(Limits.PUSH_PIECE_BYTES, length - at);
      context.store().read(context.object(), offset + at, count, this::arrived);
    }

    private void arrived(BufferList stored, int result) {
      int differs = result < 0 ? result : differsFrom(stored);
      if (differs < 0) {
        context.resume(end(differs));
      } else if (at < length) {
        next();
      } else {
        context.resume(end(differsFromZeros()));
      }
    }

    private int differsFrom(BufferList stored) {
      try (stored) {
        BufferView found = stored.look(Inspection.COMPARE);
        if (found.length() == 0) {
          return Errno.EIO.result(); // less than the object's description says
        }
        for (long done = 0; done < found.length(); ) {
          ByteBuffer mine = found.contiguous(done, Integer.MAX_VALUE);
          int differs = mismatch(mine);
          if (differs >= 0) {
            return -MAX_ERRNO - (int) (at + differs);
          }
          done += mine.limit();
          at += mine.limit();
        }
      }
      return 0;
    }

    private int differsFromZeros() {
      while (at < wanted.length()) {
        ByteBuffer zeros = ZEROS.duplicate();
        int differs = mismatch(zeros);
        if (differs >= 0) {
          return -MAX_ERRNO - (int) (at + differs);
        }
        at += zeros.limit();
      }
      return 0;
    }

    /** Of as much as there is of both from here on, to which {@code mine} is cut; or negative. */
    private int mismatch(ByteBuffer mine) {
      ByteBuffer theirs = wanted.contiguous(at, mine.remaining());
      mine.limit(mine.position() + theirs.remaining());
      return mine.mismatch(theirs);
    }

    private int end(int result) {
      given.close();
      return result;
    }
  }
}
