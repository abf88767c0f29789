package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Buckets of powers of two, where Ceph's OSDs have them. */
class PerfHistogramTest {
  private final PerfHistogram histogram = new PerfHistogram();

  private long at(int row, int column) {
    List<?> rows = (List<?>) histogram.dump().get("values");
    return (long) ((List<?>) rows.get(row)).get(column);
  }

  @Test
  void shouldCountWhereCephCounts() {
    histogram.record(0, 0);
    histogram.record(99_999, 511);
    histogram.record(100_000, 512);
    histogram.record(399_999, 4096);
    histogram.record(-1, -1);
    histogram.record(Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(at(1, 1)).isEqualTo(2);
    assertThat(at(2, 2)).isEqualTo(1);
    assertThat(at(3, 5)).isEqualTo(1);
    assertThat(at(0, 0)).isEqualTo(1);
    assertThat(at(31, 31)).isEqualTo(1);
  }

  @Test
  void shouldSayWhereBucketsBeginAndEnd() {
    Map<?, ?> axis = (Map<?, ?>) ((List<?>) histogram.dump().get("axes")).get(0);
    List<?> ranges = (List<?>) axis.get("ranges");
    assertThat(ranges).hasSize(32);
    assertThat(ranges.get(0)).hasToString("{max=-1}");
    assertThat(ranges.get(1)).hasToString("{min=0, max=99999}");
    assertThat(ranges.get(2)).hasToString("{min=100000, max=199999}");
    assertThat(ranges.get(30)).hasToString("{min=26843545600000, max=53687091199999}");
    assertThat(ranges.get(31)).hasToString("{min=53687091200000}");
  }

  @Test
  void shouldAddUpLatenciesOfAllSizes() {
    histogram.record(50_000, 100);
    histogram.record(50_000, 4096);
    histogram.record(150_000, 4096);
    histogram.record(Long.MAX_VALUE, 1);
    Map<Double, Long> counts = histogram.latencies();
    assertThat(counts).hasSize(30).containsEntry(0.0001, 2L).containsEntry(0.0002, 3L);
    assertThat(List.copyOf(counts.keySet())).isSorted();
    assertThat(counts.values()).endsWith(3L);
  }
}
