package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/** Reads bytes; past the end there are none. A length of 0 reads to the end, as in Ceph. */
final class ReadOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (context.before() == null) {
      return Errno.ENOENT.result();
    }
    OpArgs.Extent asked = step.extent();
    if (asked.offset() < 0 || asked.length() < 0) {
      return Errno.EINVAL.result();
    }
    long left = Math.max(0, context.before().size() - asked.offset());
    long length = asked.length() == 0 ? left : Math.min(left, asked.length());
    if (length == 0) {
      context.output(found(step, 0).withData(new byte[0]));
      return 0;
    }
    if (!context.fits(length)) {
      return Errno.E2BIG.result();
    }
    ReadRoute route = ReadRoute.of(context, length);
    if (route == ReadRoute.PAGES || route == ReadRoute.CHECKED) {
      readPages(context, step, length, route == ReadRoute.CHECKED);
    } else {
      readIntoMemory(context, step, length, route);
    }
    return OpContext.PENDING;
  }

  private static void readPages(OpContext context, OsdOp step, long length, boolean checked) {
    context
        .store()
        .readLazily(
            context.object(),
            new ObjectStore.Range(step.extent().offset(), length),
            checked,
            found -> {
              if (found == null) { // said again, and mended, by whom it is asked next
                readIntoMemory(context, step, length, ReadRoute.BLOCKS);
              } else if (found.checksums() == null) {
                BufferList bytes = found.bytes().next().join(); // all there
                context.store().countOut(ReadRoute.BLOCKS, bytes.length());
                context.resume(arrived(context, step, bytes, 0));
              } else {
                context.claimLater(found(step, found.bytes().length()), found);
                context.resume(0);
              }
            });
  }

  private static void readIntoMemory(OpContext context, OsdOp step, long length, ReadRoute why) {
    PgObjects store = context.store();
    PgObjects.ReadDone done =
        (bytes, result) -> {
          store.countOut(why, bytes == null ? 0 : bytes.length());
          context.resume(arrived(context, step, bytes, result));
        };
    long all = context.returned() + length;
    if (all <= Limits.GATED_READ_BYTES) {
      store.read(context.object(), step.extent().offset(), length, done);
    } else {
      store.whenRoom(
          context.op(),
          all,
          () -> store.read(context.object(), step.extent().offset(), length, done));
    }
  }

  private static int arrived(OpContext context, OsdOp step, BufferList bytes, int result) {
    if (result < 0) {
      return result;
    }
    context.claimOutput(found(step, bytes.length()), bytes);
    return 0;
  }

  /** The step as the reply carries it: with the length that there was. */
  static OsdOp found(OsdOp step, long length) {
    OpArgs.Extent asked = step.extent();
    OpArgs.Extent got =
        new OpArgs.Extent(asked.offset(), length, asked.truncateSize(), asked.truncateSeq());
    return new OsdOp(step.op(), step.flags(), got, 0, 0, null);
  }
}
