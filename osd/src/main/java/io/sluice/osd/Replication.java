package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.objectstore.StoreException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.RepChange;
import io.sluice.protocol.RepOp;
import io.sluice.protocol.RepOpReply;
import io.sluice.types.EVersion;
import io.sluice.types.UTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The primary's writes on their way to every acting member's disk.
 *
 * <p><b>Invariants:</b> versions are given in the order in which operations are logged and sent; an
 * operation is answered only when every acting member, we included, has committed it.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class Replication {
  private final PlacementGroup group;
  private final PgServices services;
  private final Map<EVersion, Flight> inFlight = new TreeMap<>();
  private final Deque<Parked> parked = new ArrayDeque<>();

  private record Parked(OpContext context, ObjectQueues.Slot slot) {}

  /** One write and who has not committed it yet. */
  private static final class Flight {
    private final ClientOp op;
    private final MOSDOpReply reply;
    private final ObjectQueues.Slot slot;
    private final Set<Integer> waitingFor;
    private final SentPages pages;

    private Flight(
        ClientOp op,
        MOSDOpReply reply,
        ObjectQueues.Slot slot,
        Set<Integer> waitingFor,
        SentPages pages) {
      this.op = op;
      this.reply = reply;
      this.slot = slot;
      this.pages = pages;
      this.waitingFor = waitingFor;
    }
  }

  Replication(PlacementGroup group, PgServices services) {
    this.group = group;
    this.services = services;
  }

  /**
   * Commits the changes of an operation everywhere, then answers and releases the slot. Closes the
   * context.
   */
  void submit(OpContext context, ObjectQueues.Slot slot) {
    if (group.state() != PgState.ACTIVE) {
      // It read before it writes, and the group peers again meanwhile: nothing may be logged now.
      parked.add(new Parked(context, slot));
      return;
    }
    try (context) {
      List<Payload> writes = context.writes();
      List<Integer> others = group.otherActing();
      List<BufferList> twins = new ArrayList<>();
      for (int i = 0; i < others.size(); i++) {
        twins.add(twinOf(writes));
      }
      byte[] middle = writes.size() == 1 ? writes.get(0).middle() : new byte[0];
      Integer crc = writes.size() == 1 ? writes.get(0).wholeCrc() : null;
      SentPages pages = SentPages.of(writes);
      List<PgStore.Staged> staged = stage(writes);
      if (staged == null) {
        pages.release();
        twins.forEach(BufferList::close);
        refuse(context, slot);
        return;
      }
      PeerLogEntry entry = entry(context, 0);
      List<RepChange> changes = changes(context, entry);
      for (int i = 0; i < others.size(); i++) {
        BufferList twin = twins.get(i);
        RepOp message =
            new RepOp(group.scopeFor(others.get(i)), entry, changes, SentPages.leave(twin));
        services.peers().send(others.get(i), message.toEnvelope(twin, middle, crc));
      }
      launch(context, slot, entry, pages);
      group
          .store()
          .apply(entry, changes, staged, () -> committed(entry.version(), services.whoami()));
    }
  }

  private BufferList twinOf(List<Payload> writes) {
    BufferList all = new BufferList();
    for (Payload write : writes) {
      try (BufferList twin = services.twin(write.bytes())) {
        all.claimAppend(twin);
      }
    }
    return all.chargeTo(services.payers().of(group.id(), Payers.REPLICA));
  }

  /** Hands the bytes to the store; null when it has no room (and nothing is left behind). */
  private List<PgStore.Staged> stage(List<Payload> writes) {
    List<PgStore.Staged> staged = new ArrayList<>();
    try {
      while (!writes.isEmpty()) {
        staged.add(group.store().claimStage(writes.remove(0)));
      }
      return staged;
    } catch (StoreException e) {
      staged.forEach(PgStore.Staged::abort);
      return null;
    }
  }

  private void refuse(OpContext context, ObjectQueues.Slot slot) {
    MOSDOp request = context.op().request();
    group
        .replies()
        .send(
            context.op(),
            MOSDOpReply.to(request, Errno.ENOSPC.result(), group.view().epoch()),
            group.view().epoch());
    slot.release();
  }

  /**
   * Logs everywhere that an operation failed, so that its duplicate fails alike. Closes the
   * context.
   */
  void submitFailure(OpContext context, ObjectQueues.Slot slot, int result) {
    if (group.state() != PgState.ACTIVE) {
      context.close();
      services.drop(context.op());
      slot.release();
      return;
    }
    try (context) {
      context.op().releasePayloads();
      PeerLogEntry entry = entry(context, result);
      for (int osd : group.otherActing()) {
        RepOp message = new RepOp(group.scopeFor(osd), entry, List.of(), false);
        services.peers().send(osd, message.toEnvelope());
      }
      launch(context, slot, entry, SentPages.NONE);
      group
          .store()
          .apply(entry, List.of(), List.of(), () -> committed(entry.version(), services.whoami()));
    }
  }

  private PeerLogEntry entry(OpContext context, int result) {
    MOSDOp request = context.op().request();
    EVersion version = new EVersion(group.view().epoch(), group.store().log().head().version() + 1);
    ObjectInfo before = context.before();
    long userVersion = before == null ? 0 : before.userVersion();
    PeerLogEntry.Kind kind = PeerLogEntry.Kind.ERROR;
    if (result >= 0) {
      kind = context.exists() ? PeerLogEntry.Kind.MODIFY : PeerLogEntry.Kind.DELETE;
      if (!context.onlyWatches()) {
        userVersion = Math.max(userVersion, group.store().info().lastUserVersion()) + 1;
      }
    }
    UTime now =
        request.mtime().equals(UTime.ZERO)
            ? UTime.ofNanos(services.clock().wallNanos())
            : request.mtime();
    UTime mtime = result >= 0 && before != null && context.onlyWatches() ? before.mtime() : now;
    return new PeerLogEntry(
        kind,
        version,
        before == null ? EVersion.ZERO : before.version(),
        context.object(),
        context.op().requestId(),
        userVersion,
        result,
        mtime);
  }

  private static List<RepChange> changes(OpContext context, PeerLogEntry entry) {
    List<RepChange> changes = new ArrayList<>(context.changes());
    if (context.exists()) {
      ObjectInfo info =
          new ObjectInfo(entry.version(), entry.userVersion(), entry.mtime(), context.size());
      changes.add(new RepChange.SetAttr(ObjectInfo.ATTRIBUTE, info.encode()));
    }
    return changes;
  }

  private void launch(
      OpContext context, ObjectQueues.Slot slot, PeerLogEntry entry, SentPages pages) {
    ClientOp op = context.op();
    MOSDOpReply reply = MOSDOpReply.to(op.request(), entry.result(), group.view().epoch());
    if (entry.result() < 0 || op.request().has(OpFlags.RETURN_VECTOR)) {
      reply = reply.withResults(memoryOnly(context), context.results());
    }
    reply =
        entry.result() == Errno.ENOENT.result()
            ? reply.withAbsentVersions(entry.version(), entry.userVersion())
            : reply.withVersions(entry.version(), entry.userVersion());
    Set<Integer> waitingFor = new TreeSet<>(group.entry().acting());
    inFlight.put(entry.version(), new Flight(op, reply, slot, waitingFor, pages));
    group.noteChanged(entry);
  }

  /** Bytes read in an operation that also writes are not sent back, as in Ceph. */
  private static List<OsdOp> memoryOnly(OpContext context) {
    return context.steps().stream()
        .map(step -> step.hasData() ? step : step.withData(new byte[0]))
        .toList();
  }

  void onReply(int from, RepOpReply reply) {
    group.noteFullness(from, reply.usedPermille());
    committed(reply.version(), from);
  }

  private void committed(EVersion version, int osd) {
    Flight flight = inFlight.get(version);
    if (flight != null && flight.waitingFor.remove(osd) && flight.waitingFor.isEmpty()) {
      flight.pages.settle();
      finish(version, flight);
    }
  }

  private void finish(EVersion version, Flight flight) {
    inFlight.remove(version);
    flight.pages.release();
    group.replies().send(flight.op, flight.reply, group.view().epoch());
    flight.slot.release();
  }

  /**
   * The members are about to agree anew: what is in flight is answered by nobody. Its replies may
   * be lost, and those who agree in the end may be too few to vouch for it. The client asks again
   * over a new connection, also where the map gives it no reason to, and the log answers once the
   * group serves. (It must not take the answer for the first attempt's: a lost member's socket may
   * still hold its pages.)
   */
  void interrupt() {
    List<Flight> all = new ArrayList<>(inFlight.values());
    inFlight.clear();
    for (Flight flight : all) {
      flight.pages.release();
      flight.op.connection().close("the group peers again, with operations in flight");
      services.drop(flight.op);
      flight.slot.release();
    }
  }

  /** The group serves again: what waited with its changes goes on. */
  void resume() {
    List<Parked> waiting = List.copyOf(parked);
    parked.clear();
    waiting.forEach(one -> submit(one.context(), one.slot()));
  }

  /** Somebody else is primary: clients ask there, and the log knows what they did. */
  void abandon() {
    List<Flight> all = new ArrayList<>(inFlight.values());
    inFlight.clear();
    all.forEach(
        flight -> {
          flight.pages.release();
          services.drop(flight.op);
        });
    for (Parked one : parked) {
      one.context().close();
      services.drop(one.context().op());
    }
    parked.clear();
  }

  int size() {
    return inFlight.size();
  }
}
