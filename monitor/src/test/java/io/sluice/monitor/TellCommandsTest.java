package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MCommand;
import io.sluice.protocol.MCommandReply;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MessageType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code ceph tell mon.a}, and commands about what is not here. */
@ExtendWith(NoLeaks.class)
class TellCommandsTest {
  private final MonitorBench bench = new MonitorBench();
  private JsonNode output;

  private MCommandReply tell(String prefix, String... pairs) throws Exception {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < pairs.length; i += 2) {
      call.put(pairs[i], pairs[i + 1]);
    }
    return told(bench.client(), call);
  }

  private MCommandReply told(FakeConnection client, ObjectNode call) throws Exception {
    bench.send(client, new MCommand(1, MonitorBench.FSID, List.of(call.toString())));
    FakeConnection.Sent sent = client.takeOne(MessageType.COMMAND_REPLY);
    output = sent.data().length == 0 ? null : CommandCall.JSON.readTree(sent.data());
    return MCommandReply.decode(sent.tid(), sent.front());
  }

  private MMonCommandAck run(String prefix, String... pairs) {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < pairs.length; i += 2) {
      call.put(pairs[i], pairs[i + 1]);
    }
    return bench.command(call.toString());
  }

  @Test
  void shouldSayWhatOneMonitorHas() throws Exception {
    bench.osd(0);
    run("config set", "who", "mon.a", "name", "mon_max_pg_per_osd", "value", "300");

    assertThat(tell("config get", "var", "mon_max_pg_per_osd").result()).isZero();
    assertThat(output.toString()).isEqualTo("{\"mon_max_pg_per_osd\":\"300\"}");
    tell("config show");
    assertThat(output.path("name").asText()).isEqualTo("mon.a");
    assertThat(output.path("mon_max_pg_per_osd").asText()).isEqualTo("300");
    tell("perf dump");
    assertThat(output.at("/cluster/num_osd_up").asInt()).isEqualTo(1);
    tell("perf dump", "logger", "nosuch");
    assertThat(output).isEmpty();
    tell("version");
    assertThat(output.path("release").asText()).isEqualTo("pacific");
    MCommandReply unknown = tell("config get", "var", "nosuch");
    assertThat(unknown.result()).isEqualTo(Errno.ENOENT.result());
    assertThat(unknown.status()).isEqualTo("error getting 'nosuch': (2) No such file or directory");
  }

  /** Clients ask for the table first: the words must fit what is answered then. */
  @Test
  void shouldDescribeToEachWhatItMaySay() throws Exception {
    tell("get_command_descriptions");
    assertThat(output.toString()).contains("[\"config\",\"show\"]", "[\"mon_status\"]");
    assertThat(output.toString()).doesNotContain("\"osd\"", "[\"status\"]", "quorum");
    told(bench.manager(), CommandCall.object().put("prefix", "get_command_descriptions"));
    assertThat(output.toString()).contains("[\"config\",\"show\"]").contains("\"osd\",\"tree\"");
    String table = new String(run("get_command_descriptions").output());
    assertThat(table).contains("[\"config\",\"show\",{\"name\":\"who\"");
    assertThat(table).doesNotContain("[\"perf\",\"dump\"");
  }

  /**
   * What Ceph 16.2.15 says to {@code tell mon.a}; with its manager's commands it is another matter.
   */
  @Test
  void shouldBeToldOnlyWhatConcernsThatMonitor() throws Exception {
    bench.osd(0);
    for (String prefix : List.of("status", "quorum_status", "health", "osd dump", "osd pool ls")) {
      assertThat(tell(prefix).result()).as(prefix).isEqualTo(Errno.EINVAL.result());
    }
    assertThat(tell("mon_status").result()).isZero();
    ObjectNode status = CommandCall.object().put("prefix", "osd dump").put("format", "json");
    assertThat(told(bench.manager(), status).result()).isZero();
    assertThat(output.at("/max_osd").asInt()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAFormatThatNobodyWrites() {
    for (String format : List.of("xml", "xml-pretty")) {
      MMonCommandAck ack = run("osd tree", "format", format);
      assertThat(ack.result()).isEqualTo(Errno.EOPNOTSUPP.result());
      assertThat(ack.status())
          .isEqualTo("format '" + format + "' is not supported: use json or json-pretty");
    }
  }

  @Test
  void shouldSayWhyItDoesNotDoWhatThereIsNoneOf() {
    assertThat(run("auth add", "entity", "client.x").result()).isEqualTo(Errno.EOPNOTSUPP.result());
    assertThat(run("orch status").status()).isEqualTo("No orchestrator configured");
    assertThat(run("orch status").result()).isEqualTo(Errno.ENOENT.result());
    assertThat(run("progress").status()).isEqualTo("Nothing in progress");
    assertThat(run("progress").result()).isZero();
  }
}
