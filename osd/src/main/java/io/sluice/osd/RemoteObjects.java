package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.Loop;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Reads objects of any placement group for this OSD, which is a client of other OSDs then (and of
 * itself): asks the primary, and asks again when the map names another or a connection broke.
 *
 * <p>Only for what may be repeated. <b>Invariants:</b> every request is answered once, at the
 * latest after {@link Limits#REMOTE_NANOS}. <b>Threads:</b> any; answers come on any loop.
 */
final class RemoteObjects {
  /** An answer; its steps have all their output in memory. */
  record Answer(int result, long userVersion, List<OsdOp> steps) {}

  private static final class Request {
    private final ObjectId object;
    private final List<OsdOp> steps;
    private final long deadline;
    private final Consumer<Answer> done;
    private int target = -1;
    private int pgNum;
    private int attempt;

    private Request(ObjectId object, List<OsdOp> steps, long deadline, Consumer<Answer> done) {
      this.object = object;
      this.steps = List.copyOf(steps);
      this.deadline = deadline;
      this.done = done;
    }
  }

  private final PeerSessions peers;
  private final PipePool pipes;
  private final LongSupplier clock;
  private final MemoryGate copies = new MemoryGate(Limits.COPY_BYTES);
  private final MemoryGate copying = new MemoryGate(Limits.COPYING_BYTES);
  private final Map<Long, Request> waiting = new TreeMap<>();
  private ClusterView view;
  private long lastTid;

  RemoteObjects(PeerSessions peers, PipePool pipes, LongSupplier clock) {
    this.peers = peers;
    this.pipes = pipes;
    this.clock = clock;
  }

  /** What is read of whole objects, to be written again, takes its memory from here. */
  MemoryGate copies() {
    return copies;
  }

  /**
   * For the operations that copy. Apart from the others', who may have to wait there with an object
   * in hand that a copy inside waits for.
   */
  MemoryGate copying() {
    return copying;
  }

  /**
   * Carries out steps that only look.
   *
   * @param loop where the patience ends, should nobody answer
   */
  void read(ObjectId object, List<OsdOp> steps, Loop loop, Consumer<Answer> done) {
    Request request = new Request(object, steps, clock.getAsLong() + Limits.REMOTE_NANOS, done);
    long tid;
    synchronized (this) {
      tid = ++lastTid;
      waiting.put(tid, request);
    }
    loop.schedule(Limits.REMOTE_NANOS, () -> fail(tid, Errno.ETIMEDOUT));
    send(tid, request);
  }

  private void send(long tid, Request request) {
    MOSDOp message;
    int target;
    synchronized (this) {
      PoolInfo pool = view == null ? null : view.map().pool(request.object.pool());
      if (pool == null) {
        message = null;
        target = -1;
      } else {
        PgId pg = pool.pgOf(request.object.hash());
        target = view.map().primary(pg);
        request.target = target;
        request.pgNum = pool.pgNum();
        int flags = OpFlags.READ | OpFlags.ON_DISK | OpFlags.KNOWN_IF_REDIRECTED;
        message =
            MOSDOp.of(request.object, pg, view.epoch(), flags, request.steps)
                .withTid(tid)
                .resent(pg, view.epoch(), request.attempt++);
      }
    }
    if (message == null) {
      fail(tid, Errno.ENOENT);
    } else if (target >= 0) {
      peers.send(target, message.toEnvelope());
    }
  }

  private void fail(long tid, Errno why) {
    end(tid, new Answer(why.result(), 0, List.of()));
  }

  private void end(long tid, Answer answer) {
    Request request;
    synchronized (this) {
      request = waiting.remove(tid);
    }
    if (request != null) {
      request.done.accept(answer);
    }
  }

  /** A newer map: whoever waits for an OSD that is not the one any more asks again. */
  void update(ClusterView newView) {
    Map<Long, Request> again = new TreeMap<>();
    synchronized (this) {
      view = newView;
      waiting.forEach(
          (tid, request) -> {
            PoolInfo pool = newView.map().pool(request.object.pool());
            boolean moved = pool == null || pool.pgNum() != request.pgNum;
            if (moved || newView.map().primary(groupOf(request)) != request.target) {
              again.put(tid, request);
            }
          });
    }
    again.forEach(this::send);
  }

  private PgId groupOf(Request request) {
    return view.map().pool(request.object.pool()).pgOf(request.object.hash());
  }

  /** Messages sent to that OSD may be lost. */
  void lost(int osd, Loop loop) {
    Map<Long, Request> again = new TreeMap<>();
    synchronized (this) {
      waiting.forEach(
          (tid, request) -> {
            if (request.target == osd && clock.getAsLong() < request.deadline) {
              again.put(tid, request);
            }
          });
    }
    if (!again.isEmpty()) {
      loop.schedule(Limits.REMOTE_RETRY_NANOS, () -> again.forEach(this::sendAgain));
    }
  }

  private void sendAgain(long tid, Request request) {
    boolean wanted;
    synchronized (this) {
      wanted = waiting.containsKey(tid);
    }
    if (wanted) {
      send(tid, request);
    }
  }

  /** The answer of another OSD; stays the caller's to close. */
  void onReply(IncomingMessage message) {
    MessageHead head = message.head();
    MOSDOpReply bare =
        MOSDOpReply.decode(head.version(), head.tid(), head.front(), head.dataLength());
    List<byte[]> parts = new ArrayList<>();
    for (IncomingMessage.Run run : message.runs()) {
      parts.add(run.bytes().toByteArray(pipes, Inspection.DECODE));
    }
    try (BufferList all = joined(parts)) {
      MOSDOpReply reply =
          bare.attach(
              (offset, length) -> {
                try (BufferList part = all.slice(offset, length)) {
                  return part.toByteArray(pipes, Inspection.DECODE);
                }
              });
      end(head.tid(), new Answer(reply.result(), reply.userVersion(), reply.ops()));
    }
  }

  private static BufferList joined(List<byte[]> parts) {
    BufferList all = new BufferList();
    for (byte[] part : parts) {
      try (BufferList one = BufferList.wrap(part)) {
        all.claimAppend(one);
      }
    }
    return all;
  }
}
