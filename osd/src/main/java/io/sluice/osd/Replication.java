package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.objectstore.StoreException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerScope;
import io.sluice.protocol.RepChange;
import io.sluice.protocol.RepOpDraft;
import io.sluice.protocol.RepOpReply;
import io.sluice.protocol.RepRefused;
import io.sluice.types.EVersion;
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

  /** Who wants to know what becomes of a write. */
  private interface Origin {
    void committed();

    /** The members agree anew, in the same interval: it may have happened, or not. */
    void interrupted();

    /** Somebody else is primary. */
    void abandoned();
  }

  /** One write and who has not committed it yet. */
  private record Flight(
      Origin origin, ObjectQueues.Slot slot, Set<Integer> waitingFor, SentPages pages) {}

  /** A client, which waits for its answer. */
  private final class Client implements Origin {
    private final ClientOp op;
    private final MOSDOpReply reply;

    private Client(ClientOp op, MOSDOpReply reply) {
      this.op = op;
      this.reply = reply;
    }

    @Override
    public void committed() {
      group.replies().send(op, reply, group.view().epoch());
    }

    @Override
    public void interrupted() {
      group.letGo(op);
    }

    @Override
    public void abandoned() {
      group.letGo(op);
    }
  }

  /** The group itself; it finds out anew what it has to do. */
  private record Own(Runnable onCommit) implements Origin {
    @Override
    public void committed() {
      onCommit.run();
    }

    @Override
    public void interrupted() {}

    @Override
    public void abandoned() {}
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
      if (context.op().share() == null) {
        parked.add(new Parked(context, slot));
      } else {
        letGo(context, slot); // others wait for what it has of the heap
      }
      return;
    }
    try (context) {
      List<Payload> writes = context.writes();
      CutThrough cut = writes.size() == 1 ? writes.get(0).cut() : null;
      if (cut != null && !cut.permit().equals(group.permit())) {
        group.letGo(context.op()); // the members have peered since its bytes came
        slot.release();
        return;
      }
      List<Integer> others = group.otherActing();
      if (!haveRoom(others, cut, writes)) {
        refuse(context, slot);
        return;
      }
      List<BufferList> twins = new ArrayList<>();
      for (int i = 0; i < others.size(); i++) {
        twins.add(twinOf(writes));
      }
      long stream = cut == null ? 0 : cut.stream();
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
      LoggedWrite write = LoggedWrite.of(context, 0);
      PeerLogEntry entry = write.entry();
      List<RepChange> changes = write.changes();
      RepOpDraft draft = others.isEmpty() ? null : new RepOpDraft(entry, changes);
      for (int i = 0; i < others.size(); i++) {
        BufferList twin = twins.get(i);
        PeerScope scope = group.scopeFor(others.get(i));
        boolean spliced = SentPages.leave(twin);
        services
            .peers()
            .send(others.get(i), draft.toEnvelope(scope, spliced, stream, twin, middle, crc));
      }
      launch(context, slot, entry, pages);
      group
          .store()
          .apply(entry, changes, staged, true, () -> committed(entry.version(), services.whoami()));
    }
  }

  /**
   * Whether replicas can take those bytes, as far as it is known: of what was handed on they have
   * said so. What was not is logged here before they see it, and the group would have to wait until
   * one that lacks room has some.
   */
  private boolean haveRoom(List<Integer> others, CutThrough cut, List<Payload> writes) {
    if (cut != null) {
      return !cut.isRefused();
    }
    long bytes = 0;
    for (Payload write : writes) {
      bytes += write.length();
    }
    return bytes < Limits.PIPE_BYTES || services.fullness().haveRoom(others, bytes);
  }

  private BufferList twinOf(List<Payload> writes) {
    BufferList all = new BufferList();
    for (Payload write : writes) {
      try (BufferList twin = services.twin(write.bytes())) {
        all.claimAppend(twin);
      }
    }
    // Only pipes are counted for anybody: who pays is not looked up for a small write.
    return all.hasPipes() ? all.chargeTo(services.payers().of(group.id(), Payers.REPLICA)) : all;
  }

  /** Hands the bytes to the store; null when it has no room (and nothing is left behind). */
  private List<PgStore.Staged> stage(List<Payload> writes) {
    List<PgStore.Staged> staged = new ArrayList<>();
    int taken = 0;
    try {
      while (taken < writes.size()) {
        staged.add(group.store().claimStage(writes.get(taken++)));
      }
      return staged;
    } catch (StoreException e) {
      staged.forEach(PgStore.Staged::abort);
      return null;
    } finally {
      writes.subList(0, taken).clear();
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

  /** In an interval that goes on: no map makes its client ask again. */
  private void letGo(OpContext context, ObjectQueues.Slot slot) {
    context.close();
    group.letGo(context.op());
    slot.release();
  }

  /**
   * Logs everywhere that an operation failed, so that its duplicate fails alike. Closes the
   * context.
   */
  void submitFailure(OpContext context, ObjectQueues.Slot slot, int result) {
    if (group.state() != PgState.ACTIVE) {
      letGo(context, slot);
      return;
    }
    try (context) {
      context.op().releasePayloads();
      LoggedWrite write = LoggedWrite.of(context, result);
      launch(context, slot, write.entry(), SentPages.NONE);
      commit(write);
    }
  }

  /**
   * Commits a change everywhere that no client asked for, then releases the slot.
   *
   * @param onCommit does not run when the interval ends first, or the members must agree anew
   */
  void submitOwn(LoggedWrite write, ObjectQueues.Slot slot, Runnable onCommit) {
    launch(new Own(onCommit), slot, write.entry(), SentPages.NONE);
    commit(write);
  }

  /** Commits what needs no bytes of a client, here and at the others. */
  private void commit(LoggedWrite write) {
    PeerLogEntry entry = write.entry();
    RepOpDraft draft = new RepOpDraft(entry, write.changes());
    for (int osd : group.otherActing()) {
      services.peers().send(osd, draft.toEnvelope(group.scopeFor(osd)));
    }
    group
        .store()
        .apply(
            entry,
            write.changes(),
            List.of(),
            true,
            () -> committed(entry.version(), services.whoami()));
  }

  private void launch(
      OpContext context, ObjectQueues.Slot slot, PeerLogEntry entry, SentPages pages) {
    ClientOp op = context.op();
    MOSDOpReply reply = MOSDOpReply.to(op.request(), entry.result(), group.view().epoch());
    reply = StepReturns.add(reply, context);
    reply =
        entry.result() == Errno.ENOENT.result()
            ? reply.withAbsentVersions(entry.version(), entry.userVersion())
            : reply.withVersions(entry.version(), entry.userVersion());
    launch(new Client(op, reply), slot, entry, pages);
  }

  private void launch(Origin origin, ObjectQueues.Slot slot, PeerLogEntry entry, SentPages pages) {
    Set<Integer> waitingFor = new TreeSet<>(group.entry().acting());
    inFlight.put(entry.version(), new Flight(origin, slot, waitingFor, pages));
    group.noteChanged(entry);
  }

  /** What a replica says of a write; false, and untouched, where that is not the message. */
  boolean handle(PeerDelivery delivery) {
    int from = delivery.from();
    if (delivery.message() instanceof RepOpReply reply) {
      delivery.close();
      group.noteRoom(from, reply.room());
      committed(reply.version(), from);
      return true;
    }
    if (delivery.message() instanceof RepRefused refused) {
      delivery.close();
      group.noteRoom(from, refused.room());
      services.streams().refused(refused.stream());
      return true;
    }
    return false;
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
    flight.origin.committed();
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
      flight.origin.interrupted();
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
          flight.origin.abandoned();
        });
    for (Parked one : parked) {
      one.context().close();
      group.letGo(one.context().op());
    }
    parked.clear();
  }

  int size() {
    return inFlight.size();
  }
}
