package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.PipePool;
import io.sluice.objectstore.ObjectStore;
import io.sluice.types.Clock;

/**
 * What every placement group of a daemon sees of the world.
 *
 * @param whoami our OSD number
 * @param peers connections to other OSDs
 * @param fullness of our store
 * @param payers who count what happens to payload
 * @param options that may change at any time
 * @param gate for clients' operations that take much of the heap
 * @param payloads for what is kept whole until the operation's turn
 * @param streams payload that is handed on as it comes
 * @param logs what the groups' logs share
 * @param notifications what those under way keep
 */
record PgServices(
    int whoami,
    Clock clock,
    ObjectStore store,
    PipePool pipes,
    PeerSessions peers,
    RemoteObjects remote,
    MonitorSession monitor,
    Lease lease,
    MapArchive maps,
    OsdCounters counters,
    Fullness fullness,
    Payers payers,
    OsdOptions options,
    MemoryGate gate,
    MemoryGate payloads,
    CutStreams streams,
    LogRoom logs,
    ByteBudget notifications) {

  /**
   * Another owner's list of the same bytes: memory and files shared, pipes tee'd, and where the
   * pool has no pipe left a copy in memory (counted).
   */
  BufferList twin(BufferList bytes) {
    BufferList twin = bytes.twin(pipes);
    return twin != null ? twin : BufferList.wrap(bytes.toByteArray(pipes, Inspection.NO_PIPE));
  }

  /**
   * Lets go of an operation that will not be answered; the client learns from a newer map to send
   * it again.
   */
  void drop(ClientOp op) {
    counters.dropped.increment();
    maps.share(op.connection(), op.request().epoch());
    op.close();
  }
}
