package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.objectstore.CollectionId;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.types.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * A primary pulls what only another member has stored, and the members change meanwhile, a little
 * later in each run: what it agrees to have is there.
 */
class CancelledPeeringTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final long STEP = 200_000;
  private static final long BEFORE = 2_000_000;
  private static final int COPIES = 3;

  /** Attributes of one object that are stored ahead of it, as they are too many to be kept. */
  private static final int ATTRIBUTES = 10;

  private static final int ATTRIBUTE_BYTES = 40_000;

  private SimulatedCluster cluster;
  private SimClient client;
  private int primary;

  private void until(String what, BooleanSupplier condition) {
    boolean came = cluster.runUntil(120 * SECOND, condition);
    assertThat(came).as(() -> what + ":\n" + cluster.describe()).isTrue();
  }

  private ObjectId object() {
    return client.object(1, "object");
  }

  private PgEntry entry() {
    return cluster.entry(cluster.monitor().map().pool(1).pgOf(object().hash()));
  }

  private void write(byte value) {
    List<Integer> results = submit(value);
    until("written", () -> !results.isEmpty());
    assertThat(results).containsExactly(0);
  }

  private List<Integer> submit(byte value) {
    List<OsdOp> steps = new ArrayList<>();
    for (int i = 0; i < ATTRIBUTES; i++) {
      byte[] bytes = new byte[ATTRIBUTE_BYTES];
      bytes[0] = value;
      steps.add(attribute("name" + i, bytes));
    }
    List<Integer> results = new ArrayList<>();
    client.submit(object(), steps, (reply, data) -> results.add(reply.result()));
    return results;
  }

  private static OsdOp attribute(String name, byte[] value) {
    byte[] payload = new byte[name.length() + value.length];
    System.arraycopy(name.getBytes(StandardCharsets.UTF_8), 0, payload, 0, name.length());
    System.arraycopy(value, 0, payload, name.length(), value.length);
    return OsdOp.of(OpCode.SETXATTR, new OpArgs.Attr(name.length(), value.length, 0, 0), payload);
  }

  /**
   * Up to where all are back after the power failed, when another member had stored a write and the
   * primary had not.
   *
   * @return false with a seed where that does not come about
   */
  private boolean reviveAPrimaryThatMissedAWrite(long seed) {
    cluster = new SimulatedCluster(seed);
    client = cluster.newClient();
    for (int osd = 0; osd < COPIES; osd++) {
      int id = osd;
      cluster.start(id);
      until("up", () -> cluster.monitor().map().isUp(id));
    }
    cluster.monitor().change(map -> map.createPool("pool", COPIES, COPIES, 1, 0));
    until("pool", () -> client.hasPool(1));
    until("clean", () -> cluster.isClean(COPIES));
    write((byte) 1);
    primary = entry().primary();
    submit((byte) 2);
    stepUntil(() -> entry().acting().stream().anyMatch(osd -> stored(osd) == 2));
    boolean missed = stored(primary) == 1;
    for (int osd = 0; osd < COPIES; osd++) {
      cluster.kill(osd);
    }
    for (int osd = 0; osd < COPIES; osd++) {
      cluster.start(osd);
    }
    return missed && stored(primary) == 1;
  }

  private int stored(int osd) {
    CollectionId pg = new CollectionId(entry().pg());
    byte[] value = cluster.disk(osd).attrs(pg, object()).get(Xattrs.stored("name0"));
    return value[0];
  }

  private boolean isPulling() {
    PlacementGroup group = cluster.osd(primary).group(entry().pg());
    return group != null && group.state() == PgState.PEERING && group.entry() != null;
  }

  private boolean isServing() {
    PlacementGroup group = cluster.osd(primary).group(entry().pg());
    return group != null && group.state() == PgState.ACTIVE;
  }

  private long stepUntil(BooleanSupplier condition) {
    long ran = 0;
    while (!condition.getAsBoolean()) {
      cluster.run(STEP);
      ran += STEP;
      assertThat(ran).isLessThan(120 * SECOND);
    }
    return ran;
  }

  @Test
  void shouldAgreeToNothingThatIsNotThere() {
    long seed = 1;
    while (!reviveAPrimaryThatMissedAWrite(seed)) {
      seed++;
    }
    long begin = stepUntil(this::isPulling);
    long end = begin + stepUntil(this::isServing);
    assertThat(end - begin).as("it pulls for a while").isGreaterThan(3 * STEP);
    for (long at = Math.max(0, begin - BEFORE); at <= end; at += STEP) {
      reviveAPrimaryThatMissedAWrite(seed);
      cluster.run(at);
      int other = (primary + 1) % COPIES;
      if (cluster.monitor().map().isUp(other)) {
        cluster.monitor().change(map -> map.markDown(other));
      }
      until("clean after " + at, () -> cluster.isClean(COPIES));
      SimReplicas.checkEqual(cluster);
    }
  }
}
