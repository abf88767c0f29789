package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.FileSegment;
import io.sluice.messenger.PieceSink;
import io.sluice.objectstore.GrowingWrite;
import io.sluice.objectstore.StagedWrite;
import io.sluice.protocol.PeerScope;
import io.sluice.protocol.RepDrop;
import io.sluice.protocol.RepPiece;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The payload of one client write, handed on while it is still being received: each piece is
 * duplicated for every replica, then goes to our own store.
 *
 * <pre>
 * STREAMING --> TAKEN (message checked)  --> COMMITTED, by the group in its turn
 *          \-> DROPPED (no such message) \-> DROPPED, by the group: refused, a duplicate, void
 * </pre>
 *
 * <p><b>Invariants:</b> replicas commit the pieces only with the operation's {@link
 * io.sluice.protocol.RepOp}; a drop leaves no trace on any of them; all twins of a piece are made
 * before anybody drains it; {@link PipeFlow#PIPES_MAX} pipes are held at most.
 *
 * <p><b>Threads:</b> the connection's loop while streaming, the group's once taken. <b>Owns</b> the
 * staged bytes until committed, and a share of pages sent until {@link #claimPages}.
 */
final class CutThrough implements PieceSink {
  private static final Logger LOG = LoggerFactory.getLogger(CutThrough.class);

  private enum State {
    STREAMING,
    TAKEN,
    COMMITTED,
    DROPPED
  }

  private final PgServices services;
  private final ClientSession session;
  private final Permit permit;
  private final long stream;
  private final GrowingWrite staged;
  private final PipeFlow flow = new PipeFlow(this::pipeEnded);
  private final List<FileSegment> pages = new ArrayList<>();
  private State state = State.STREAMING;
  private long offset;
  private BufferList waiting;
  private ChecksumVector waitingSums;
  private volatile boolean stalled;
  private volatile boolean refused;

  /**
   * @param stream its number, never used twice
   * @param staged as long as the payload, empty; taken over
   */
  CutThrough(
      PgServices services, ClientSession session, Permit permit, long stream, GrowingWrite staged) {
    this.services = services;
    this.session = session;
    this.permit = permit;
    this.stream = stream;
    this.staged = staged;
  }

  long length() {
    return staged.length();
  }

  long stream() {
    return stream;
  }

  Permit permit() {
    return permit;
  }

  @Override
  public void claimPiece(BufferList piece, ChecksumVector checksums) {
    int pipes = piece.pipeCount();
    services.counters().cutPipesPeak.accumulate(flow.held() + pipes);
    if (flow.fits(pipes * copies())) {
      send(piece, checksums);
    } else {
      waiting = piece;
      waitingSums = checksums;
    }
    if (waiting != null || !flow.fits(1)) {
      stalled = true;
      session.pause(ClientSession.Reason.PIPES);
      goOn(); // a pipe may have come back in between
    }
  }

  private int copies() {
    return 1 + permit.others().size();
  }

  private void send(BufferList piece, ChecksumVector checksums) {
    long length = piece.length();
    if (!permit.others().isEmpty()) {
      sendOn(piece, checksums);
    }
    SentPages.share(piece, pages);
    flow.watch(piece);
    services.counters().cutPipesPeak.accumulate(flow.held());
    offset += length;
    staged.claimAppend(piece.handOver(), checksums);
  }

  private void sendOn(BufferList piece, ChecksumVector checksums) {
    byte[] middle = Payload.encode(checksums);
    int crc = checksums.combined(Crc32c.SEED);
    for (Map.Entry<Integer, PeerScope> other : permit.others().entrySet()) {
      BufferList twin =
          services
              .twin(piece)
              .chargeTo(services.payers().of(other.getValue().pg(), Payers.REPLICA));
      flow.watch(twin);
      RepPiece message =
          new RepPiece(other.getValue(), stream, length(), offset, SentPages.leave(twin));
      services.peers().send(other.getKey(), message.toEnvelope(twin.handOver(), middle, crc));
    }
  }

  /** Any thread: a pipe is free again. */
  private void pipeEnded() {
    if (stalled) {
      try {
        session.connection().loop().execute(this::goOn);
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: messenger closed", this, e);
      }
    }
  }

  /** Stalled until it resumes: a pipe that ends meanwhile calls again. */
  private void goOn() {
    boolean room = flow.fits(waiting == null ? 1 : waiting.pipeCount() * copies());
    if (!stalled || !room) {
      return;
    }
    if (waiting != null) {
      BufferList piece = waiting;
      waiting = null;
      send(piece, waitingSums);
    }
    if (flow.fits(1)) {
      stalled = false;
      session.resume(ClientSession.Reason.PIPES);
    }
  }

  /** A replica has no room: the operation cannot happen. Any thread. */
  void refuse() {
    refused = true;
  }

  boolean isRefused() {
    return refused;
  }

  /** The message has come and its checksums held: the operation owns the payload from here on. */
  CutThrough take() {
    if (state != State.STREAMING || offset != length()) {
      throw new IllegalStateException("taken: " + this);
    }
    state = State.TAKEN;
    services.counters().cutThroughs.increment();
    return this;
  }

  @Override
  public void abort() {
    if (state == State.STREAMING) {
      drop();
    }
  }

  /** Nothing of it stays, here or elsewhere. */
  void drop() {
    if (state == State.COMMITTED || state == State.DROPPED) {
      return;
    }
    if (stalled) {
      stalled = false;
      session.resume(ClientSession.Reason.PIPES);
    }
    state = State.DROPPED;
    services.streams().ended(stream);
    services.counters().cutThroughsDropped.increment();
    if (waiting != null) {
      waiting.close();
      waiting = null;
    }
    staged.abort();
    if (offset > 0) {
      permit
          .others()
          .forEach(
              (osd, scope) -> services.peers().send(osd, new RepDrop(scope, stream).toEnvelope()));
    }
    claimPages().release();
  }

  /** For the transaction of its operation; the replicas' is to name {@link #stream}. */
  StagedWrite claimStaged() {
    if (state != State.TAKEN) {
      throw new IllegalStateException("committed: " + this);
    }
    state = State.COMMITTED;
    services.streams().ended(stream);
    return staged;
  }

  /** Pages in files that were sent on; the caller's. */
  SentPages claimPages() {
    SentPages sent = SentPages.of(pages.toArray(FileSegment[]::new));
    pages.clear();
    return sent;
  }

  @Override
  public String toString() {
    return "cut-through " + stream + " " + state + " " + offset + " of " + length();
  }
}
