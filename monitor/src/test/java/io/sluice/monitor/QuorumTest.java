package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.bufferlist.NoLeaks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which monitors take part, as users are told. */
@ExtendWith(NoLeaks.class)
class QuorumTest {
  private static final long LOOK = 2000 * MonitorBench.MS;

  private final MonitorBench bench = new MonitorBench("a", "b", "c");

  private String text(String prefix, String arguments) {
    String command = "{\"prefix\":\"" + prefix + "\"" + arguments + "}";
    return new String(bench.command(command).output(), StandardCharsets.UTF_8);
  }

  private JsonNode json(String prefix) throws IOException {
    return CommandCall.JSON.readTree(text(prefix, ",\"format\":\"json\""));
  }

  private void silent(Integer... ranks) {
    bench.silent = Set.of(ranks);
    bench.loop.advance(LOOK);
  }

  @Test
  void shouldNameWhoIsNotHeardUntilItIs() throws IOException {
    silent();
    assertThat(text("status", "")).contains("mon: 3 daemons, quorum a,b,c (age ");
    assertThat(text("health", "")).doesNotContain("mons down");

    silent(2);
    assertThat(text("status", ""))
        .containsPattern("mon: 3 daemons, quorum a,b \\(age [^)]*\\), out of quorum: c\n");
    assertThat(text("health", ",\"detail\":\"detail\""))
        .contains("1/3 mons down, quorum a,b")
        .contains("[WRN] MON_DOWN: 1/3 mons down, quorum a,b\n    mon.c (rank 2) addr ")
        .contains(" is down (out of quorum)\n");
    assertThat(text("mon stat", "")).endsWith(", leader 0 a, quorum 0,1 a,b\n");
    assertThat(json("mon stat").get("quorum").toString())
        .isEqualTo("[{\"rank\":0,\"name\":\"a\"},{\"rank\":1,\"name\":\"b\"}]");
    assertThat(json("quorum_status").get("quorum_names").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(json("status").get("quorum").toString()).isEqualTo("[0,1]");
    assertThat(json("mon_status").get("outside_quorum").toString()).isEqualTo("[\"c\"]");

    silent();
    assertThat(text("status", "")).contains("quorum a,b,c").doesNotContain("out of quorum");
    bench.loop.advance(LOOK);
    assertThat(text("log last", ""))
        .contains("mons a,b in quorum (ranks 0,1)")
        .contains("mons a,b,c in quorum (ranks 0,1,2)");
  }

  @Test
  void shouldNotAgreeOnItMoreThanOnce() {
    silent(1);
    MonState agreed = bench.state();
    assertThat(agreed.absent()).containsExactly(1);
    bench.holdConsensus(); // whatever is proposed from now on would wait
    silent(1);
    assertThat(MonState.decode(agreed.encode()).absent()).containsExactly(1);
    assertThat(bench.held()).isZero();
  }

  @Test
  void shouldNotSpeakForAMinority() {
    silent(1, 2);
    assertThat(bench.state().absent()).isEmpty();
  }
}
