package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Puts a message's data segment together from the steps' payloads, and takes it apart again. */
final class DataSegment {
  private static final byte[] NOTHING = {};

  private DataSegment() {}

  /**
   * Checks that the steps' payloads lie inside the segment; a longer segment is Ceph's to tolerate.
   */
  static void checkFits(List<OsdOp> ops, long dataLength) {
    long total = lengthOf(ops);
    if (total > dataLength) {
      throw new MalformedInputException(
          total + " payload bytes in a data segment of " + dataLength);
    }
  }

  /** Bytes that the steps' payloads take. */
  static long lengthOf(List<OsdOp> ops) {
    long total = 0;
    for (OsdOp op : ops) {
      total += op.dataLength();
    }
    return total;
  }

  /** The steps without their payloads. */
  static List<OsdOp> without(List<OsdOp> ops) {
    OsdOp[] bare = new OsdOp[ops.size()];
    for (int i = 0; i < bare.length; i++) {
      bare[i] = ops.get(i).withData(NOTHING);
    }
    return List.of(bare);
  }

  /** The list itself when the reader has nothing for it. */
  static List<OsdOp> attach(List<OsdOp> ops, DataReader reader) {
    return attachEach(ops, i -> reader.read(ops.get(i).dataOffset(), ops.get(i).dataLength()));
  }

  /**
   * The same by number of the step, of those whose payload is not here.
   *
   * @param payloads null for one that stays apart
   */
  static List<OsdOp> attachEach(List<OsdOp> ops, IntFunction<byte[]> payloads) {
    List<OsdOp> attached = ops;
    for (int i = 0; i < ops.size(); i++) {
      byte[] data = ops.get(i).hasData() ? null : payloads.apply(i);
      if (data != null) {
        attached = attached == ops ? new ArrayList<>(ops) : attached;
        attached.set(i, ops.get(i).withData(data));
      }
    }
    return attached;
  }

  /**
   * The segment: the payloads that steps carry themselves, and for the others, in order, what
   * {@code apart} holds.
   *
   * @param apart taken over; exactly as long as the payloads it stands for, and a pipe in it
   *     belongs to one step
   */
  static BufferList claim(List<OsdOp> ops, BufferList apart) {
    long missing = 0;
    for (OsdOp op : ops) {
      missing += op.hasData() ? 0 : op.dataLength();
    }
    if (missing != apart.length()) {
      throw new IllegalArgumentException(
          "steps miss " + missing + " bytes of payload, given are " + apart.length());
    }
    BufferList segment = new BufferList();
    Segment rest = null;
    for (OsdOp op : ops) {
      if (op.hasData()) {
        segment.claimAppend(BufferList.wrap(op.data()));
        continue;
      }
      long needed = op.dataLength();
      while (needed > 0) {
        Segment next = rest == null ? apart.pollSegment() : rest;
        long count = Math.min(needed, next.length());
        rest = count == next.length() ? null : part(next, count, next.length() - count);
        segment.claimAppend(rest == null ? next : part(next, 0, count));
        if (rest != null) {
          next.release();
        }
        needed -= count;
      }
    }
    apart.close();
    return segment;
  }

  private static Segment part(Segment whole, long offset, long count) {
    if (whole instanceof MemorySegment memory) {
      return memory.share((int) offset, (int) count);
    }
    if (whole instanceof FileSegment file) {
      return file.share(offset, count);
    }
    throw new IllegalArgumentException("a pipe with the payloads of two steps: " + whole);
  }
}
