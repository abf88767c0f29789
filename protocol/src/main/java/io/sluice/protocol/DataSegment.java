package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.MalformedInputException;
import java.util.ArrayList;
import java.util.List;

/** Puts a message's data segment together from the steps' payloads, and takes it apart again. */
final class DataSegment {
  private DataSegment() {}

  /**
   * Checks that the steps' payloads lie inside the segment; a longer segment is Ceph's to tolerate.
   */
  static void checkFits(List<OsdOp> ops, long dataLength) {
    long total = 0;
    for (OsdOp op : ops) {
      total += op.dataLength();
    }
    if (total > dataLength) {
      throw new MalformedInputException(
          total + " payload bytes in a data segment of " + dataLength);
    }
  }

  static List<OsdOp> attach(List<OsdOp> ops, DataReader reader) {
    List<OsdOp> attached = new ArrayList<>(ops.size());
    for (OsdOp op : ops) {
      byte[] data = op.hasData() ? null : reader.read(op.dataOffset(), op.dataLength());
      attached.add(data == null ? op : op.withData(data));
    }
    return attached;
  }

  /**
   * The segment: the payloads that steps carry themselves, and for the others, in order, what
   * {@code apart} holds.
   *
   * @param apart taken over; exactly as long as the payloads it stands for
   */
  static BufferList claim(List<OsdOp> ops, BufferList apart) {
    long missing = ops.stream().filter(op -> !op.hasData()).mapToLong(OsdOp::dataLength).sum();
    if (missing != apart.length()) {
      throw new IllegalArgumentException(
          "steps miss " + missing + " bytes of payload, given are " + apart.length());
    }
    long places = ops.stream().filter(op -> !op.hasData()).count();
    BufferList segment = new BufferList();
    long taken = 0;
    for (OsdOp op : ops) {
      if (op.hasData()) {
        segment.claimAppend(BufferList.wrap(op.data()));
      } else if (places == 1) {
        segment.claimAppend(apart);
      } else {
        segment.claimAppend(apart.slice(taken, op.dataLength()));
        taken += op.dataLength();
      }
    }
    apart.close();
    return segment;
  }
}
