package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.DaemonOptions;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MMonCommandAck;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The central configuration: what Ceph 16.2.15 answers, and what we say of options without use. */
@ExtendWith(NoLeaks.class)
class ConfigCommandsTest {
  private final MonitorBench bench = new MonitorBench();

  private MMonCommandAck run(String prefix, String... arguments) {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < arguments.length; i += 2) {
      call.put(arguments[i], arguments[i + 1]);
    }
    return bench.command(call.toString());
  }

  private MMonCommandAck set(String who, String name, String value) {
    return run("config set", "who", who, "name", name, "value", value);
  }

  private String get(String who, String key) {
    return output(run("config get", "who", who, "key", key)).strip();
  }

  private static String output(MMonCommandAck ack) {
    assertThat(ack.result()).as(ack.status()).isZero();
    return new String(ack.output(), StandardCharsets.UTF_8);
  }

  private static void refused(MMonCommandAck ack, Errno errno, String text) {
    assertThat(ack.status()).isEqualTo(text);
    assertThat(ack.result()).isEqualTo(errno.result());
  }

  @Test
  void shouldRefuseAnOptionThatCephDoesNotKnowUnlessForced() {
    refused(set("osd", "nonsense", "3"), Errno.EINVAL, "unrecognized config option 'nonsense'");
    refused(
        run("config get", "who", "osd", "key", "nonsense"),
        Errno.ENOENT,
        "unrecognized key 'nonsense'");

    MMonCommandAck forced =
        run("config set", "who", "osd", "name", "nonsense", "value", "3", "force", "--force");
    assertThat(forced.result()).isZero();
    assertThat(forced.status()).contains("no daemon of Sluice uses it");
    assertThat(output(run("config dump")))
        .isEqualTo(
            "WHO    MASK  LEVEL    OPTION    VALUE  RO\n"
                + "  osd        unknown  nonsense  3      *\n");
  }

  @Test
  void shouldSayWhenNobodyUsesAnOption() {
    assertThat(set("osd", "osd_max_scrubs", "2").status()).isEmpty();
    assertThat(set("global", "osd_scrub_sleep", "0.1").status()).isEmpty();
    assertThat(set("osd", "osd_memory_target", "2G").status()).isEmpty();
    assertThat(set("client.admin", "rbd_cache", "false").status()).isEmpty();
    assertThat(set("osd", "bluestore_cache_size", "1G").status())
        .isEqualTo("bluestore_cache_size is kept, but no daemon of Sluice uses it");
    assertThat(set("mon", "osd_max_scrubs", "2").status()).contains("no daemon of Sluice uses it");
    assertThat(set("global", "debug_ms", "1").status()).contains("kept for Ceph's clients");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "osd_scrub_auto_repair|TRUE|true",
        "osd_scrub_auto_repair|2|true",
        "osd_max_scrubs|3|3",
        "osd max scrubs|3|3",
        "osd_memory_target|1Gi|1073741824",
        "osd_memory_target|2G|2147483648",
        "bluestore_cache_size|4KB|4096",
        "mgr_tick_period|1h|3600",
        "mgr_tick_period|1 day|86400",
        "mgr_tick_period|5m|300",
        "osd_scrub_sleep|1e3|1000.000000",
        "osd_scrub_sleep|.5|0.500000",
        "debug_ms|5|5/5",
        "debug_ms|5/10|5/10",
        "osd_op_queue|wpq|wpq",
      })
  void shouldKeepAValueAsCephWritesIt(String name, String typed, String kept) {
    assertThat(set("osd", name, typed).result()).isZero();
    assertThat(get("osd", name)).isEqualTo(kept);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "osd_scrub_auto_repair|maybe|Expected option value to be integer, got 'maybe'",
        "osd_max_scrubs|abc|Expected option value to be integer, got 'abc'",
        "osd_max_scrubs|1.5|Expected option value to be integer, got '1.5'",
        "osd_max_scrubs|-1|Value '-1' is below minimum 0",
        "osd_scrub_sleep|1x|expected double, got: '1x'",
        "osd_scrub_sleep|NaN|expected double, got: 'NaN'",
        "osd_pool_default_size|1K|Value '1000' exceeds maximum 10",
        "osd_pool_default_size|-5|value should not be negative",
        "osd_memory_target|1K|Value '1024' is below minimum 939524096",
        "osd_memory_target|99999999E|The option value '99999999E' seems to be invalid",
        "mgr_tick_period|abc|expected digit",
        "mgr_tick_period|5 apples|unrecognized unit 'apples'",
        "debug_ms|x|value must take the form N or N/M, where N and M are integers",
        "osd_op_queue|foo|'foo' is not one of the permitted values: wpq, mclock_scheduler, debug_random",
      })
  void shouldRefuseAValueThatTheOptionCannotHave(String name, String value, String why) {
    refused(set("osd", name, value), Errno.EINVAL, "error parsing value: " + why);
  }

  @Test
  void shouldRefuseWhatMonitorsDoNotKeepAndTargetsThatAreNone() {
    refused(
        set("osd", "osd_data", "x"),
        Errno.EINVAL,
        "osd_data is special and cannot be stored by the mon");
    refused(set("foo", "debug_ms", "1"), Errno.EINVAL, "unrecognized config target 'foo'");
    refused(
        run("config rm", "who", "foo", "name", "debug_ms"),
        Errno.EINVAL,
        "unrecognized config target 'foo'");
    refused(run("config get", "who", "foo"), Errno.EINVAL, "unrecognized entity 'foo'");
    assertThat(set("osd/host:a", "debug_ms", "1").result()).isEqualTo(Errno.EOPNOTSUPP.result());
    assertThat(run("config reset", "num", "1").result()).isEqualTo(Errno.EOPNOTSUPP.result());
  }

  @Test
  void shouldGiveTheNearestValueOrTheDefault() {
    assertThat(get("osd.1", "osd_max_scrubs")).isEqualTo("1");
    assertThat(get("client", "rbd_cache")).isEqualTo("true");
    assertThat(get("mon.a", "fsid")).isEqualTo(MonitorBench.FSID.toString());
    assertThat(get("mon", "mon_allow_pool_delete")).as("here").isEqualTo("true");
    set("global", "osd_max_scrubs", "2");
    set("osd", "osd_max_scrubs", "3");
    set("osd.1", "osd_max_scrubs", "4");

    assertThat(get("mon.a", "osd_max_scrubs")).isEqualTo("2");
    assertThat(get("osd.0", "osd_max_scrubs")).isEqualTo("3");
    assertThat(get("osd.1", "osd_max_scrubs")).isEqualTo("4");
    assertThat(output(run("config dump")))
        .isEqualTo(
            "WHO        MASK  LEVEL     OPTION          VALUE  RO\n"
                + "global           advanced  osd_max_scrubs  2\n"
                + "  osd            advanced  osd_max_scrubs  3\n"
                + "    osd.1        advanced  osd_max_scrubs  4\n");
    run("config rm", "who", "osd.1", "name", "osd_max_scrubs");
    assertThat(get("osd.1", "osd_max_scrubs")).isEqualTo("3");
  }

  @Test
  void shouldShowWhatADaemonWasToldAndWhatItIgnores() throws Exception {
    bench.osd(1);
    set("osd", "osd_max_scrubs", "3");
    set("osd", "bluestore_cache_size", "1G");
    JsonNode shown =
        CommandCall.JSON.readTree(output(run("config show", "who", "osd.1", "format", "json")));

    List<String> lines = new ArrayList<>();
    shown.forEach(each -> lines.add(each.toString()));
    assertThat(lines)
        .contains(
            "{\"name\":\"osd_max_scrubs\",\"value\":\"3\",\"source\":\"mon\"}",
            "{\"name\":\"osd_scrub_sleep\",\"value\":\"0.000000\",\"source\":\"default\"}",
            "{\"name\":\"bluestore_cache_size\",\"value\":\"0\",\"source\":\"default\","
                + "\"ignores\":[\"mon\"]}");
    assertThat(output(run("config show", "who", "osd.1", "key", "osd_max_scrubs")))
        .isEqualTo("3\n");
    refused(run("config show", "who", "osd.9"), Errno.ENOENT, "no config state for daemon osd.9");
    refused(run("config show", "who", "foo"), Errno.EINVAL, "invalid daemon name: use <type>.<id>");
  }

  @Test
  void shouldDescribeAnOptionAndSayWhetherItIsUsed() {
    assertThat(output(run("config help", "key", "osd_op_queue")))
        .isEqualTo(
            "osd_op_queue\n  (str, advanced)\n  Default: wpq\n"
                + "  Possible values:  wpq mclock_scheduler debug_random\n"
                + "  Can update at runtime: false\n  Used by Sluice's daemons: false\n");
    assertThat(output(run("config help", "key", "osd_max_scrubs")))
        .endsWith("  Used by Sluice's daemons: true\n");
    assertThat(run("config help", "key", "nonsense").result()).isEqualTo(Errno.ENOENT.result());
    assertThat(output(run("config ls")).lines()).hasSizeGreaterThan(1900).contains("rbd_cache");
  }

  /** Else the monitor would say of an option that it is used with another default than it has. */
  @Test
  void shouldKnowTheOptionsThatOsdsObeyWithTheirDefaults() {
    DaemonOptions.OSD.forEach(
        (name, number) ->
            assertThat(Double.parseDouble(ConfigOptions.find(name).orElseThrow().byDefault()))
                .as(name)
                .isEqualTo(number));
  }
}
