package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A store for whom every staged list comes in two pieces: its whole blocks in aligned memory, which
 * io_uring takes, and the rest.
 */
final class AlignedStaging {
  private AlignedStaging() {}

  static ObjectStore before(ObjectStore store) {
    return Intercepted.of(
        ObjectStore.class,
        store,
        call ->
            call.name().equals("claimStage") && call.argument(1) == null
                ? stage(store, (BufferList) call.argument(0))
                : call.proceed());
  }

  private static StagedWrite stage(ObjectStore store, BufferList data) throws Exception {
    byte[] bytes;
    try (data) {
      bytes = data.toByteArray(null, null);
    }
    if (bytes.length == 0) {
      return store.claimStage(new BufferList(), null);
    }
    int whole = bytes.length / DiskExtent.BLOCK * DiskExtent.BLOCK;
    GrowingWrite write = store.beginStage(bytes.length);
    if (whole > 0) {
      ByteBuffer memory = ByteBuffer.allocateDirect(whole + DiskExtent.BLOCK);
      ByteBuffer aligned = memory.alignedSlice(DiskExtent.BLOCK).limit(whole);
      aligned.put(bytes, 0, whole).flip();
      write.claimAppend(new BufferList().claimAppend(MemorySegment.wrap(aligned)), null);
    }
    if (whole < bytes.length) {
      ByteBuffer rest = ByteBuffer.wrap(bytes, whole, bytes.length - whole).slice();
      write.claimAppend(new BufferList().claimAppend(MemorySegment.wrap(rest)), null);
    }
    return write;
  }
}
