package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.Errno;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How an OSD answers {@code ceph tell}. */
class DaemonCommandsTest {
  private final DaemonCommands commands = new DaemonCommands();

  private String said(String json) {
    DaemonCommands.Answer answer = commands.answer(json);
    assertThat(answer.result()).as(answer.status()).isZero();
    return new String(answer.output(), StandardCharsets.UTF_8);
  }

  @Test
  void shouldAnswerInTheFormatAskedFor() {
    commands.add("version", "", arguments -> Map.of("version", "1"));
    assertThat(said("{\"prefix\":\"version\",\"format\":\"json\"}"))
        .isEqualTo("{\"version\":\"1\"}\n");
    assertThat(said("{\"prefix\":\"version\"}")).isEqualTo("{\n    \"version\": \"1\"\n}\n");
    DaemonCommands.Answer xml = commands.answer("{\"prefix\":\"version\",\"format\":\"xml\"}");
    assertThat(xml.result()).isEqualTo(Errno.EOPNOTSUPP.result());
    assertThat(xml.status()).contains("'xml' is not supported");
    assertThat(xml.output()).isEmpty();
  }

  @Test
  void shouldRefuseWithWordsWhatCephDoes() {
    commands.refuse("config set", Errno.EOPNOTSUPP, "elsewhere");
    DaemonCommands.Answer refused = commands.answer("{\"prefix\":\"config set\"}");
    assertThat(refused.result()).isEqualTo(Errno.EOPNOTSUPP.result());
    assertThat(refused.status()).isEqualTo("elsewhere");
    assertThat(commands.run("config set", null)).isEqualTo(Map.of("error", "elsewhere"));
  }

  @Test
  void shouldSayWhatKindOfNumberEachCounterIs() {
    Map<String, ?> dump = Map.of("osd", Map.of("op", 3L, "op_latency", Map.of("avgcount", 1)));
    Map<?, ?> osd = (Map<?, ?>) PerfSchema.of(dump).get("osd");
    assertThat(((Map<?, ?>) osd.get("op")).get("type")).isEqualTo(10);
    assertThat(((Map<?, ?>) osd.get("op_latency")).get("value_type"))
        .isEqualTo("real-integer-pair");
  }

  @Test
  void shouldRefuseWhatIsNotThere() {
    commands.add("pg", "", arguments -> null);
    commands.add(
        "broken",
        "",
        arguments -> {
          throw new IllegalStateException("broken by the test");
        });
    assertThat(commands.answer("{\"prefix\":\"pg\"}").result()).isEqualTo(Errno.ENOENT.result());
    assertThat(commands.answer("{\"prefix\":\"x\"}").result()).isEqualTo(Errno.EINVAL.result());
    assertThat(commands.answer("nonsense").result()).isEqualTo(Errno.EINVAL.result());
    assertThat(commands.answer("{\"prefix\":\"broken\"}").result()).isEqualTo(Errno.EIO.result());
  }
}
