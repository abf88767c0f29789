package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.objectstore.CollectionId;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.SnapContext;
import io.sluice.types.PgId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Flags of the map that keep OSDs from copying and trimming. */
class RecoveryFlagsTest {
  private static final long SECOND = SimulatedCluster.SECOND;

  /** More than a group's log keeps. */
  private static final int MANY = Limits.LOG_ENTRIES + 200;

  private final SimulatedCluster cluster = new SimulatedCluster(9);
  private final SimClient client = cluster.newClient();
  private final PgId group = new PgId(1, 0);

  private void start(int osds, int copies) {
    for (int osd = 0; osd < osds; osd++) {
      cluster.start(osd);
    }
    assertThat(cluster.runUntil(5 * SECOND, () -> up() == osds)).isTrue();
    cluster.createPool(copies, 1, 1);
    until("clean at first", () -> cluster.isClean(copies) && client.hasPool(1));
  }

  private int up() {
    int up = 0;
    for (int osd = 0; osd < cluster.monitor().map().maxOsd(); osd++) {
      up += cluster.monitor().map().isUp(osd) ? 1 : 0;
    }
    return up;
  }

  private void until(String what, java.util.function.BooleanSupplier condition) {
    boolean came = cluster.runUntil(60 * SECOND, condition);
    assertThat(came).as(() -> what + ":\n" + cluster.describe()).isTrue();
  }

  private void write(int times) {
    int[] answers = {0};
    OsdOp step = OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, 3, 0, 0), new byte[3]);
    for (int i = 0; i < times; i++) {
      client.submit(client.object(1, "o" + i % 50), List.of(step), (reply, data) -> answers[0]++);
    }
    until("written", () -> answers[0] == times);
  }

  private void set(int flag) {
    cluster.monitor().change(map -> map.flags(cluster.monitor().map().flags() | flag));
  }

  private void unset(int flag) {
    cluster.monitor().change(map -> map.flags(cluster.monitor().map().flags() & ~flag));
  }

  private PgEntry entry() {
    return cluster.entry(group);
  }

  /** One that is not the primary misses that many writes. */
  private int missed(int writes) {
    int away = entry().acting().get(2);
    int left = up() - 1;
    cluster.kill(away);
    until("down", () -> up() == left);
    write(writes);
    return away;
  }

  private void back(int osd) {
    int then = up() + 1;
    cluster.start(osd);
    until("back", () -> up() == then);
  }

  private void stays(String why) {
    cluster.run(20 * SECOND);
    assertThat(cluster.isClean(3)).as(why).isFalse();
    assertThat(entry().hasStaleUp()).as(why).isTrue();
    write(10);
  }

  @Test
  void shouldCopyNothingWhileNorecoverIsSet() {
    start(3, 3);
    int away = missed(40);
    set(OsdMap.NORECOVER);
    back(away);
    stays("norecover");
    unset(OsdMap.NORECOVER);
    until("unset", () -> cluster.isClean(3));
  }

  @Test
  void shouldStopCopyingWhenNorecoverIsSetMeanwhile() {
    start(3, 3);
    int away = missed(40);
    PgMachine machine = cluster.osd(entry().primary()).group(group).machine();
    cluster.start(away);
    for (int i = 0; i < 60_000 && machine.recovery() == null; i++) {
      cluster.run(SECOND / 1000);
    }
    assertThat(machine.recovery()).as("under way").isNotNull();
    set(OsdMap.NORECOVER);
    cluster.run(SECOND);
    assertThat(machine.recovery()).isNull();
    stays("norecover");
    unset(OsdMap.NORECOVER);
    until("unset", () -> cluster.isClean(3));
  }

  @Test
  void shouldLeaveNoHalfObjectsBehindWhenNorecoverIsSetMeanwhile() {
    start(3, 3);
    int away = missed(1);
    int[] answers = {0};
    byte[] large = new byte[9 << 20]; // in three pieces
    OsdOp step = OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, large.length, 0, 0), large);
    for (int i = 0; i < 3; i++) {
      client.submit(client.object(1, "l" + i), List.of(step), (reply, data) -> answers[0]++);
    }
    until("written", () -> answers[0] == 3);
    cluster.start(away);
    for (int i = 0; i < 60_000 && staged(away) == 0; i++) {
      cluster.run(SECOND / 1000);
    }
    assertThat(staged(away)).as("half of an object").isPositive();
    set(OsdMap.NORECOVER);
    stays("norecover");
    assertThat(staged(away)).isZero();
    unset(OsdMap.NORECOVER);
    until("unset", () -> cluster.isClean(3));
  }

  private long staged(int osd) {
    return (long) cluster.disk(osd).perf().get("staged_bytes");
  }

  @Test
  void shouldFillNobodyWhileNobackfillIsSetButTellWhatTheLogKnows() {
    start(3, 3);
    set(OsdMap.NOBACKFILL);
    back(missed(40));
    until("the log tells what is missing", () -> cluster.isClean(3));
    back(missed(MANY));
    stays("nobackfill");
    unset(OsdMap.NOBACKFILL);
    until("unset", () -> cluster.isClean(3));
  }

  @Test
  void shouldMoveNothingWhileNorebalanceIsSetButFillWhatIsMissing() {
    start(4, 3);
    write(MANY);
    set(OsdMap.NOREBALANCE);
    int leaves = entry().acting().get(1);
    cluster.monitor().change(map -> map.weight(leaves, 0));
    cluster.run(20 * SECOND);
    assertThat(entry().up()).as("CRUSH has chosen another").doesNotContain(leaves);
    assertThat(entry().acting()).hasSize(3).contains(leaves);
    cluster.kill(leaves);
    until("degraded: copied though it is set", () -> cluster.isClean(3));
    assertThat(entry().acting()).doesNotContain(leaves).hasSize(3);
  }

  @Test
  void shouldTrimNothingWhileNosnaptrimIsSet() {
    start(3, 3);
    write(50);
    long[] snap = {0};
    cluster.monitor().change(map -> snap[0] = map.numberSnap(1));
    client.snaps(new SnapContext(snap[0], List.of(snap[0])));
    write(50);
    assertThat(clones()).isEqualTo(50);
    set(OsdMap.NOSNAPTRIM);
    client.snaps(new SnapContext(snap[0], List.of()));
    cluster.monitor().change(map -> map.removeSnap(1, snap[0]));
    cluster.run(10 * SECOND);
    assertThat(clones()).isEqualTo(50);
    unset(OsdMap.NOSNAPTRIM);
    until("trimmed", () -> clones() == 0);
  }

  private long clones() {
    CollectionId objects = new CollectionId(group);
    return cluster.disk(entry().primary()).list(objects, null, 1 << 20).objects().stream()
        .filter(object -> !object.name().isEmpty() && !object.isHead())
        .count();
  }
}
