package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgStats;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** What the monitor hears of stores and groups. */
class UsageTest {
  private static final long SECOND = SimulatedCluster.SECOND;

  private final SimulatedCluster cluster = SimulationTest.running(3, 3, 3, 1);
  private final SimClient client = cluster.newClient();

  private long sum(ToLongFunction<PgStats> number) {
    return cluster.monitor().stats().values().stream()
        .flatMap(stats -> stats.groups().stream())
        .mapToLong(number)
        .sum();
  }

  private long counter(String name) {
    long sum = 0;
    for (int osd = 0; osd < 3; osd++) {
      sum += (long) cluster.osd(osd).report().osd().get(name);
    }
    return sum;
  }

  private void run(String name, OsdOp... steps) {
    int[] answers = {0};
    client.submit(client.object(1, name), List.of(steps), (reply, data) -> answers[0]++);
    assertThat(cluster.runUntil(10 * SECOND, () -> answers[0] == 1)).isTrue();
  }

  @Test
  void shouldTellWhatReadsAndWritesFromWhatDoesOneOfThem() {
    cluster.run(SECOND / 10);
    OsdOp write = OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, 100, 0, 0), new byte[100]);
    run("o", write);
    run("o", OsdOp.extent(OpCode.READ, 0, 100), write);
    run("o", OsdOp.extent(OpCode.READ, 0, 70));
    assertThat(counter("op")).isEqualTo(3);
    assertThat(List.of(counter("op_w"), counter("op_rw"), counter("op_r"))).containsOnly(1L);
    assertThat(counter("op_w_in_bytes")).isEqualTo(100);
    assertThat(counter("op_rw_in_bytes")).isEqualTo(100);
    assertThat(counter("op_r_out_bytes")).isEqualTo(70);
    assertThat(counter("op_out_bytes")).isEqualTo(70 + counter("op_rw_out_bytes"));
  }

  @Test
  void shouldCountObjectsBytesAndOperationsOnce() {
    cluster.run(SECOND / 10);
    for (int i = 0; i < 10; i++) {
      byte[] bytes = new byte[2048];
      run("o" + i, OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, 2048, 0, 0), bytes));
    }
    run("o0", OsdOp.extent(OpCode.READ, 0, 2048));
    run("o1", OsdOp.of(OpCode.DELETE, OpArgs.NONE));
    assertThat(cluster.runUntil(20 * SECOND, () -> sum(PgStats::writes) == 11)).isTrue();
    assertThat(sum(PgStats::objects)).isEqualTo(9);
    assertThat(sum(PgStats::bytes)).isEqualTo(9 * 2048);
    assertThat(sum(PgStats::reads)).isEqualTo(1);
    assertThat(sum(PgStats::readKib)).isEqualTo(2);
    assertThat(cluster.monitor().stats().values())
        .hasSize(3)
        .allSatisfy(stats -> assertThat(stats.totalBytes()).isPositive())
        .extracting(OsdStats::osd)
        .containsExactly(0, 1, 2);
    cluster
        .monitor()
        .stats()
        .values()
        .forEach(
            stats ->
                stats
                    .groups()
                    .forEach(group -> assertThat(group.state()).isEqualTo("active+clean")));
  }
}
