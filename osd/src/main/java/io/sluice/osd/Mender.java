package io.sluice.osd;

import io.sluice.objectstore.Transaction;
import io.sluice.protocol.PeerPull;
import io.sluice.protocol.PeerUnreadable;
import io.sluice.protocol.PushObject;
import io.sluice.protocol.PushReply;
import io.sluice.types.EVersion;
import io.sluice.types.Loop;
import io.sluice.types.ObjectId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces an object of the primary's that cannot be read by another member's copy of the same
 * version.
 *
 * <p><b>Invariants:</b> one object at a time; a copy counts only when it is whole and at our
 * version; the object must not change meanwhile (its turn is the caller's).
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class Mender {
  private static final Logger LOG = LoggerFactory.getLogger(Mender.class);

  private static final class Job {
    private final ObjectId object;
    private final Consumer<Boolean> done;
    private final Deque<Integer> sources;
    private final EVersion version;
    private int source = -1;
    private int turn;

    /**
     * @param sources null for every other member
     * @param version null for our own copy's
     */
    private Job(ObjectId object, List<Integer> sources, EVersion version, Consumer<Boolean> done) {
      this.object = object;
      this.sources = sources == null ? null : new ArrayDeque<>(sources);
      this.version = version;
      this.done = done;
    }
  }

  private final PlacementGroup group;
  private final PgServices services;
  private final PushReceiver receiver;
  private final Deque<Job> waiting = new ArrayDeque<>();
  private Job job;
  private Loop.Timer timer;

  Mender(PlacementGroup group, PgServices services) {
    this.group = group;
    this.services = services;
    this.receiver = new PushReceiver(group.store());
  }

  /**
   * Fetches the object from another member and stores it anew.
   *
   * @param done told whether it is whole again; false also when somebody else gets primary
   */
  void mend(ObjectId object, Consumer<Boolean> done) {
    submit(new Job(object, null, null, done));
  }

  /** The same from members whose copies are known to be good, at a version that we may not have. */
  void mend(ObjectId object, List<Integer> sources, EVersion version, Consumer<Boolean> done) {
    submit(new Job(object, sources, version, done));
  }

  private void submit(Job next) {
    waiting.add(next);
    resume();
  }

  /** Goes on with what waits, now that others may be asked. */
  void resume() {
    if (job != null || waiting.isEmpty()) {
      return;
    }
    Job next = waiting.poll();
    List<Integer> others = group.state().isPrimary() ? group.otherActing() : List.of();
    job = next.sources != null ? next : new Job(next.object, others, next.version, next.done);
    tryNext("cannot be read here");
  }

  private void tryNext(String why) {
    stopTimer();
    receiver.abort();
    Integer source = job.sources.poll();
    if (source == null) {
      LOG.error("{}: {}: {}, and nobody else has it", group.id(), job.object, why);
      end(false);
      return;
    }
    LOG.warn("{}: {}: {}; asking osd.{}", group.id(), job.object, why, source);
    job.source = source;
    job.turn++;
    startTimer();
    PeerPull request = new PeerPull(group.scopeFor(source), List.of(job.object));
    services.peers().send(source, request.toEnvelope());
  }

  /** From now on the source has so much time again for its next piece. */
  private void startTimer() {
    stopTimer();
    Job of = job;
    int turn = job.turn;
    timer =
        group
            .loop()
            .schedule(
                Limits.MEND_NANOS,
                () -> {
                  if (job == of && job.turn == turn) {
                    tryNext("osd." + of.source + " does not answer");
                  }
                });
  }

  /** True for what only this waits for. */
  boolean expects(PeerDelivery delivery) {
    if (job == null || delivery.from() != job.source) {
      return false;
    }
    return delivery.message() instanceof PushObject piece && piece.object().equals(job.object)
        || delivery.message() instanceof PeerUnreadable not && not.object().equals(job.object);
  }

  /** A message that {@link #expects} says yes to; taken over. */
  void handle(PeerDelivery delivery) {
    if (!(delivery.message() instanceof PushObject piece)) {
      delivery.close();
      tryNext("osd." + job.source + " cannot read it either");
      return;
    }
    Job of = job;
    int source = job.source;
    int turn = job.turn;
    startTimer();
    PushReply reply = new PushReply(piece.scope(), piece.object(), piece.version(), piece.last());
    boolean taken =
        receiver.accept(
            piece,
            delivery.data(),
            () -> {
              services.peers().send(source, reply.toEnvelope());
              if (piece.last() && job == of && job.turn == turn) {
                arrived(piece);
              }
            });
    if (!taken) {
      tryNext("there is no room for osd." + source + "'s");
    }
  }

  private void arrived(PushObject piece) {
    EVersion wanted =
        job.version != null
            ? job.version
            : group.store().objects().info(job.object).map(ObjectInfo::version).orElse(null);
    if (!piece.exists() || !piece.version().equals(wanted)) {
      tryNext("osd." + job.source + " has another version");
      return;
    }
    stopTimer();
    Job of = job;
    Transaction transaction = new Transaction(group.store().collection());
    receiver.claimHeld().forEach(transaction::add);
    services.counters().mended.increment();
    LOG.info("{}: {} is replaced by the copy of osd.{}", group.id(), job.object, job.source);
    group
        .store()
        .commit(
            transaction,
            () -> {
              if (job == of) {
                end(true);
              }
            });
  }

  private void end(boolean mended) {
    Job ended = job;
    job = null;
    ended.done.accept(mended);
    resume();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** The members must agree anew: what was asked for is void, and is asked for again later. */
  void reset() {
    stopTimer();
    receiver.abort();
    if (job != null) {
      waiting.addFirst(new Job(job.object, null, job.version, job.done));
      job = null;
    }
  }

  /** Somebody else is primary. */
  void abandon() {
    reset();
    List<Job> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(each -> each.done.accept(false));
  }
}
