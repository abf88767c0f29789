package io.sluice.osd;

import io.sluice.protocol.PushReply;
import io.sluice.types.ObjectId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Objects to be copied to other OSDs, a few at a time.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class PushQueue {
  /**
   * Waits until an object may be read in peace; what is accepted then is called when it has been.
   */
  interface Turn {
    /** For groups at rest. */
    Turn AT_ONCE = (object, work) -> work.accept(() -> {});

    void take(ObjectId object, Consumer<Runnable> work);
  }

  private final PgServices services;
  private final PgObjects objects;
  private final boolean hold;
  private final Turn turn;
  private final Predicate<ObjectId> onUnreadable;
  private final Deque<Map.Entry<ObjectId, Map<Integer, ObjectPush.Target>>> waiting =
      new ArrayDeque<>();
  private final Map<ObjectId, ObjectPush> running = new LinkedHashMap<>();
  private final Map<ObjectId, Runnable> turns = new LinkedHashMap<>();
  private Runnable onEmpty;
  private int started;
  private boolean cancelled;

  /**
   * @param onUnreadable told of an object that could not be copied; true: the queue goes on without
   *     it; false: it then never gets empty
   */
  PushQueue(
      PgServices services,
      PgObjects objects,
      boolean hold,
      Turn turn,
      Predicate<ObjectId> onUnreadable) {
    this.services = services;
    this.objects = objects;
    this.hold = hold;
    this.turn = turn;
    this.onUnreadable = onUnreadable;
  }

  void add(ObjectId object, Map<Integer, ObjectPush.Target> targets) {
    waiting.add(Map.entry(object, new TreeMap<>(targets)));
  }

  /** Starts what was added; {@code whenEmpty} runs once when all of it is copied. */
  void start(Runnable whenEmpty) {
    onEmpty = whenEmpty;
    advance();
  }

  private void advance() {
    while (!cancelled && started < Limits.PUSHES_IN_FLIGHT && !waiting.isEmpty()) {
      started++;
      Map.Entry<ObjectId, Map<Integer, ObjectPush.Target>> next = waiting.poll();
      turn.take(next.getKey(), release -> begin(next.getKey(), next.getValue(), release));
    }
    if (!cancelled && started == 0 && waiting.isEmpty() && onEmpty != null) {
      Runnable callback = onEmpty;
      onEmpty = null;
      callback.run();
    }
  }

  private void begin(ObjectId object, Map<Integer, ObjectPush.Target> targets, Runnable release) {
    if (cancelled) {
      release.run();
      return;
    }
    ObjectPush push =
        new ObjectPush(services, objects, object, hold, targets, copied -> ended(object, copied));
    running.put(object, push);
    turns.put(object, release);
    push.start();
  }

  private void ended(ObjectId object, boolean copied) {
    running.remove(object);
    turns.remove(object).run();
    if (!copied && !onUnreadable.test(object)) {
      return;
    }
    started--;
    advance();
  }

  void onReply(int from, PushReply reply) {
    ObjectPush push = running.get(reply.object());
    if (push != null) {
      push.onReply(from, reply);
    }
  }

  /** Forgets everything and gives the turns back. */
  void cancel() {
    cancelled = true;
    waiting.clear();
    running.values().forEach(ObjectPush::cancel);
    running.clear();
    List<Runnable> held = List.copyOf(turns.values());
    turns.clear();
    held.forEach(Runnable::run);
  }
}
