package io.sluice.osd;

import io.sluice.objectstore.CollectionId;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.SnapContext;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One client that writes to a few objects, takes and drops snapshots, rolls back, and remembers
 * what each object was at each snapshot.
 *
 * <p>It does one thing after the other, so the model is exact: what was not acknowledged is waited
 * for. Checked: an object reads at every snapshot as the model says; when no snapshot is left, no
 * disk holds a clone.
 */
final class SimSnapshots {
  static final int FEW_OBJECTS = 4;
  private static final int SNAPSHOTS_MAX = 5;
  private static final long THINK_MAX = 20_000_000L;

  private final SimulatedCluster cluster;
  private final long pool;
  private final int objects;
  private final Random random;
  private final SimClient client;
  private final Map<String, String> now = new TreeMap<>();
  private final TreeMap<Long, Map<String, String>> then = new TreeMap<>();
  private boolean stopped;
  private boolean idle;
  private int checked;

  SimSnapshots(SimulatedCluster cluster, long pool, int objects) {
    this.objects = objects;
    this.cluster = cluster;
    this.pool = pool;
    this.random = cluster.scheduler().random();
    this.client = cluster.newClient();
  }

  void start() {
    think();
  }

  void stop() {
    stopped = true;
  }

  boolean isIdle() {
    return idle;
  }

  int checked() {
    return checked;
  }

  String describe() {
    return "snapshots " + then.keySet() + ", pending: " + client.describePending();
  }

  private void think() {
    idle = stopped;
    if (!stopped) {
      cluster.scheduler().after(cluster.scheduler().between(0, THINK_MAX), this::step);
    }
  }

  private void step() {
    String name = "o" + random.nextInt(objects);
    switch (random.nextInt(12)) {
      case 0, 1 -> take();
      case 2 -> drop();
      case 3 -> delete(name);
      case 4, 5 -> rollBack(name);
      case 6, 7, 8 -> look(name);
      default -> write(name);
    }
  }

  private void take() {
    if (then.size() < SNAPSHOTS_MAX) {
      cluster.monitor().change(builder -> then.put(builder.numberSnap(pool), new TreeMap<>(now)));
      tell();
    }
    think();
  }

  private void drop() {
    if (!then.isEmpty()) {
      remove(List.copyOf(then.keySet()).get(random.nextInt(then.size())));
    }
    think();
  }

  private void remove(long snap) {
    then.remove(snap);
    cluster.monitor().change(builder -> builder.removeSnap(pool, snap));
    tell();
  }

  private void tell() {
    List<Long> newestFirst = new ArrayList<>(then.keySet());
    Collections.reverse(newestFirst);
    client.snaps(new SnapContext(newestFirst.isEmpty() ? 0 : newestFirst.get(0), newestFirst));
  }

  private void write(String name) {
    String before = now.getOrDefault(name, "");
    boolean whole = random.nextBoolean();
    int offset = whole ? 0 : random.nextInt(40);
    String text = Long.toString(random.nextLong() >>> 1, 36);
    StringBuilder after = new StringBuilder(whole ? "" : before);
    while (after.length() < offset + text.length()) {
      after.append('\0');
    }
    after.replace(offset, offset + text.length(), text);
    OpArgs range = new OpArgs.Extent(offset, text.length(), 0, 0);
    OsdOp step = OsdOp.of(whole ? OpCode.WRITE_FULL : OpCode.WRITE, range, text.getBytes());
    submit(name, step, 0, () -> now.put(name, after.toString()));
  }

  private void delete(String name) {
    int expected = now.containsKey(name) ? 0 : Errno.ENOENT.result();
    submit(name, OsdOp.of(OpCode.DELETE, OpArgs.NONE), expected, () -> now.remove(name));
  }

  private void rollBack(String name) {
    if (then.isEmpty()) {
      think();
      return;
    }
    long snap = List.copyOf(then.keySet()).get(random.nextInt(then.size()));
    String to = then.get(snap).get(name);
    Runnable effect = () -> now.compute(name, (key, value) -> to);
    submit(name, OsdOp.of(OpCode.ROLLBACK, new OpArgs.Snap(snap)), 0, effect);
  }

  private void submit(String name, OsdOp step, int expected, Runnable effect) {
    client.submit(
        client.object(pool, name),
        List.of(step),
        (reply, data) -> {
          SimWorkload.check(reply.result() == expected, step + " of " + name + ": " + reply);
          effect.run();
          think();
        });
  }

  private void look(String name) {
    long snap = ObjectId.HEAD;
    if (!then.isEmpty() && random.nextInt(4) > 0) {
      snap = List.copyOf(then.keySet()).get(random.nextInt(then.size()));
    }
    look(name, snap, this::think);
  }

  private void look(String name, long snap, Runnable next) {
    String expected = (snap == ObjectId.HEAD ? now : then.get(snap)).get(name);
    client.submit(
        client.object(pool, name).withSnap(snap),
        List.of(OsdOp.extent(OpCode.READ, 0, 1 << 20)),
        (reply, data) -> {
          checked++;
          String found = reply.result() == Errno.ENOENT.result() ? null : new String(data);
          SimWorkload.check(
              reply.result() == 0 && found.equals(expected) || found == null && expected == null,
              name + " at " + snap + " is " + found + " instead of " + expected + ": " + reply);
          next.run();
        });
  }

  /** Reads every object at every snapshot; the cluster must be quiet. */
  void verifyAll() {
    List<Long> snaps = new ArrayList<>(then.keySet());
    snaps.add(ObjectId.HEAD);
    int[] left = {snaps.size() * objects};
    for (long snap : snaps) {
      for (int i = 0; i < objects; i++) {
        look("o" + i, snap, () -> left[0]--);
      }
    }
    boolean all = cluster.runUntil(20 * SimulatedCluster.SECOND, () -> left[0] == 0);
    SimWorkload.check(all, "not all objects could be read; " + describe());
  }

  /** Clones that the disk of an OSD holds of the groups it acts for. */
  long clonesOn(int osd) {
    return cluster.monitor().table().entries().stream()
        .filter(entry -> entry.acting().contains(osd))
        .flatMap(entry -> listed(osd, entry).stream())
        .filter(object -> !object.isHead())
        .count();
  }

  private List<ObjectId> listed(int osd, PgEntry entry) {
    return cluster.disk(osd).list(new CollectionId(entry.pg()), null, 1 << 20).objects().stream()
        .filter(object -> !object.name().isEmpty())
        .toList();
  }

  /** Removes the snapshots that are left; in the end nobody holds a clone. */
  void verifyTrimmed() {
    List.copyOf(then.keySet()).forEach(this::remove);
    boolean trimmed = cluster.runUntil(20 * SimulatedCluster.SECOND, () -> clones().isEmpty());
    SimWorkload.check(trimmed, "clones of no snapshot: " + clones());
    verifyAll();
  }

  private static boolean isOurs(ObjectId object) {
    return object.name().matches("o[0-9]+"); // others may work on the same pool
  }

  private List<ObjectId> clones() {
    List<ObjectId> clones = new ArrayList<>();
    cluster
        .monitor()
        .table()
        .entries()
        .forEach(
            entry -> {
              for (int osd : entry.acting()) {
                listed(osd, entry).stream()
                    .filter(object -> !object.isHead() || isOurs(object))
                    .filter(object -> !object.isHead() || !now.containsKey(object.name()))
                    .forEach(clones::add);
              }
            });
    return clones;
  }
}
