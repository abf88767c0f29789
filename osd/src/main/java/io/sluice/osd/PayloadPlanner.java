package io.sluice.osd;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.messenger.Connection;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.PayloadPlan;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.RepChange;
import io.sluice.protocol.RepOp;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides from a message's front where its data goes: one large write on an aligned connection into
 * pipes, everything else into memory.
 *
 * <p>With the sender's checksum vector nobody reads the bytes (mode lazy); without, the messenger
 * computes one on the way (mode ingest). <b>Threads:</b> any.
 */
final class PayloadPlanner {
  private static final Integrity INTEGRITY = Integrity.ofEnvironment();

  private PayloadPlanner() {}

  static PayloadPlan plan(Connection connection, MessageHead head, Payers payers) {
    if (head.dataLength() < Limits.PIPE_BYTES) {
      return PayloadPlan.memory(head.dataLength());
    }
    if (head.type() == MessageType.OSD_OP) {
      return planOperation(connection, head, payers);
    }
    if (head.type() == PeerMessage.REP_OP) {
      return planReplica(connection, head, payers);
    }
    return PayloadPlan.memory(head.dataLength());
  }

  private static PayloadPlan planOperation(Connection connection, MessageHead head, Payers payers) {
    MOSDOp request = MOSDOp.decode(head.version(), head.tid(), head.front(), head.dataLength());
    OsdOp largest = null;
    int large = 0;
    for (OsdOp step : request.ops()) {
      if (StepPayloads.isData(step) && step.dataLength() >= Limits.PIPE_BYTES) {
        large++;
        largest = largest == null || largest.dataLength() < step.dataLength() ? step : largest;
      }
    }
    if (largest == null) {
      return PayloadPlan.memory(head.dataLength());
    }
    boolean pipes =
        connection.aligned() && large == 1 && head.dataLength() <= Limits.WRITE_OP_BYTES;
    PayloadPlan plan =
        pipes
            ? around(largest.dataOffset(), largest.dataLength(), connection, head)
            : PayloadPlan.memory(head.dataLength());
    return plan.paidBy(payers.of(request.pg(), largest.code()));
  }

  private static PayloadPlan planReplica(Connection connection, MessageHead head, Payers payers) {
    RepOp message = (RepOp) PeerMessage.decode(head.type(), head.front());
    long writes = message.changes().stream().filter(RepChange.Write.class::isInstance).count();
    PayloadPlan plan =
        connection.aligned() && writes == 1 && message.spliced()
            ? around(0, head.dataLength(), connection, head)
            : PayloadPlan.memory(head.dataLength());
    return plan.paidBy(payers.of(message.scope().pg(), Payers.REPLICA));
  }

  private static PayloadPlan around(
      long offset, long length, Connection connection, MessageHead head) {
    List<PayloadPlan.Run> runs = new ArrayList<>();
    if (offset > 0) {
      runs.add(new PayloadPlan.Memory(offset));
    }
    runs.add(new PayloadPlan.Pipes(length, vector(length, connection, head)));
    long after = head.dataLength() - offset - length;
    if (after > 0) {
      runs.add(new PayloadPlan.Memory(after));
    }
    return new PayloadPlan(runs);
  }

  private static ChecksumVector vector(long length, Connection connection, MessageHead head) {
    if (!connection.checksumVectors()) {
      return null;
    }
    ChecksumVector vector = StepPayloads.vectorOf(head);
    if (vector != null && vector.length() != length) {
      throw new MalformedInputException(
          "a checksum vector of " + vector.length() + " bytes for " + length + " bytes of data");
    }
    return INTEGRITY == Integrity.LAZY ? vector : null;
  }
}
