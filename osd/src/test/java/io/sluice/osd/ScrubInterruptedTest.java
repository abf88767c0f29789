package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A scrub that a member does not answer, and that is given up when the members agree anew. */
class ScrubInterruptedTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final int OBJECTS = 20;

  private final SimulatedCluster cluster = SimulationTest.running(7, 3, 3, 2);
  private final SimClient client = cluster.newClient();
  private int answered;

  @Test
  void shouldLetOperationsOnWhenAScrubIsGivenUp() {
    cluster.run(SECOND / 10);
    writeAll();
    assertThat(cluster.runUntil(5 * SECOND, () -> answered == OBJECTS)).isTrue();
    PgId pg = cluster.monitor().map().pool(1).pgOf(object(0).hash());
    PgEntry entry = cluster.entry(pg);
    Osd primary = cluster.osd(entry.primary());
    int silent = entry.acting().get(1);
    assertThat(primary.scrub(pg, true, false)).isNotNull();
    cluster.run(SECOND / 100);
    cluster.pause(silent);
    cluster.run(SECOND);
    assertThat(primary.group(pg).scrubber().isRunning()).as("it waits for osd.%d", silent).isTrue();
    primary.onLost(silent);
    cluster.run(SECOND / 5);
    assertThat(primary.group(pg).scrubber().isRunning()).as("the members agree anew").isFalse();
    cluster.resume(silent);
    answered = 0;
    writeAll();
    assertThat(cluster.runUntil(10 * SECOND, () -> answered == OBJECTS))
        .as("%d of %d objects can be written; %s", answered, OBJECTS, client.describePending())
        .isTrue();
  }

  private ObjectId object(int number) {
    return client.object(1, "o" + number);
  }

  private void writeAll() {
    OsdOp write = OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, 100, 0, 0), new byte[100]);
    for (int i = 0; i < OBJECTS; i++) {
      client.submit(object(i), List.of(write), (reply, data) -> answered++);
    }
  }
}
