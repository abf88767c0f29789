package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.Errno;
import io.sluice.protocol.FullRatios;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A member without room for what it should have a copy of. */
class NoRoomTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final int MIB = 1 << 20;

  private final SimulatedCluster cluster = new SimulatedCluster(11);
  private final SimClient client = cluster.newClient();

  private void until(String what, BooleanSupplier condition) {
    boolean came = cluster.runUntil(60 * SECOND, condition);
    assertThat(came).as(() -> what + ":\n" + cluster.describe()).isTrue();
  }

  private void start(int osd) {
    cluster.start(osd);
    until("up", () -> cluster.monitor().map().isUp(osd));
  }

  private void pool(String name, long id) {
    pool(name, id, 4);
  }

  private void pool(String name, long id, int groups) {
    cluster.monitor().change(map -> map.createPool(name, 3, 1, groups, 0));
    until("pool " + id, () -> client.hasPool(id));
  }

  private List<Integer> submit(ObjectId object, OsdOp... steps) {
    List<Integer> results = new ArrayList<>();
    client.submit(object, List.of(steps), (reply, data) -> results.add(reply.result()));
    return results;
  }

  private void run(ObjectId object, OsdOp step) {
    List<Integer> results = submit(object, step);
    until("answered: " + object, () -> !results.isEmpty());
    assertThat(results).containsExactly(0);
  }

  private static OsdOp full(int length) {
    return OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, length, 0, 0), new byte[length]);
  }

  private static OsdOp delete() {
    return OsdOp.of(OpCode.DELETE, OpArgs.NONE);
  }

  private ObjectId object(int number) {
    return client.object(1, "o" + number);
  }

  private PgEntry entry(ObjectId object) {
    long pool = object.pool();
    return cluster.entry(cluster.monitor().map().pool(pool).pgOf(object.hash()));
  }

  private String state(ObjectId object) {
    PgEntry entry = entry(object);
    return cluster.osd(entry.primary()).group(entry.pg()).describe();
  }

  /** Two OSDs with so many objects, and a third one that should have them, too. */
  private void thirdWith(long diskBytes, int objects) {
    start(0);
    start(1);
    pool("pool", 1);
    for (int i = 0; i < objects; i++) {
      run(object(i), full(MIB));
    }
    cluster.diskBytes(diskBytes);
    start(2);
  }

  private void writeAll(int objects) {
    for (int i = 0; i < objects; i++) {
      run(object(i), full(MIB - i));
    }
  }

  @Test
  void shouldServeOnWhenTheOneToBeFilledHasNoRoom() {
    thirdWith(MIB - 1000, 12);
    until("refused", () -> state(object(0)).contains("+recovery_toofull"));
    writeAll(12);
    for (int i = 0; i < 12; i++) {
      run(object(i), full(20_000));
    }
    until("room now", () -> cluster.isClean(3));
    assertThat(state(object(0))).isEqualTo("active+clean");
    SimReplicas.checkEqual(cluster);
    SimReplicas.checkNothingStaged(cluster);
  }

  @Test
  void shouldStopFillingAStoreThatGetsFull() {
    thirdWith(5 * MIB + MIB / 20, 12);
    until("refused", () -> state(object(0)).contains("+recovery_toofull"));
    assertThat(cluster.disk(2).space().free()).as("left to what clients do").isPositive();
    writeAll(12);
    for (int i = 0; i < 12; i++) {
      run(object(i), delete());
    }
    until("room now", () -> cluster.isClean(3));
  }

  @Test
  void shouldNotBeginToFillAStoreBeyondBackfillfull() {
    cluster.monitor().change(map -> map.fullRatios(new FullRatios(0, 1, 0)));
    start(0);
    start(1);
    pool("pool", 1, 1);
    int[] answers = {0};
    int many = Limits.LOG_ENTRIES + 200;
    for (int i = 0; i < many; i++) {
      client.submit(object(i % 20), List.of(full(100)), (reply, data) -> answers[0]++);
    }
    until("written", () -> answers[0] == many);
    start(2);
    until("refused", () -> state(object(0)).contains("+backfill_toofull"));
    cluster.run(20 * SECOND);
    assertThat(entry(object(0)).hasStaleUp()).isTrue();
    assertThat(state(object(0))).contains("+backfill_toofull");
    cluster.monitor().change(map -> map.fullRatios(FullRatios.DEFAULT));
    until("allowed now", () -> cluster.isClean(3));
  }

  @Test
  void shouldAgreeAsSoonAsAMemberHasRoomForWhatItMissed() {
    ObjectId object = onAStoreThatIsHalfFull();
    int half = 3 * MIB / 2;
    OsdOp second = OsdOp.of(OpCode.WRITE, new OpArgs.Extent(half, half, 0, 0), new byte[half]);
    List<Integer> results = submit(object, full(half), second); // not cut through
    until("refused", () -> state(object).contains("+recovery_toofull"));
    assertThat(results).isEmpty();
    run(client.object(2, "in the way"), delete());
    until("room now", () -> !results.isEmpty() && cluster.isClean(3));
    assertThat(results).containsExactly(0);
    assertThat(state(object)).isEqualTo("active+clean");
    SimReplicas.checkEqual(cluster);
    SimReplicas.checkNothingStaged(cluster);
  }

  /** Three OSDs, of which the last has half of 4 MiB left; an object of another primary. */
  private ObjectId onAStoreThatIsHalfFull() {
    start(0);
    start(1);
    cluster.diskBytes(4 * MIB);
    start(2);
    pool("pool", 1);
    pool("other", 2);
    until("clean", () -> cluster.isClean(3));
    run(client.object(2, "in the way"), full(2 * MIB));
    int number = 0;
    while (entry(object(number)).primary() == 2) {
      number++;
    }
    return object(number);
  }

  private void refused(ObjectId object, OsdOp... steps) {
    List<Integer> results = submit(object, steps);
    until("answered: " + object, () -> !results.isEmpty());
    assertThat(results).containsExactly(Errno.ENOSPC.result());
    assertThat(state(object)).isEqualTo("active+clean");
    SimReplicas.checkEqual(cluster);
    SimReplicas.checkNothingStaged(cluster);
  }

  @Test
  void shouldRefuseWhatAReplicaHasNoRoomForWhileItComes() {
    ObjectId object = onAStoreThatIsHalfFull();
    long interval = entry(object).intervalSince();
    for (int i = 0; i < 3; i++) {
      refused(object, full(3 * MIB));
    }
    assertThat(entry(object).intervalSince()).isEqualTo(interval);
    run(object, full(20_000)); // the group serves on
    run(client.object(2, "in the way"), delete());
    run(object, full(3 * MIB));
    SimReplicas.checkEqual(cluster);
  }

  @Test
  void shouldRefuseWhatAReplicaIsKnownToHaveNoRoomFor() {
    ObjectId object = onAStoreThatIsHalfFull();
    int half = 3 * MIB / 2;
    OsdOp second = OsdOp.of(OpCode.WRITE, new OpArgs.Extent(half, half, 0, 0), new byte[half]);
    cluster.run(SECOND);
    run(object, full(20_000)); // its answer tells how much room there is
    refused(object, full(half), second); // not cut through
    run(client.object(2, "in the way"), delete());
    cluster.run(SECOND);
    run(object, full(20_000));
    List<Integer> results = submit(object, full(half), second);
    until("room now", () -> !results.isEmpty());
    assertThat(results).containsExactly(0);
  }
}
