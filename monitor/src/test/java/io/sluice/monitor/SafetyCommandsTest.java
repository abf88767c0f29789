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

/** What may be stopped and taken away, in the words of Ceph 16.2.15. */
@ExtendWith(NoLeaks.class)
class SafetyCommandsTest {
  private MonitorBench bench = new MonitorBench();

  private MMonCommandAck run(String prefix, String argument, Object... values) {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    if (argument.equals("ids")) {
      List.of(values).forEach(value -> call.withArray("ids").add(value.toString()));
    } else if (!argument.isEmpty()) {
      call.put(argument, values[0].toString());
      for (int i = 1; i < values.length; i++) {
        call.put(values[i].toString(), true);
      }
    }
    return bench.command(call.toString());
  }

  private static void said(MMonCommandAck ack, String text) {
    assertThat(ack.status()).isEqualTo(text);
    assertThat(ack.result()).isZero();
  }

  private static void busy(MMonCommandAck ack, String text) {
    assertThat(ack.status()).isEqualTo(text);
    assertThat(ack.result()).isEqualTo(Errno.EBUSY.result());
  }

  private void threeOsdsWithAPool() {
    for (int osd = 0; osd < 3; osd++) {
      bench.osd(osd);
    }
    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":8}");
  }

  @Test
  void shouldNotPurgeWhatGroupsHaveUnlessForced() {
    threeOsdsWithAPool();
    String ties = "OSD(s) 2 have 8 pgs currently mapped to them. ";
    busy(run("osd safe-to-destroy", "ids", 2), ties);
    busy(run("osd safe-to-destroy", "ids", 0, "osd.1"), ties.replace("2 have 8", "0,1 have 16"));
    String force =
        " You can proceed by passing --force, but be warned that this will likely mean real,"
            + " permanent data loss.";
    busy(run("osd purge", "id", "osd.2"), ties + force);
    busy(run("osd purge", "id", "2", "yes_i_really_mean_it"), "osd.2 is not `down`.");
    MonitorBench.Osd last = bench.osd(2);
    run("osd down", "ids", 2);

    assertThat(run("osd purge", "id", "2").result())
        .as("groups are degraded, and nobody knows what it has")
        .isEqualTo(Errno.EAGAIN.result());
    last.send(new OsdStats(2, 1 << 30, 1 << 29, List.of(), 0, 0, 0));
    assertThat(run("osd purge", "id", "2").result())
        .as("it has stored something")
        .isEqualTo(Errno.EBUSY.result());
    said(run("osd purge", "id", "2", "force"), "purged osd.2");
    said(run("osd purge", "id", "2"), "osd.2 does not exist");
    said(
        run("osd safe-to-destroy", "ids", 9),
        "OSD(s) 9 are safe to destroy without reducing data durability.");
  }

  @Test
  void shouldNotLetGoOfWhatOnlyAnAbsentOsdHas() {
    threeOsdsWithAPool();
    run("osd down", "ids", 0, 1);
    run("osd down", "ids", 2);

    assertThat(run("osd safe-to-destroy", "ids", 2).status())
        .startsWith("OSD(s) 2 last reported they still store some PG data");
    assertThat(run("osd purge", "id", "2").result()).isEqualTo(Errno.EBUSY.result());
    assertThat(bench.state().osdMap().exists(2)).isTrue();
  }

  @Test
  void shouldSayWhatStoppingWouldDo() throws Exception {
    threeOsdsWithAPool();
    JsonNode ok = json(run("osd ok-to-stop", "ids", 0));
    assertThat(ok.path("ok_to_stop").asBoolean()).isTrue();
    assertThat(ok.path("num_ok_pgs").asInt()).isEqualTo(8);
    assertThat(ok.path("ok_become_degraded")).hasSize(8);

    MMonCommandAck two = run("osd ok-to-stop", "ids", 0, 1);
    busy(two, "unsafe to stop osd(s) at this time (8 PGs are or would become offline)");
    assertThat(json(two).path("bad_become_inactive")).hasSize(8);
    run("osd down", "ids", 2);
    run("osd down", "ids", 1);
    assertThat(json(run("osd ok-to-stop", "ids", 0)).path("bad_already_inactive")).hasSize(8);
    assertThat(json(run("osd ok-to-stop", "ids", 9)).path("num_ok_pgs").asInt()).isZero();
  }

  /** Of osd.0, with as many others as may stop, too. */
  private JsonNode okToStopWithOthers(int max) throws Exception {
    return json(
        bench.command("{\"prefix\":\"osd ok-to-stop\",\"ids\":[\"0\"],\"max\":" + max + "}"));
  }

  @Test
  void shouldSayWhoElseMayStopBesideOne() throws Exception {
    threeOsdsWithAPool();
    assertThat(okToStopWithOthers(3).path("osds")).hasSize(1);
    TypedCommand.run(bench, "osd pool set p min_size 1", null);
    JsonNode two = okToStopWithOthers(3);
    assertThat(two.path("osds").toString()).as("one has to go on").isEqualTo("[0,1]");
    assertThat(two.path("ok_to_stop").asBoolean()).isTrue();
    assertThat(okToStopWithOthers(1).path("osds")).hasSize(1);
    assertThat(json(run("osd ok-to-stop", "ids", "all")).path("osds")).hasSize(3);
  }

  @Test
  void shouldGiveNothingUpWhenAnOsdIsSaidToBeLost() {
    threeOsdsWithAPool();
    assertThat(run("osd lost", "id", "0").result()).isEqualTo(Errno.EPERM.result());
    busy(run("osd lost", "id", "0", "yes_i_really_mean_it"), "osd.0 is not down");
    run("osd down", "ids", 0);
    MMonCommandAck lost = run("osd lost", "id", "0", "yes_i_really_mean_it");
    assertThat(lost.result()).isEqualTo(Errno.EOPNOTSUPP.result());
    assertThat(lost.status()).contains("nothing is given up");
  }

  @Test
  void shouldAgreeToWhatIsSoAndRefuseOtherThings() {
    said(run("osd crush tunables", "profile", "default"), "adjusted tunables profile to default");
    assertThat(run("osd crush tunables", "profile", "firefly").result())
        .isEqualTo(Errno.EOPNOTSUPP.result());
    assertThat(run("osd require-osd-release", "release", "octopus").result())
        .isEqualTo(Errno.EPERM.result());
    assertThat(run("auth export", "entity", "client.x").result()).isEqualTo(Errno.ENOENT.result());
  }

  private static JsonNode json(MMonCommandAck ack) throws Exception {
    return CommandCall.JSON.readTree(new String(ack.output(), StandardCharsets.UTF_8));
  }

  @Test
  void shouldKnowWhetherTheMonitorsCanDoWithoutOne() {
    busy(
        run("mon ok-to-stop", "ids", "a"),
        "not enough monitors would be available () after stopping mons [a]");
    said(run("mon ok-to-stop", "ids", "b"), "quorum should be preserved (a) after stopping [b]");
    busy(run("mon ok-to-rm", "id", "a"), "removing mon.a would break quorum");
    said(run("mon ok-to-rm", "id", "x"), "mon.x does not exist");
    busy(
        run("mon ok-to-add-offline", ""),
        "adding a monitor may break quorum (until that monitor starts)");

    bench = new MonitorBench("a", "b", "c");
    said(run("mon ok-to-stop", "ids", "b"), "quorum should be preserved (a,c) after stopping [b]");
    busy(
        run("mon ok-to-stop", "ids", "b", "c"),
        "not enough monitors would be available (a) after stopping mons [b,c]");
    said(run("mon ok-to-rm", "id", "c"), "safe to remove mon.c");
    said(
        run("mon ok-to-add-offline", ""),
        "adding another mon that is not yet online will not break quorum");
  }
}
