package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Encoder;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import java.util.List;

/**
 * Reads the bytes of a range that were written, with a map of where they belong.
 *
 * <pre>
 * le32 n, n x {le64 offset | le64 length} | le32 length | the runs' bytes, end to end
 * </pre>
 */
final class SparseReadOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (context.before() == null) {
      return Errno.ENOENT.result();
    }
    List<ObjectStore.Range> runs = MapExtentsOperation.runs(context, step.extent());
    if (runs.isEmpty()) {
      context.output(
          ReadOperation.found(step, 0).withData(new Encoder(8).le32(0).le32(0).toByteArray()));
      return 0;
    }
    long length = runs.stream().mapToLong(ObjectStore.Range::length).sum();
    if (!context.fits(length)) {
      return Errno.E2BIG.result();
    }
    // Nobody changes the object between the two looks: its slot is ours.
    PgObjects store = context.store();
    PgObjects.ReadDone done =
        (bytes, result) -> context.resume(arrived(context, step, runs, bytes, result));
    store.whenRoom(
        context.op(), context.returned() + length, () -> store.read(context.object(), runs, done));
    return OpContext.PENDING;
  }

  /** The bytes leave as they are, behind their map. */
  private static int arrived(
      OpContext context, OsdOp step, List<ObjectStore.Range> runs, BufferList bytes, int result) {
    if (result < 0) {
      return result;
    }
    long length = bytes.length();
    Encoder map = MapExtentsOperation.encode(runs, new Encoder(16 * runs.size() + 8));
    try (BufferList head = BufferList.wrap(map.le32(Math.toIntExact(length)).claimBytes())) {
      context.claimOutput(ReadOperation.found(step, length), bytes.claimPrepend(head));
    }
    return 0;
  }
}
