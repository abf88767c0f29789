package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CopyMeterTest {
  @Test
  void shouldNameEverythingThatPerfDumpPromises() {
    Map<String, Object> snapshot = new CopyMeter().snapshot();
    assertThat(snapshot)
        .containsKeys(
            "spliced_in_bytes", "spliced_out_bytes", "teed_bytes", "direct_bytes", "tail_bytes")
        .containsKeys(
            "cpu_copied_bytes", "cpu_read_bytes", "mapped_bytes", "mapped_by_reason", "fallbacks")
        .containsKeys("aligned_connections", "pipes_in_use", "pipes_pooled");
    assertThat(snapshot.get("cpu_copied_bytes"))
        .isEqualTo(Map.of("recv", 0L, "page_cache", 0L, "memfd_window", 0L));
    assertThat(snapshot.get("cpu_read_bytes")).isEqualTo(Map.of("crc", 0L));
  }

  @Test
  void shouldAddUpByReason() {
    CopyMeter meter = new CopyMeter();
    meter.copied(CopyMeter.Copy.RECV, 10);
    meter.copied(CopyMeter.Copy.PAGE_CACHE, 5);
    meter.read(Inspection.CRC, 7);
    meter.mapped(Inspection.DECODE, 3);
    meter.mapped(Inspection.DECODE, 4);
    meter.fallback("no_pipe");
    assertThat(meter.copiedBytes()).isEqualTo(15);
    assertThat(meter.readBytes()).isEqualTo(7);
    assertThat(meter.mappedBytes(Inspection.DECODE)).isEqualTo(7);
    assertThat(meter.mappedBytes(Inspection.CRC)).isZero();
    assertThat(meter.fallbacks("no_pipe")).isEqualTo(1);
    assertThat(meter.fallbacks("other")).isZero();
    assertThat(meter.snapshot()).containsEntry("mapped_by_reason", Map.of("decode", 7L));
  }
}
