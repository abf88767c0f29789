package io.sluice.osd;

import io.sluice.types.ObjectId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Operations of one placement group, one at a time per object, in the order they came.
 *
 * <p><b>Invariants:</b> an object's slot is held by one task until it releases it; while paused no
 * ordinary task starts; urgent ones (copies for recovery) start as soon as the slot is free.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class ObjectQueues {
  /** Work on one object; it releases the slot, once, when it is done. */
  interface Task {
    void run(Slot slot);

    /** The group has moved on: the task will not run. */
    void drop();
  }

  /** The right to work on an object. */
  final class Slot {
    private final ObjectId object;
    private final Queue queue;
    private boolean released;

    private Slot(ObjectId object, Queue queue) {
      this.object = object;
      this.queue = queue;
    }

    ObjectId object() {
      return object;
    }

    /**
     * Lets the next one in. A second call, or one after {@link ObjectQueues#clear}, does nothing.
     */
    void release() {
      if (released) {
        return;
      }
      released = true;
      if (queues.get(object) == queue) {
        queue.busy = false;
        busy--;
        next(object, queue);
        idle();
      }
    }
  }

  private static final class Queue {
    private final Deque<Task> urgent = new ArrayDeque<>();
    private final Deque<Task> ordinary = new ArrayDeque<>();
    private boolean busy;
    private boolean starting;
  }

  private final Map<ObjectId, Queue> queues = new LinkedHashMap<>();
  private final Deque<Runnable> onIdle = new ArrayDeque<>();
  private boolean paused = true;
  private int busy;

  void submit(ObjectId object, Task task) {
    Queue queue = queues.computeIfAbsent(object, o -> new Queue());
    queue.ordinary.add(task);
    next(object, queue);
  }

  void submitUrgent(ObjectId object, Task task) {
    Queue queue = queues.computeIfAbsent(object, o -> new Queue());
    queue.urgent.add(task);
    next(object, queue);
  }

  /** A loop, not a recursion: a task that ends at once lets the next one start from here. */
  private void next(ObjectId object, Queue queue) {
    if (queue.starting) {
      return;
    }
    queue.starting = true;
    Task task = queue.busy ? null : poll(queue);
    while (task != null) {
      queue.busy = true;
      busy++;
      task.run(new Slot(object, queue));
      task = queue.busy ? null : poll(queue);
    }
    queue.starting = false;
    if (!queue.busy && queue.ordinary.isEmpty() && queue.urgent.isEmpty()) {
      queues.remove(object, queue);
    }
  }

  private Task poll(Queue queue) {
    Task task = queue.urgent.poll();
    return task == null && !paused ? queue.ordinary.poll() : task;
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    List.copyOf(queues.entrySet()).forEach(entry -> next(entry.getKey(), entry.getValue()));
  }

  /** Runs the task once no slot is held. */
  void whenIdle(Runnable task) {
    onIdle.add(task);
    idle();
  }

  private void idle() {
    while (busy == 0 && !onIdle.isEmpty()) {
      onIdle.poll().run();
    }
  }

  /** Drops every task that has not begun; slots that are held become worthless. */
  void clear() {
    List<Task> dropped = new ArrayList<>();
    for (Queue queue : queues.values()) {
      dropped.addAll(queue.urgent);
      dropped.addAll(queue.ordinary);
      queue.urgent.clear();
      queue.ordinary.clear();
    }
    queues.clear();
    onIdle.clear();
    busy = 0;
    paused = true;
    dropped.forEach(Task::drop);
  }

  /** Tasks that have not begun. */
  int waiting() {
    return queues.values().stream()
        .mapToInt(queue -> queue.urgent.size() + queue.ordinary.size())
        .sum();
  }
}
