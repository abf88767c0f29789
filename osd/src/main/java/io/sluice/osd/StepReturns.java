package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OpReturn;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PeerLogEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * What the steps of an operation that writes give back. A client that sets RETURNVEC hears each
 * step's result and output, and its duplicate hears the same from the log; that is why outputs are
 * short. Any other hears the results, and outputs only when the operation failed. (ceph:
 * osd_max_write_op_reply_len, pg_log_dup_t)
 */
final class StepReturns {
  private static final byte[] NOTHING = {};

  /** Of a step in the log, beside what it gives back. */
  private static final int RESULT_BYTES = 8;

  private StepReturns() {}

  private static boolean wanted(OpContext context) {
    return context.op().request().has(OpFlags.RETURN_VECTOR);
  }

  /** What the operation answers once it is committed: the last step's where that is wanted. */
  static int success(OpContext context) {
    List<Integer> results = context.results();
    return wanted(context) ? Math.max(0, results.get(results.size() - 1)) : 0;
  }

  /**
   * Fails the steps that give back more than the log shall keep, of one or of all together.
   *
   * @return true when there is one: then nothing is changed
   */
  static boolean overflow(OpContext context) {
    if (!wanted(context)) {
      return false;
    }
    boolean found = context.gatherOutputs();
    long all = 0;
    for (int i = 0; i < context.steps().size(); i++) {
      int bytes = context.steps().get(i).dataLength();
      all += RESULT_BYTES + bytes;
      if (bytes > Limits.WRITE_REPLY_BYTES || all > Limits.WRITE_REPLIES_BYTES) {
        context.fail(i, Errno.EOVERFLOW);
        found = true;
      }
    }
    return found;
  }

  /** For the log; empty where nobody wants to know, or what failed is too long for it. */
  static List<OpReturn> of(OpContext context) {
    if (!wanted(context)) {
      return List.of();
    }
    context.gatherOutputs();
    List<OpReturn> all = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < context.steps().size(); i++) {
      OsdOp step = context.steps().get(i);
      boolean kept = step.dataLength() <= Limits.WRITE_REPLY_BYTES;
      bytes += RESULT_BYTES + (kept ? step.dataLength() : 0);
      if (bytes > Limits.WRITE_REPLIES_BYTES) {
        return List.of();
      }
      all.add(new OpReturn(context.results().get(i), kept ? step.data() : NOTHING));
    }
    return all;
  }

  /** The answer of an operation that is over, with as much as its client may hear. */
  static MOSDOpReply add(MOSDOpReply reply, OpContext context) {
    if (reply.result() >= 0 && !wanted(context)) {
      boolean plain = context.results().stream().allMatch(result -> result == 0);
      return plain ? reply : reply.withResults(reply.ops(), context.results());
    }
    context.gatherOutputs();
    return reply.withResults(context.steps(), context.results());
  }

  /** The same for a duplicate, from the log. */
  static MOSDOpReply add(MOSDOpReply reply, PeerLogEntry entry) {
    List<OpReturn> returns = entry.returns();
    if (returns.isEmpty() || returns.size() != reply.ops().size()) {
      return reply;
    }
    List<OsdOp> steps = new ArrayList<>();
    for (int i = 0; i < returns.size(); i++) {
      steps.add(reply.ops().get(i).withData(returns.get(i).data()));
    }
    return reply.withResults(steps, returns.stream().map(OpReturn::result).toList());
  }
}
