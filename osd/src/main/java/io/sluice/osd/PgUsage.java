package io.sluice.osd;

import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.PgStats;
import java.util.concurrent.atomic.LongAdder;

/**
 * What clients did with a placement group since this OSD has it, and what is in it.
 *
 * <p><b>Threads:</b> any.
 */
final class PgUsage {
  private static final long KIB = 1024;

  private final LongAdder reads = new LongAdder();
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder writtenBytes = new LongAdder();

  /** An operation was answered. */
  void note(boolean write, long in, long out) {
    (write ? writes : reads).increment();
    writtenBytes.add(write ? in : 0);
    readBytes.add(out);
  }

  PgStats stats(PlacementGroup group, ObjectStore store, int epoch) {
    ObjectStore.Usage stored = store.usage(new CollectionId(group.id()));
    return new PgStats(
        group.id(),
        group.describe(),
        group.store().info().lastUpdate(),
        Math.max(0, stored.objects() - 1), // the group's own object is nobody's
        stored.bytes(),
        group.scrubber().inconsistent(),
        reads.sum(),
        readBytes.sum() / KIB,
        writes.sum(),
        writtenBytes.sum() / KIB,
        group.store().log().size(),
        epoch,
        group.store().scrubs());
  }
}
