package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.Errno;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What an OSD of a cluster does when it is told. */
class OsdCommandsTest {
  private final Osd osd = OneOsd.start(1).cluster().osd(0);

  private DaemonCommands.Answer tell(String prefix, String arguments) {
    return osd.commands().answer("{\"prefix\":\"" + prefix + "\"," + arguments + "}");
  }

  @Test
  void shouldObeyAnOptionThatItIsToldUntilItIsUnset() {
    String name = "\"var\":\"osd_op_complaint_time\"";
    DaemonCommands.Answer set = tell("config set", name + ",\"val\":[\"7\"]");
    assertThat(set.result()).as(set.status()).isZero();
    assertThat(new String(set.output(), StandardCharsets.UTF_8))
        .contains("\"success\": \"osd_op_complaint_time = '7' \"");
    assertThat(osd.options().show()).containsEntry("osd_op_complaint_time", 7L);
    osd.onConfig(java.util.Map.of("osd_op_complaint_time", "9"));
    assertThat(osd.options().show())
        .as("what it was told itself goes before what the monitors say")
        .containsEntry("osd_op_complaint_time", 7L);
    assertThat(tell("config unset", name).result()).isZero();
    assertThat(osd.options().show()).containsEntry("osd_op_complaint_time", 9L);
  }

  @Test
  void shouldRefuseWhatNoOptionIsOrMayBe() {
    DaemonCommands.Answer other = tell("config set", "\"var\":\"debug_osd\",\"val\":[\"1\"]");
    assertThat(other.result()).isEqualTo(Errno.EOPNOTSUPP.result());
    assertThat(other.status()).contains("'debug_osd'").contains("osd_max_scrubs");
    DaemonCommands.Answer bad = tell("config set", "\"var\":\"osd_max_scrubs\",\"val\":[\"x\"]");
    assertThat(bad.result()).isEqualTo(Errno.EINVAL.result());
    assertThat(bad.status()).contains("osd_max_scrubs").contains("'x'");
    assertThat(osd.options().show()).containsEntry("osd_max_scrubs", 1L);
  }
}
