package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Encoder;
import io.sluice.messenger.Connection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MWatchNotify;
import io.sluice.types.Loop;
import io.sluice.types.ObjectId;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One notification of an object's watchers: over when all have answered, or with ETIMEDOUT when its
 * time is up. Answers beyond {@link Limits#STEP_OUTPUT_BYTES} in all, or {@link
 * Limits#NOTIFICATIONS_BYTES} with all others under way, are passed on as empty ones.
 *
 * <p>What the notifier gets: {@code le32 n, n x {le64 client, le64 cookie, blob answer} | le32 m, m
 * x {le64 client, le64 cookie}}: the answers, and those who gave none. <b>Threads:</b> the group's
 * loop.
 */
final class Notification {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final byte[] NOTHING = {};

  /**
   * @param cookie the notifier's
   */
  record Request(
      ObjectId object, long id, long cookie, long version, int timeoutSeconds, byte[] payload) {}

  private final Request request;
  private final Connection notifier;
  private final Loop loop;
  private final Set<Watchers.Key> waitingFor = new TreeSet<>();
  private final TreeMap<Watchers.Key, byte[]> answers = new TreeMap<>();
  private final ByteBudget budget;
  private long told;
  private long answered;
  private Runnable onOver;
  private Loop.Timer timer;

  /**
   * @param budget of what all of them keep
   */
  Notification(Request request, Connection notifier, Loop loop, ByteBudget budget) {
    this.request = request;
    this.notifier = notifier;
    this.loop = loop;
    this.budget = budget;
  }

  /** What one keeps until it is over, but for the answers. */
  static long bytes(int payload, int watchers) {
    return (1L + watchers) * (payload + Limits.TOLD_BYTES);
  }

  ObjectId object() {
    return request.object();
  }

  long id() {
    return request.id();
  }

  void start(SortedMap<Watchers.Key, Watchers.Watch> watches, Runnable whenOver) {
    onOver = whenOver;
    waitingFor.addAll(watches.keySet());
    told = bytes(request.payload().length, waitingFor.size());
    budget.takeAnyway(told);
    timer =
        loop.schedule(
            request.timeoutSeconds() * NANOS_PER_SECOND, () -> finish(Errno.ETIMEDOUT.result()));
    watches.forEach(this::tell);
    finishIfDone();
  }

  /** Says it to one watcher that has not answered yet. */
  void tell(Watchers.Key key, Watchers.Watch watch) {
    if (waitingFor.contains(key) && watch.connection() != null) {
      MWatchNotify message =
          new MWatchNotify(
              MWatchNotify.NOTIFY,
              key.cookie(),
              request.version(),
              id(),
              request.payload(),
              0,
              notifier.peerName().number());
      watch.connection().send(message.toEnvelope());
    }
  }

  void acknowledge(Watchers.Key key, byte[] answer) {
    if (waitingFor.remove(key)) {
      boolean fits =
          answered + answer.length <= Limits.STEP_OUTPUT_BYTES && budget.take(answer.length);
      answered += fits ? answer.length : 0;
      answers.put(key, fits ? answer : NOTHING);
      finishIfDone();
    }
  }

  /** That one does not watch any more. */
  void forget(Watchers.Key key) {
    if (waitingFor.remove(key)) {
      finishIfDone();
    }
  }

  void cancel() {
    timer.cancel();
    budget.giveBack(told + answered);
  }

  private void finishIfDone() {
    if (waitingFor.isEmpty()) {
      finish(0);
    }
  }

  private void finish(int result) {
    cancel();
    onOver.run();
    Encoder to = new Encoder(64);
    to.list(
        answers.entrySet(),
        (out, each) ->
            out.le64(each.getKey().client().number())
                .le64(each.getKey().cookie())
                .blob(each.getValue()));
    to.list(waitingFor, (out, key) -> out.le64(key.client().number()).le64(key.cookie()));
    MWatchNotify done =
        new MWatchNotify(
            MWatchNotify.NOTIFY_COMPLETE,
            request.cookie(),
            request.version(),
            id(),
            NOTHING,
            result,
            notifier.peerName().number());
    notifier.send(done.toEnvelope(BufferList.wrap(to.toByteArray())));
  }
}
