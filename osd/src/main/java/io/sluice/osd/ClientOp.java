package io.sluice.osd;

import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.protocol.MOSDOp;
import io.sluice.types.RequestId;
import java.util.List;
import java.util.function.Consumer;

/**
 * A client's operation in hand: the request, its payloads and where the answer goes.
 *
 * <p><b>Owns</b> the payloads until they are claimed. <b>Threads:</b> the connection's loop, then
 * the placement group's.
 */
final class ClientOp implements AutoCloseable {
  private final Connection connection;
  private final RequestId requestId;
  private final List<Payload> payloads;
  private final long bytes;
  private final long receivedNanos;
  private final Consumer<ClientOp> onClose;
  private MOSDOp request;
  private MemoryGate.Share room;
  private MemoryGate.Share share;
  private boolean closed;

  /**
   * @param payloads one per step, null where the step has none or carries it itself; taken over
   * @param onClose runs once, when the operation is over
   */
  ClientOp(
      Connection connection,
      MOSDOp request,
      List<Payload> payloads,
      long receivedNanos,
      Consumer<ClientOp> onClose) {
    this.connection = connection;
    this.request = request;
    this.requestId = request.requestId(connection.peerName());
    this.payloads = payloads;
    this.bytes = request.dataLength();
    this.receivedNanos = receivedNanos;
    this.onClose = onClose;
  }

  Connection connection() {
    return connection;
  }

  MOSDOp request() {
    return request;
  }

  RequestId requestId() {
    return requestId;
  }

  /** Bytes that the steps brought along. */
  long bytes() {
    return bytes;
  }

  long receivedNanos() {
    return receivedNanos;
  }

  /**
   * @param theRoom that its payload has outside the heap; null for nearly all
   */
  void takeRoom(MemoryGate.Share theRoom) {
    room = theRoom;
  }

  /** It takes much of the heap, and waits for its turn at the gate. */
  void take(MemoryGate.Share theShare) {
    share = theShare;
  }

  /** Null for nearly all. */
  MemoryGate.Share share() {
    return share;
  }

  /** What it has of the heap, now the caller's to give back; null for nearly all. */
  MemoryGate.Share claimShare() {
    MemoryGate.Share claimed = share;
    share = null;
    return claimed;
  }

  /** Brings what is to be taken apart into the heap, where that was left for now. */
  void attach(PipePool pipes) {
    request = request.attachEach(step -> bytesOf(step, pipes));
  }

  /** Null for those that stay apart, or are not there. */
  private byte[] bytesOf(int step, PipePool pipes) {
    if (payloads.get(step) == null || StepPayloads.isApart(request.ops().get(step))) {
      return null;
    }
    try (Payload whole = claimPayload(step)) {
      return whole.bytes().toByteArray(pipes, Inspection.DECODE);
    }
  }

  /** The next thread to use the payloads owns them. */
  void handOver() {
    for (Payload payload : payloads) {
      if (payload != null) {
        payload.bytes().handOver();
      }
    }
  }

  /** The payload of a step, now the caller's; null when there is none. */
  Payload claimPayload(int step) {
    Payload payload = payloads.get(step);
    payloads.set(step, null);
    return payload;
  }

  /** The operation is over: answered or dropped. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      releasePayloads();
      if (share != null) {
        share.release();
      }
      if (room != null) {
        room.release();
      }
      onClose.accept(this);
    }
  }

  /** Gives back payloads that nobody claimed. */
  void releasePayloads() {
    for (int i = 0; i < payloads.size(); i++) {
      Payload left = claimPayload(i);
      if (left != null) {
        left.close();
      }
    }
  }

  /** What {@link #toString} says, to be said later: keeps neither connection nor payload alive. */
  Object words() {
    return new Words(requestId, request);
  }

  private record Words(RequestId id, MOSDOp request) {
    @Override
    public String toString() {
      return request.describe(id.toString());
    }
  }

  @Override
  public String toString() {
    return words().toString();
  }
}
