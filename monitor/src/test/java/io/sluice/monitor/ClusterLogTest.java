package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.MLog;
import io.sluice.protocol.MLogAck;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdStopping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is in the cluster's log, who is told of it, and how much is kept. */
@ExtendWith(NoLeaks.class)
class ClusterLogTest {
  private static final long SECOND = 1000 * MonitorBench.MS;

  private final MonitorBench bench = new MonitorBench();

  /** Lines wait for the next tick. */
  private void flush() {
    bench.loop.advance(300 * MonitorBench.MS);
  }

  private List<String> last(String arguments) {
    flush();
    MMonCommandAck ack = bench.command("{\"prefix\":\"log last\"" + arguments + "}");
    assertThat(ack.result()).as(ack.status()).isZero();
    return new String(ack.output(), StandardCharsets.UTF_8).lines().toList();
  }

  private List<MLog> told(FakeConnection client) {
    return client.take(MessageType.LOG, MLog::decode);
  }

  private static List<String> texts(List<MLog> messages) {
    return messages.stream()
        .flatMap(message -> message.entries().stream())
        .map(MLog.Entry::message)
        .toList();
  }

  @Test
  void shouldSayWhatHappensToOsdsInCephsWords() {
    MonitorBench.Osd osd = bench.osd(0);
    bench.osd(1).disconnect();
    osd.send(new OsdStopping(0));

    List<String> lines = last("");
    assertThat(lines.get(0))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+0000 mon\\.a \\(mon\\.0\\) \\d+ :"
                + " cluster \\[INF\\] osd\\.0 v2:127\\.0\\.0\\.1:6800/100 boot");
    assertThat(lines).anyMatch(line -> line.endsWith("[INF] osd.0 marked itself down and dead"));
    assertThat(lines).noneMatch(line -> line.contains("[DBG]"));
    assertThat(last(",\"num\":50,\"level\":\"debug\""))
        .anyMatch(line -> line.endsWith("[DBG] osdmap e2: 1 total, 1 up, 1 in"));
    assertThat(last(",\"num\":1")).hasSize(1);
  }

  @Test
  void shouldSayWhyAnOsdIsDown() {
    bench.osd(0);
    bench.loop.advance(5 * SECOND);

    assertThat(last(""))
        .anyMatch(line -> line.matches(".*osd\\.0 marked down after no beacon for 3\\.\\d+ sec.*"));
  }

  @Test
  void shouldNoteWhoCommandedWhat() {
    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":1}");
    bench.command("{\"prefix\":\"osd pool set\",\"pool\":\"p\",\"var\":\"nosuch\",\"val\":\"1\"}");

    List<String> lines = last(",\"channel\":\"audit\"");
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .contains(": audit [INF] from='client.? -' entity='client.admin' cmd=[{\"prefix\"")
        .endsWith("]: dispatch");
    assertThat(lines.get(1)).endsWith("}]': finished");
    assertThat(lines.get(2)).contains("nosuch").endsWith("dispatch");
  }

  @Test
  void shouldTakeWhatAUserSays() throws IOException {
    MMonCommandAck said =
        bench.command("{\"prefix\":\"log\",\"logtext\":[\"hello\",\"you\\nthere\"]}");
    assertThat(said.result()).isZero();
    assertThat(bench.command("{\"prefix\":\"log\",\"logtext\":\"x\",\"level\":\"no\"}").result())
        .isEqualTo(-22);

    byte[] output =
        bench.command("{\"prefix\":\"log last\",\"format\":\"json\",\"num\":1}").output();
    JsonNode line = CommandCall.JSON.readTree(output).get(0);
    assertThat(line.get("message").asText()).isEqualTo("hello you?there");
    assertThat(line.get("priority").asText()).isEqualTo("[INF]");
    assertThat(line.get("rank").asText()).isEqualTo("client.4096");
    assertThat(line.get("channel").asText()).isEqualTo("cluster");
    assertThat(line.has("addrs")).isTrue();
    assertThat(line.has("seq")).isTrue();
    assertThat(line.has("stamp")).isTrue();
  }

  @Test
  void shouldTellSubscribersTheLastLineAndEveryNewOne() {
    bench.command("{\"prefix\":\"log\",\"logtext\":\"before\"}");
    FakeConnection client = bench.client();
    bench.send(client, new MMonSubscribe(Map.of("log-warn", MMonSubscribe.Item.from(0)), "host"));
    assertThat(told(client)).as("it was only information").isEmpty();
    bench.send(client, new MMonSubscribe(Map.of("log-info", MMonSubscribe.Item.from(0)), "host"));
    flush();
    List<MLog> first = told(client);
    assertThat(texts(first)).contains("before");

    bench.command("{\"prefix\":\"log\",\"logtext\":\"after\"}");
    bench.osd(0);
    flush();

    List<MLog> next = told(client);
    assertThat(texts(next)).contains("after", "osd.0 v2:127.0.0.1:6800/100 boot");
    assertThat(texts(next)).doesNotContain("before").noneMatch(text -> text.startsWith("osdmap"));
    List<Long> versions = new ArrayList<>(first.stream().map(MLog::version).toList());
    next.forEach(message -> versions.add(message.version()));
    assertThat(versions).as("librados drops what is not newer").doesNotHaveDuplicates().isSorted();
  }

  @Test
  void shouldAcknowledgeWhatDaemonsSayAndKeepItOnce() {
    MonitorBench.Osd osd = bench.osd(3);
    MLog message =
        new MLog(
            0,
            MonitorBench.FSID,
            List.of(SampleMessages.line(5, "a"), SampleMessages.line(6, "b")));
    osd.send(message);
    flush();
    assertThat(osd.connection.take(MessageType.LOG_ACK, MLogAck::decode))
        .containsExactly(new MLogAck(MonitorBench.FSID, 6, "cluster"));
    osd.send(message);
    flush();

    assertThat(osd.connection.take(MessageType.LOG_ACK, MLogAck::decode)).hasSize(1);
    List<MLog.Entry> lines =
        bench.state().log().lines().stream().filter(line -> line.sequence() == 5).toList();
    assertThat(lines).extracting(MLog.Entry::message).filteredOn("a"::equals).hasSize(1);
    assertThat(last("")).anyMatch(line -> line.contains(" osd.admin (osd.3) 6 : cluster [INF] b"));
  }

  @Test
  void shouldKeepTheLastLinesOnlyAndSayHowManyItDropped() {
    MonitorBench.Osd osd = bench.osd(0);
    for (int batch = 0; batch < 3; batch++) {
      List<MLog.Entry> many = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        many.add(SampleMessages.line(1 + batch * 2000L + i, "x".repeat(5000)));
      }
      osd.send(new MLog(0, MonitorBench.FSID, many));
    }
    flush();
    flush();

    ClusterLog log = bench.state().log();
    assertThat(log.lines()).hasSize(ClusterLog.LINES_MAX);
    assertThat(log.lines()).allMatch(line -> line.message().length() <= ClusterLog.TEXT_MAX);
    assertThat(log.lines()).anyMatch(line -> line.message().endsWith("lines more were dropped"));
  }

  @Test
  void shouldSayWhenHealthGetsWorseAndBetter() {
    MonitorBench.Osd osd = bench.osd(0);
    bench.beaconFor(8 * SECOND, osd);
    assertThat(last("")).anyMatch(line -> line.contains("overall HEALTH_"));
    bench.command("{\"prefix\":\"osd set\",\"key\":\"noout\"}");
    bench.beaconFor(2 * SECOND, osd);
    bench.command("{\"prefix\":\"osd unset\",\"key\":\"noout\"}");
    bench.beaconFor(2 * SECOND, osd);

    assertThat(last(""))
        .anyMatch(l -> l.endsWith("[WRN] Health check failed: noout flag(s) set (OSDMAP_FLAGS)"))
        .anyMatch(
            l -> l.endsWith("[INF] Health check cleared: OSDMAP_FLAGS (was: noout flag(s) set)"))
        .anyMatch(l -> l.endsWith("[INF] Cluster is now healthy"));
  }

  @Test
  void shouldBePartOfTheStateThatMonitorsAgreeOn() {
    bench.osd(0);
    flush();

    MonState again = MonState.decode(bench.state().encode());
    assertThat(again.log()).isEqualTo(bench.state().log());
    assertThat(again.log().lines()).isNotEmpty();
  }
}
