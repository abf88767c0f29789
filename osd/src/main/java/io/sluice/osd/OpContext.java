package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.ObjectId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * One client operation while its steps are carried out: what the object is like after the steps so
 * far, what has to change, and what each step gives back. Nothing is changed before all steps have
 * succeeded.
 *
 * <p><b>Threads:</b> the group's loop. <b>Owns</b> writes and outputs until they are claimed.
 */
final class OpContext implements AutoCloseable {
  /** What a step returns that calls {@link #resume} later. */
  static final int PENDING = Integer.MIN_VALUE;

  private final ClientOp op;
  private final PlacementGroup group;
  private final Snapped snapped;
  private final ObjectInfo before;
  private final List<RepChange> changes = new ArrayList<>();
  private final List<Payload> writes = new ArrayList<>();
  private final List<OsdOp> steps;
  private final List<Integer> results = new ArrayList<>();
  private final List<BufferList> outputs = new ArrayList<>();
  private final List<Runnable> effects = new ArrayList<>();
  private boolean exists;
  private long size;
  private Ranges changed = Ranges.NONE;
  private UTime mtime;
  private IntConsumer resume;
  private ObjectStore.LazyRead later;
  private long heapOutput;
  private long returned;
  private Mark settled;

  /** What all steps so far have come to: a step that fails, and may, leaves it at that. */
  private final class Mark {
    private final int changeCount = changes.size();
    private final int writeCount = writes.size();
    private final int effectCount = effects.size();
    private final boolean existed = exists;
    private final long sizeThen = size;
    private final Ranges changedThen = changed;
    private final UTime mtimeThen = mtime;

    private void restore() {
      changes.subList(changeCount, changes.size()).clear();
      writes.subList(writeCount, writes.size()).forEach(Payload::close);
      writes.subList(writeCount, writes.size()).clear();
      effects.subList(effectCount, effects.size()).clear();
      exists = existed;
      size = sizeThen;
      changed = changedThen;
      mtime = mtimeThen;
    }
  }

  OpContext(ClientOp op, PlacementGroup group, Snapped snapped) {
    this.op = op;
    this.group = group;
    this.snapped = snapped;
    this.before = snapped.visible();
    this.steps = new ArrayList<>(op.request().ops());
    this.exists = before != null;
    this.size = before == null ? 0 : before.size();
    this.settled = new Mark();
  }

  ClientOp op() {
    return op;
  }

  PlacementGroup group() {
    return group;
  }

  PgObjects store() {
    return group.store().objects();
  }

  /** Where what is read is stored: the head, or a clone of it. Writes are always to the head. */
  ObjectId object() {
    return snapped.object();
  }

  /** The object and its snapshots, as committed. */
  Snapped snapped() {
    return snapped;
  }

  /** Bytes that the steps so far change. */
  Ranges changed() {
    return changed;
  }

  /** The object as committed, or null when there was none. */
  ObjectInfo before() {
    return before;
  }

  boolean exists() {
    return exists;
  }

  /** Bytes, after the steps so far. */
  long size() {
    return size;
  }

  List<RepChange> changes() {
    return changes;
  }

  List<Payload> writes() {
    return writes;
  }

  /** The step being carried out. */
  int index() {
    return results.size();
  }

  OsdOp step() {
    return steps.get(index());
  }

  boolean done() {
    return index() == steps.size();
  }

  /** The bytes this step brought along: the caller's. */
  Payload claimPayload() {
    Payload payload = op.claimPayload(index());
    return payload != null ? payload : Payload.of(BufferList.wrap(step().data()));
  }

  /** The object exists from here on. */
  void create() {
    if (!exists) {
      changes.add(new RepChange.Touch());
      exists = true;
    }
  }

  /** False when so many more would be too many. */
  boolean mayChange(int more) {
    return changes.size() + more <= Limits.CHANGES;
  }

  void change(RepChange change) {
    changes.add(change);
  }

  /** Writes bytes, taken over. */
  void claimWrite(long offset, Payload bytes) {
    create();
    if (bytes.length() == 0) {
      bytes.close();
      return;
    }
    changes.add(new RepChange.Write(offset, bytes.length()));
    changed = changed.plus(offset, bytes.length());
    writes.add(bytes);
    size = Math.max(size, offset + bytes.length());
  }

  void truncate(long newSize) {
    changes.add(new RepChange.Truncate(newSize));
    changed = changed.plus(newSize, size - newSize);
    size = newSize;
  }

  void zero(long offset, long length) {
    changes.add(new RepChange.Zero(offset, length));
    changed = changed.plus(offset, length);
  }

  /** The object becomes what one of its clones is. */
  void rollBack(long clone) {
    changes.add(new RepChange.CloneFrom(clone));
    changed = changed.plus(0, size).minus(snapped.snaps().sharedWithHead(clone));
    exists = true;
    size = snapped.snaps().clones().get(clone).size();
  }

  void remove() {
    changes.add(new RepChange.Remove());
    changed = changed.plus(0, size);
    exists = false;
    size = 0;
  }

  /** When the object shall have been changed last; null for the client's or our time. */
  UTime mtime() {
    return mtime;
  }

  void mtime(UTime newMtime) {
    mtime = newMtime;
  }

  /** A step's result; E2BIG instead when all of them give back more from the heap than they may. */
  int bounded(int result) {
    if (result < 0 || !produced() || !step().hasData()) {
      return result;
    }
    heapOutput += step().dataLength();
    if (heapOutput <= Limits.HEAP_OUTPUT_BYTES) {
      return result;
    }
    heapOutput -= step().dataLength();
    output(step().withData(new byte[0]));
    return Errno.E2BIG.result();
  }

  /** What this step gives back, in memory. */
  void output(OsdOp stepWithOutput) {
    steps.set(index(), stepWithOutput);
  }

  /** What this step gives back, taken over. */
  void claimOutput(OsdOp stepWithoutOutput, BufferList bytes) {
    steps.set(index(), stepWithoutOutput.withDataApart(Math.toIntExact(bytes.length())));
    outputs.add(bytes);
  }

  /** False when so much more would be too long an answer. */
  boolean fits(long moreBytes) {
    return returned() + moreBytes <= Limits.OUTPUT_BYTES;
  }

  /** Bytes that the steps so far give back. */
  long returned() {
    return returned;
  }

  /** What the only step gives back is brought while it is sent; taken over. */
  void claimLater(OsdOp stepWithoutOutput, ObjectStore.LazyRead bytes) {
    steps.set(index(), stepWithoutOutput.withDataApart(Math.toIntExact(bytes.bytes().length())));
    later = bytes;
  }

  /** The same, now the caller's; null when there is none. */
  ObjectStore.LazyRead claimLater() {
    ObjectStore.LazyRead claimed = later;
    later = null;
    return claimed;
  }

  /** The step's result; the next one follows. One that failed has changed nothing. */
  void finishStep(int result) {
    if (result < 0) {
      settled.restore();
    }
    settled = new Mark();
    if (steps.get(index()).dataLength() != 0 && !produced()) {
      output(step().withData(new byte[0]));
    }
    returned += step().dataLength();
    results.add(result);
  }

  /** True when the step's payload is output; what a request brought along is not sent back. */
  private boolean produced() {
    return steps.get(index()) != op.request().ops().get(index());
  }

  /** Steps that were never reached, for a reply that names every step. */
  void fillUp() {
    while (!done()) {
      finishStep(0);
    }
  }

  List<OsdOp> steps() {
    return steps;
  }

  List<Integer> results() {
    return results;
  }

  /** All outputs that travel apart, in order; the caller's. */
  BufferList claimOutputs() {
    BufferList all = new BufferList();
    for (BufferList output : outputs) {
      all.claimAppend(output);
      output.close();
    }
    outputs.clear();
    return all;
  }

  /**
   * Outputs that would travel apart are in memory from here on, beside the others: those of an
   * operation that may write are few and short, or go to a client whose guard failed.
   *
   * @return true when one was too long for that: its step has failed
   */
  boolean gatherOutputs() {
    boolean dropped = false;
    Iterator<BufferList> apart = outputs.iterator();
    for (int i = 0; i < steps.size() && apart.hasNext(); i++) {
      if (!steps.get(i).hasData()) {
        BufferList output = apart.next();
        if (output.length() > Limits.STEP_OUTPUT_BYTES) {
          fail(i, Errno.EOVERFLOW);
          dropped = true;
        } else {
          byte[] bytes = output.claimBytes(null, Inspection.READ_REPLY);
          steps.set(i, steps.get(i).withData(bytes));
        }
      }
    }
    outputs.forEach(BufferList::close);
    outputs.clear();
    return dropped;
  }

  /** A step fails after all: what it gave back is gone. */
  void fail(int index, Errno errno) {
    steps.set(index, steps.get(index).withData(new byte[0]));
    results.set(index, errno.result());
  }

  int outputsApart() {
    return outputs.size();
  }

  /** Runs once the operation has succeeded: what it does beside changing its object. */
  void afterwards(Runnable effect) {
    effects.add(effect);
  }

  void runEffects() {
    effects.forEach(Runnable::run);
    effects.clear();
  }

  /** True when there is an object more, or a larger one, afterwards. */
  boolean grows() {
    return exists() && (before() == null || size() > before().size());
  }

  /** True when nothing that a user would see changes: the object's version and time stay. */
  boolean onlyWatches() {
    for (RepChange change : changes) {
      boolean watch =
          change instanceof RepChange.SetAttr set && set.name().equals(Watchers.ATTRIBUTE)
              || change instanceof RepChange.RemoveAttr gone
                  && gone.name().equals(Watchers.ATTRIBUTE);
      if (!watch) {
        return false;
      }
    }
    return true;
  }

  void onResume(IntConsumer continuation) {
    resume = continuation;
  }

  /** The pending step has its result. On the group's loop. */
  void resume(int result) {
    resume.accept(result);
  }

  @Override
  public void close() {
    writes.forEach(Payload::close);
    writes.clear();
    outputs.forEach(BufferList::close);
    outputs.clear();
    if (later != null) {
      claimLater().bytes().close();
    }
  }
}
