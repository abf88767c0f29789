package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.types.EVersion;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a client's operation once it is its turn: refuses what breaks a limit, answers a
 * duplicate from the log, runs the steps, and either answers or hands the changes over to be
 * replicated.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class OpExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(OpExecutor.class);

  private final PlacementGroup group;
  private final PgServices services;

  OpExecutor(PlacementGroup group, PgServices services) {
    this.group = group;
    this.services = services;
  }

  void run(ClientOp op, ObjectQueues.Slot slot) {
    if (op.share() == null && ObjectClasses.lists(op.request()) && !isPeer(op)) {
      op.take(services.gate().share(OpCost.PAGE_BYTES)); // only now it says which method it calls
    }
    if (op.share() == null) {
      begin(op, slot);
      return;
    }
    int tenure = group.tenure();
    op.share()
        .enter(
            group.loop(),
            () -> {
              if (tenure != group.tenure()) {
                group.letGo(op);
              } else if (group.state() != PgState.ACTIVE) {
                // It would keep its share for as long as that lasts: its client asks again.
                group.letGo(op);
                slot.release();
              } else {
                op.attach(services.pipes());
                begin(op, slot);
              }
            });
  }

  /** Others may wait for it inside the gate. */
  private static boolean isPeer(ClientOp op) {
    return op.connection().peerName().type() == EntityName.OSD;
  }

  private void begin(ClientOp op, ObjectQueues.Slot slot) {
    MOSDOp request = op.request();
    boolean mayWrite = ObjectClasses.mayWrite(request);
    PeerLogEntry done = mayWrite ? group.store().log().find(op.requestId()) : null;
    if (done != null) {
      services.counters().duplicates.increment();
      answerAgain(op, done);
      slot.release();
      return;
    }
    int refusal = refusal(op);
    if (refusal < 0) {
      answer(op, MOSDOpReply.to(request, refusal, group.view().epoch()));
      slot.release();
      return;
    }
    Snapped snapped = Snapped.of(group, request);
    if (mayWrite && request.has(OpFlags.ORDER_SNAP) && snapped.isLate()) {
      answer(op, MOSDOpReply.to(request, Errno.EOLDSNAPC.result(), group.view().epoch()));
      slot.release();
      return;
    }
    OpContext context = new OpContext(op, group, snapped);
    boolean clonesOnly = request.snapId() == ObjectId.SNAPDIR && snapped.stored() != null;
    if (context.before() == null && !mayWrite && !isListing(request) && !clonesOnly) {
      // Whatever it is that looks at an object: there is none. (ceph: PrimaryLogPG::do_op)
      context.fillUp();
      answerRead(context, Errno.ENOENT.result());
      slot.release();
      return;
    }
    int tenure = group.tenure();
    context.onResume(
        result -> {
          if (tenure == group.tenure()) {
            guarded(context, slot, () -> stepDone(context, slot, result));
          } else {
            context.close();
            group.letGo(op);
          }
        });
    guarded(context, slot, () -> goOn(context, slot));
  }

  /** A defect in one operation fails that operation; nobody waits for ever. */
  private void guarded(OpContext context, ObjectQueues.Slot slot, Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      LOG.error("a defect in {}", context.op(), e);
      context.close();
      answer(
          context.op(),
          MOSDOpReply.to(context.op().request(), Errno.EIO.result(), group.view().epoch()));
      slot.release();
    }
  }

  /** A negated errno when the operation is not even tried; these are not logged. */
  private int refusal(ClientOp op) {
    MOSDOp request = op.request();
    boolean history = request.snapId() != ObjectId.HEAD;
    if (history && ObjectClasses.mayWrite(request) || !request.snaps().isValid()) {
      return Errno.EINVAL.result(); // what was stays as it was
    }
    if (request.snapId() == ObjectId.SNAPDIR
        && request.ops().stream().anyMatch(step -> step.code() != OpCode.LIST_SNAPS)) {
      return Errno.EOPNOTSUPP.result();
    }
    if (request.oid().isEmpty() && !isListing(request)) {
      return Errno.EINVAL.result();
    }
    if (!request.namesAreText()) {
      return Errno.EINVAL.result(); // two such names would become one object
    }
    if (isLonger(request.oid(), Limits.NAME_BYTES)
        || isLonger(request.locator().key(), Limits.NAME_BYTES)
        || isLonger(request.locator().namespace(), Limits.NAMESPACE_BYTES)) {
      return Errno.ENAMETOOLONG.result();
    }
    if (ChangesBound.refuses(request)) {
      return Errno.EMSGSIZE.result();
    }
    if (!request.writes()) {
      return 0;
    }
    if (WriteSameOperation.exceeds(request)) {
      return Errno.EFBIG.result();
    }
    if (!group.isFull()) {
      return 0;
    }
    boolean frees = request.ops().stream().allMatch(OpExecutor::needsNoSpace);
    return !frees && !request.has(OpFlags.FULL_FORCE) ? Errno.ENOSPC.result() : 0;
  }

  private static boolean isListing(MOSDOp request) {
    return !request.ops().isEmpty()
        && request.ops().stream().allMatch(op -> op.code().onPlacementGroup());
  }

  private static boolean needsNoSpace(OsdOp op) {
    return !op.code().writes()
        || op.code() == OpCode.DELETE
        || op.code() == OpCode.TRUNCATE
        || op.code() == OpCode.RMXATTR;
  }

  /** Encodes only what may be: a char is three bytes at most. */
  private static boolean isLonger(String name, int bytesMax) {
    return name.length() > bytesMax / 3 && name.getBytes(StandardCharsets.UTF_8).length > bytesMax;
  }

  private void goOn(OpContext context, ObjectQueues.Slot slot) {
    while (!context.done()) {
      int result = apply(context);
      if (result == OpContext.PENDING) {
        return;
      }
      result = context.bounded(result);
      if (!accept(context, result)) {
        finish(context, slot, result);
        return;
      }
    }
    List<Integer> results = context.results();
    // A failed step that got us here may fail: its own result says so.
    finish(context, slot, results.isEmpty() ? 0 : Math.max(0, results.get(results.size() - 1)));
  }

  private static int apply(OpContext context) {
    OsdOp step = context.step();
    try {
      return OperationTable.of(step.code()).apply(context, step);
    } catch (MalformedInputException e) {
      LOG.debug("{} of {}: {}", step, context.op(), e.getMessage());
      return Errno.EINVAL.result();
    } catch (RuntimeException e) {
      // Nothing has changed yet: the operation fails, and only it.
      LOG.error("{} of {} failed", step, context.op(), e);
      return Errno.EIO.result();
    }
  }

  private void stepDone(OpContext context, ObjectQueues.Slot slot, int given) {
    int result = context.bounded(given);
    if (accept(context, result)) {
      goOn(context, slot);
    } else {
      finish(context, slot, result);
    }
  }

  /** Notes a step's result; false when the operation ends here. */
  private static boolean accept(OpContext context, int result) {
    boolean goesOn = result >= 0 || (context.step().flags() & OsdOp.FLAG_FAIL_OK) != 0;
    context.finishStep(result);
    return goesOn;
  }

  private void finish(OpContext context, ObjectQueues.Slot slot, int lastResult) {
    context.fillUp();
    MOSDOp request = context.op().request();
    // Without a step that writes, the last step's positive result counts (1 at the end of a
    // listing).
    boolean mayWrite = ObjectClasses.mayWrite(request);
    boolean counts = !mayWrite || request.has(OpFlags.RETURN_VECTOR);
    int result = lastResult < 0 ? lastResult : counts ? Math.max(0, lastResult) : 0;
    boolean changes = result >= 0 && !context.changes().isEmpty();
    int refused = changes ? refusedChange(context) : 0;
    if (refused < 0) {
      answerRead(context, refused);
      slot.release();
    } else if (changes) {
      group.replication().submit(context, slot);
      context.runEffects();
    } else if (result < 0 && mayWrite && result != Errno.EAGAIN.result()) {
      group.replication().submitFailure(context, slot, result);
    } else {
      answerRead(context, result);
      if (result >= 0) {
        context.runEffects();
      }
      slot.release();
    }
  }

  /** A negated errno for what would succeed and may not be done; these are not logged. */
  private int refusedChange(OpContext context) {
    if (StepReturns.overflow(context)) {
      return Errno.EOVERFLOW.result();
    }
    if (ChangesBound.exceeds(context.changes())) {
      return Errno.EMSGSIZE.result(); // made by a method, or read from elsewhere
    }
    int attributes = ChangesBound.checkAttributes(context);
    if (attributes < 0) {
      return attributes;
    }
    return WriteLimits.checkPool(context, group.view().pool(group.id()));
  }

  private void answerRead(OpContext context, int result) {
    MOSDOp request = context.op().request();
    MOSDOpReply reply =
        MOSDOpReply.to(request, result, group.view().epoch())
            .withResults(context.steps(), context.results());
    if (result == Errno.ENOENT.result()) {
      reply =
          reply.withAbsentVersions(
              group.store().info().lastUpdate(), group.store().info().lastUserVersion());
    } else {
      long userVersion = context.before() == null ? 0 : context.before().userVersion();
      reply = reply.withVersions(EVersion.ZERO, userVersion);
    }
    try (context) {
      group.replies().send(context.op(), withOutputs(context, reply), group.view().epoch());
    }
  }

  private Envelope withOutputs(OpContext context, MOSDOpReply reply) {
    ObjectStore.LazyRead later = context.claimLater();
    if (later != null) {
      boolean understood = context.op().connection().checksumVectors();
      byte[] vector = understood ? Payload.encode(later.checksums()) : new byte[0];
      return reply.toEnvelope(later.bytes(), vector, later.checksums().combined(Crc32c.SEED));
    }
    boolean single = context.outputsApart() <= 1;
    BufferList outputs = context.claimOutputs();
    if (!single && outputs.hasPipes()) {
      // Several outputs in one list of pipes cannot be told apart: rare, so they are copied.
      try (BufferList pipes = outputs) {
        outputs = BufferList.wrap(pipes.toByteArray(services.pipes(), Inspection.READ_REPLY));
      }
    }
    return reply.toEnvelope(outputs, new byte[0], null);
  }

  /** Answers a duplicate as the original was answered. */
  void answerAgain(ClientOp op, PeerLogEntry entry) {
    MOSDOpReply reply = MOSDOpReply.to(op.request(), entry.result(), group.view().epoch());
    reply = StepReturns.add(reply, entry);
    answer(op, reply.withVersions(entry.version(), entry.userVersion()));
  }

  private void answer(ClientOp op, MOSDOpReply reply) {
    op.releasePayloads();
    group.replies().send(op, reply, group.view().epoch());
  }
}
