package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.messenger.Connection;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.PayloadPlan;
import io.sluice.messenger.PieceSink;
import io.sluice.objectstore.GrowingWrite;
import io.sluice.objectstore.StoreException;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.RepChange;
import io.sluice.protocol.RepOp;
import io.sluice.protocol.RepPiece;
import io.sluice.types.EntityName;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Decides from a message's front where its data goes: one large write is handed on while it comes,
 * in pipes from a sender that aligns and in memory files from any other, or in plain memory while
 * it is too little for that; a replica's part of it the same way; everything else into memory.
 *
 * <p>With the sender's checksum vector nobody reads the bytes (mode lazy); without, the messenger
 * computes one on the way (mode ingest). <b>Threads:</b> any.
 */
final class PayloadPlanner {
  private final PgServices services;
  private final Function<PgId, PlacementGroup> groups;
  private final Function<PgId, PoolInfo> pools;
  private final ReceiveMode mode;
  private final Integrity integrity;
  private final long cutFrom;

  /**
   * @param groups null for those that are not known here
   * @param pools null for those that are not known here; their modes go before ours
   * @param cutFrom bytes from which on a write is handed on as it comes
   */
  PayloadPlanner(
      PgServices services,
      Function<PgId, PlacementGroup> groups,
      Function<PgId, PoolInfo> pools,
      long cutFrom) {
    this.services = services;
    this.pools = pools;
    this.groups = groups;
    this.mode = ReceiveMode.ofEnvironment();
    this.integrity = Integrity.ofEnvironment();
    this.cutFrom = cutFrom;
  }

  PayloadPlan plan(Connection connection, MessageHead head) {
    if (head.dataLength() < cutFrom) {
      return PayloadPlan.memory(head.dataLength());
    }
    if (head.type() == MessageType.OSD_OP) {
      return planOperation(connection, head);
    }
    if (head.type() == PeerMessage.REP_OP || head.type() == PeerMessage.REP_PIECE) {
      return planReplica(connection, head);
    }
    return PayloadPlan.memory(head.dataLength());
  }

  /** Where payload goes that nobody will look at. */
  private static final PieceSink NOWHERE =
      new PieceSink() {
        @Override
        public void claimPiece(BufferList piece, ChecksumVector checksums) {
          piece.close();
        }

        @Override
        public void abort() {}
      };

  private PayloadPlan planOperation(Connection connection, MessageHead head) {
    PayloadPlan memory = PayloadPlan.memory(head.dataLength());
    MOSDOp request = MOSDOp.decode(head.version(), head.tid(), head.front(), head.dataLength());
    if (ChangesBound.refuses(request)) {
      PayloadPlan.Carrier carrier = PayloadPlan.Carrier.MEMORY;
      return new PayloadPlan(
          List.of(new PayloadPlan.Stream(head.dataLength(), null, carrier, NOWHERE)));
    }
    OsdOp large = null;
    int count = 0;
    for (OsdOp step : request.ops()) {
      if (StepPayloads.isData(step) && step.dataLength() >= Math.max(1, cutFrom)) {
        large = count++ == 0 ? step : large;
      }
    }
    boolean isPeer = connection.peerName().type() == EntityName.OSD; // must not be paused
    if (count != 1 && head.dataLength() > Limits.WHOLE_PAYLOAD_BYTES && !isPeer) {
      ClientSession.of(connection).awaitRoom(services.payloads(), head.dataLength());
    }
    if (large == null) {
      return memory;
    }
    CopyMeter payer = services.payers().of(request.pg(), large.code());
    boolean single = count == 1 && head.dataLength() <= Limits.WRITE_OP_BYTES;
    return (single ? planWrite(connection, head, request, large) : memory).paidBy(payer);
  }

  private PayloadPlan planWrite(
      Connection connection, MessageHead head, MOSDOp request, OsdOp write) {
    long length = write.dataLength();
    ChecksumVector known =
        length == head.dataLength() ? vector(connection, head, request.pg()) : null;
    boolean alone =
        request.ops().stream()
            .noneMatch(op -> op != write && StepPayloads.isData(op) && op.dataLength() > 0);
    ReceiveMode way = mode.in(pools.apply(request.pg()));
    CutThrough cut = way.cutsThrough() && alone ? cutThrough(connection, request, length) : null;
    if (cut != null) {
      PayloadPlan.Run run =
          new PayloadPlan.Stream(length, known, carrier(connection, way, length), cut);
      return around(run, write.dataOffset(), head);
    }
    return connection.aligned() && length >= Limits.PIPE_BYTES
        ? around(new PayloadPlan.Pipes(length, known), write.dataOffset(), head)
        : PayloadPlan.memory(head.dataLength());
  }

  private static PayloadPlan.Carrier carrier(Connection connection, ReceiveMode way, long length) {
    boolean small = length < Limits.SLOT_BYTES && way == ReceiveMode.CUT && !connection.aligned();
    if (way == ReceiveMode.MEMORY || small) {
      return PayloadPlan.Carrier.MEMORY;
    }
    boolean pipes = connection.aligned() ? way != ReceiveMode.SLOT : way == ReceiveMode.PIPE;
    return pipes ? PayloadPlan.Carrier.PIPES : PayloadPlan.Carrier.SLOTS;
  }

  /** Null when the group does not serve now, or there is no room: the operation waits whole. */
  private CutThrough cutThrough(Connection connection, MOSDOp request, long length) {
    PlacementGroup group = groups.apply(request.pg());
    Permit permit = group == null ? null : group.permit();
    if (permit == null
        || connection.peerName().type() == EntityName.OSD // must not be paused
        || services
            .fullness()
            .isFull(services.fullness().fullest(List.copyOf(permit.others().keySet())))) {
      return null;
    }
    try {
      GrowingWrite staged = services.store().beginStage(length);
      ClientSession session = ClientSession.of(connection);
      return services
          .streams()
          .open(number -> new CutThrough(services, session, permit, number, staged));
    } catch (StoreException e) {
      return null; // said again, to the client, when it is the operation's turn
    }
  }

  /** Bytes that left a peer of ours as pages, and are one write, go into pipes. */
  private PayloadPlan planReplica(Connection connection, MessageHead head) {
    if (head.version() == PeerMessage.LONG_VERSION) {
      return PayloadPlan.memory(head.dataLength());
    }
    PeerMessage message = PeerMessage.decode(head.type(), head.front());
    boolean spliced = message instanceof RepPiece piece && piece.spliced();
    if (message instanceof RepOp op) {
      long writes = op.changes().stream().filter(RepChange.Write.class::isInstance).count();
      spliced = writes == 1 && op.spliced();
    }
    boolean pipes =
        spliced
            && connection.aligned()
            && head.dataLength() >= Limits.PIPE_BYTES
            && mode.in(pools.apply(message.scope().pg())) != ReceiveMode.MEMORY;
    PayloadPlan plan = PayloadPlan.memory(head.dataLength());
    if (pipes) {
      ChecksumVector known = vector(connection, head, message.scope().pg());
      plan = around(new PayloadPlan.Pipes(head.dataLength(), known), 0, head);
    }
    return plan.paidBy(services.payers().of(message.scope().pg(), Payers.REPLICA));
  }

  private static PayloadPlan around(PayloadPlan.Run run, long offset, MessageHead head) {
    List<PayloadPlan.Run> runs = new ArrayList<>();
    if (offset > 0) {
      runs.add(new PayloadPlan.Memory(offset));
    }
    runs.add(run);
    long after = head.dataLength() - offset - run.length();
    if (after > 0) {
      runs.add(new PayloadPlan.Memory(after));
    }
    return new PayloadPlan(runs);
  }

  /** Of the whole data segment, where it may be taken at its word; else null. */
  private ChecksumVector vector(Connection connection, MessageHead head, PgId pg) {
    if (!connection.checksumVectors()) {
      return null;
    }
    ChecksumVector vector = StepPayloads.vectorOf(head);
    if (vector != null && vector.length() != head.dataLength()) {
      throw new MalformedInputException(
          "a checksum vector of "
              + vector.length()
              + " bytes for "
              + head.dataLength()
              + " bytes of data");
    }
    return integrity.in(pools.apply(pg)) == Integrity.LAZY ? vector : null;
  }
}
