package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.OsdStats;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Checks that the user does not want to hear of, and stores that fill up, as Ceph tells them. */
@ExtendWith(NoLeaks.class)
class HealthMuteTest {
  private static final long SECOND = 1_000_000_000L;

  private final MonitorBench bench = new MonitorBench();

  private MMonCommandAck run(String prefix, String... pairs) {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < pairs.length; i += 2) {
      call.put(pairs[i], pairs[i + 1]);
    }
    return bench.command(call.toString());
  }

  private String said(String prefix, String... pairs) {
    MMonCommandAck ack = run(prefix, pairs);
    assertThat(ack.result()).as(ack.status()).isZero();
    return new String(ack.output(), StandardCharsets.UTF_8);
  }

  private void flagIsSet() {
    run("osd set", "key", "noout");
    assertThat(said("health")).isEqualTo("HEALTH_WARN noout flag(s) set\n");
  }

  @Test
  void shouldNotCountWhatIsMuted() throws Exception {
    flagIsSet();
    said("health mute", "code", "OSDMAP_FLAGS", "ttl", "1h");
    bench.loop.advance(SECOND);

    assertThat(said("health")).isEqualTo("HEALTH_OK (muted: OSDMAP_FLAGS(59m))\n");
    assertThat(said("health", "detail", "detail"))
        .isEqualTo(
            "HEALTH_OK (muted: OSDMAP_FLAGS(59m))\n"
                + "(MUTED ttl 59m) [WRN] OSDMAP_FLAGS: noout flag(s) set\n");
    assertThat(said("status"))
        .contains("    health: HEALTH_OK\n            (muted: OSDMAP_FLAGS(59m))\n");
    JsonNode json = CommandCall.JSON.readTree(said("health", "format", "json"));
    assertThat(json.at("/status").asText()).isEqualTo("HEALTH_OK");
    assertThat(json.at("/checks/OSDMAP_FLAGS/muted").asBoolean()).isTrue();
    assertThat(json.at("/mutes/0/code").asText()).isEqualTo("OSDMAP_FLAGS");
    assertThat(json.at("/mutes/0/ttl").asText()).isNotEmpty();
    assertThat(json.at("/mutes/0/summary").asText()).isEqualTo("noout flag(s) set");

    said("health unmute");
    assertThat(said("health")).isEqualTo("HEALTH_WARN noout flag(s) set\n");
    said("health unmute", "code", "NOPE");
  }

  @Test
  void shouldEndAMuteWithItsTimeOrItsCheck() {
    flagIsSet();
    bench.loop.advance(10 * SECOND);
    said("health mute", "code", "OSDMAP_FLAGS", "ttl", "30s");
    bench.loop.advance(40 * SECOND);
    assertThat(said("health")).isEqualTo("HEALTH_WARN noout flag(s) set\n");
    assertThat(HealthMute.of(bench.state())).isEmpty();

    said("health mute", "code", "OSDMAP_FLAGS");
    assertThat(said("health")).isEqualTo("HEALTH_OK (muted: OSDMAP_FLAGS)\n");
    run("osd unset", "key", "noout");
    bench.loop.advance(3 * SECOND);
    flagIsSet();
  }

  @Test
  void shouldKeepAStickyMute() {
    assertThat(run("health mute", "code", "OSDMAP_FLAGS").status())
        .isEqualTo("health alert OSDMAP_FLAGS is not currently raised");
    ObjectNode sticky = CommandCall.object().put("prefix", "health mute");
    bench.command(sticky.put("code", "OSDMAP_FLAGS").put("sticky", true).toString());
    assertThat(said("health")).isEqualTo("HEALTH_OK (muted: OSDMAP_FLAGS)\n");
    bench.loop.advance(10 * SECOND);
    run("osd set", "key", "noout");

    assertThat(said("health", "detail", "detail"))
        .endsWith("(MUTED, STICKY) [WRN] OSDMAP_FLAGS: noout flag(s) set\n");
    bench.osd(0);
    bench.loop.advance(5 * SECOND);
    assertThat(said("health")).isEqualTo("HEALTH_WARN 1 osds down; (muted: OSDMAP_FLAGS)\n");
  }

  @Test
  void shouldRefuseTimesThatAreNone() {
    flagIsSet();
    MMonCommandAck ack = run("health mute", "code", "OSDMAP_FLAGS", "ttl", "abc");
    assertThat(ack.result()).isEqualTo(Errno.EINVAL.result());
    assertThat(ack.status()).isEqualTo("invalid duration: abc (expected digit)");
    assertThat(run("health mute", "code", "OSDMAP_FLAGS", "ttl", "0s").status())
        .isEqualTo("invalid duration: 0s (timespan = 0)");
    assertThat(run("health mute", "code", "no/name").result()).isEqualTo(Errno.EINVAL.result());
  }

  @Test
  void shouldSayWhichStoresAreFullByTheRatiosOfTheMap() throws Exception {
    MonitorBench.Osd osd = bench.osd(0);
    osd.send(new OsdStats(0, 1000, 190, List.of(), 0, 0, 0));
    assertThat(said("health")).isEqualTo("HEALTH_OK\n");

    assertThat(run("osd set-nearfull-ratio", "ratio", "0.8").status())
        .isEqualTo("osd set-nearfull-ratio 0.8");
    assertThat(said("health", "detail", "detail"))
        .isEqualTo(
            "HEALTH_WARN 1 nearfull osd(s)\n[WRN] OSD_NEARFULL: 1 nearfull osd(s)\n"
                + "    osd.0 is near full\n");
    osd.send(new OsdStats(0, 1000, 50, List.of(), 0, 0, 0));
    assertThat(said("health")).isEqualTo("HEALTH_ERR 1 full osd(s)\n");
    run("osd set-full-ratio", "ratio", "0.96");
    assertThat(said("health")).isEqualTo("HEALTH_WARN 1 backfillfull osd(s)\n");
    JsonNode dump = CommandCall.JSON.readTree(said("osd dump", "format", "json"));
    assertThat(dump.path("nearfull_ratio").asText()).isEqualTo("0.8");
    assertThat(said("osd dump")).contains("\nfull_ratio 0.96\nbackfillfull_ratio 0.9\n");

    run("osd set-full-ratio", "ratio", "0.7");
    assertThat(said("health", "detail", "detail"))
        .contains(
            "[ERR] OSD_OUT_OF_ORDER_FULL: full ratio(s) out of order\n"
                + "    full_ratio (0.7) < backfillfull_ratio (0.9), increased\n");
    assertThat(run("osd set-full-ratio", "ratio", "1.5").result()).isEqualTo(Errno.EINVAL.result());
  }
}
