package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MPoolOp;
import io.sluice.protocol.MPoolOpReply;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.PoolInfo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Variables of pools, and the options that new pools are made by, as Ceph 16.2.15 answers. */
@ExtendWith(NoLeaks.class)
class PoolVariablesTest {
  private final MonitorBench bench = new MonitorBench();

  private MMonCommandAck run(String prefix, String... arguments) {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < arguments.length; i += 2) {
      call.put(arguments[i], arguments[i + 1]);
    }
    return bench.command(call.toString());
  }

  private MMonCommandAck get(String variable) {
    return run("osd pool get", "pool", "p", "var", variable);
  }

  private MMonCommandAck set(String variable, String value) {
    return run("osd pool set", "pool", "p", "var", variable, "val", value);
  }

  private static void answers(MMonCommandAck ack, int result, String text) {
    assertThat(ack.status()).contains(text);
    assertThat(ack.result()).as(ack.status()).isEqualTo(result);
  }

  @Test
  void shouldSayWhichVariablesAreNotThere() {
    run("osd pool create", "pool", "p");
    answers(get("compression_mode"), -2, "option 'compression_mode' is not set on pool 'p'");
    answers(get("target_max_bytes"), -13, "pool 'p' is not a tier pool: variable not applicable");
    answers(get("erasure_code_profile"), -13, "pool 'p' is not a erasure pool");
    assertThat(new String(get("all").output())).endsWith("pg_autoscale_mode: off\nbulk: false\n");
    answers(set("hit_set_count", "1"), -13, "is not a tier pool");
    answers(set("fast_read", "1"), -22, "fast read is not supported in replication pool");
    answers(set("compression_mode", "force"), -95, "nothing of Sluice obeys 'compression_mode'");
    answers(set("write_fadvise_dontneed", "true"), -95, "nothing of Sluice obeys");
    answers(set("write_fadvise_dontneed", "false"), 0, "set pool 1 write_fadvise_dontneed to");
    answers(set("hashpspool", "true"), 0, "set pool 1 hashpspool to true");
    answers(set("hashpspool", "false"), -95, "nothing of Sluice obeys");
  }

  private MMonCommandAck enable(String application, boolean sure) {
    ObjectNode call = CommandCall.object().put("prefix", "osd pool application enable");
    call.put("pool", "p").put("app", application).put("yes_i_really_mean_it", sure);
    return bench.command(call.toString());
  }

  @Test
  void shouldWantToBeAskedTwiceForASecondApplication() {
    run("osd pool create", "pool", "p");
    set("integrity", "ingest"); // kept beside them, and none of them
    answers(enable("one", false), 0, "enabled application 'one' on pool 'p'");
    answers(enable("one", false), 0, "enabled application 'one' on pool 'p'");
    answers(enable("two", false), -1, "Are you SURE? Pool 'p' already has an enabled application;");
    for (String more : List.of("two", "three", "four")) {
      answers(enable(more, true), 0, "enabled application '" + more + "' on pool 'p'");
    }
    answers(enable("five", true), -22, "too many enabled applications on pool 'p'; max 4");
    String get = "osd pool application get";
    run("osd pool application set", "pool", "p", "app", "two", "key", "k", "value", "v");
    assertThat(new String(run(get, "pool", "p", "app", "two", "key", "k").output()))
        .isEqualTo("v\n");
    answers(run(get, "pool", "p", "app", "two", "key", "x"), -2, "does not have key 'x'");
    answers(run(get, "pool", "p", "app", "six"), -2, "pool 'p' has no application 'six'");
  }

  @Test
  void shouldTellFlagsWithoutUseFromNone() {
    answers(run("osd set", "key", "notieragent"), -95, "nothing here would obey it");
    answers(run("osd set", "key", "full"), -22, "unrecognized flag 'full'");
  }

  private String lineOf(String pool) {
    String all = new String(run("osd pool ls", "detail", "detail").output());
    return all.lines().filter(line -> line.contains("'" + pool + "'")).findFirst().orElse("");
  }

  @Test
  void shouldHaveMoreGroupsAndPlaceThemByThemselves() {
    run("osd pool create", "pool", "p", "pg_num", "8");
    run("osd pool create", "pool", "other", "pg_num", "4");
    answers(set("pg_num", "8"), 0, "set pool 1 pg_num to 8");
    answers(set("pg_num", "x"), -22, "pg_num 'x' is not a number");
    answers(set("pg_num", "0"), -34, "'pg_num' must be greater than 0 and less than or equal to");
    answers(set("pg_num", "4"), -95, "pool p has 8 pgs: they are never merged");
    answers(
        set("pg_num", "250"),
        -34,
        "pool id 1 pg_num 250 size 3 would mean 762 total pgs, which exceeds max 750"
            + " (mon_max_pg_per_osd 250 * num_in_osds 3)");
    run("config set", "who", "mon", "name", "mon_max_pg_per_osd", "value", "300");
    answers(set("pg_num", "250"), 0, "set pool 1 pg_num to 250");
    assertThat(lineOf("p")).contains(" pg_num 250 pgp_num 250 ");
    assertThat(lineOf("other")).contains(" pg_num 4 pgp_num 4 ");
    assertThat(new String(get("pg_num").output())).isEqualTo("pg_num: 250\n");
    assertThat(bench.state().pgs().entries()).hasSize(254);
    assertThat(bench.state().osdMap().pool(1).firstPgNum()).isEqualTo(8);
  }

  @Test
  void shouldLetPgpNumBeSetByItself() {
    run("osd pool create", "pool", "p", "pg_num", "8");
    answers(set("pgp_num", "9"), -22, "specified pgp_num 9 > pg_num 8");
    answers(set("pgp_num", "0"), -22, "specified pgp_num must > 0, but you set to 0");
    answers(set("pgp_num", "6"), 0, "set pool 1 pgp_num to 6");
    answers(set("pg_num", "16"), 0, "set pool 1 pg_num to 16");
    assertThat(lineOf("p")).as("whoever set it apart sets it on").contains(" pg_num 16 pgp_num 6 ");
    answers(set("nopgchange", "true"), 0, "set pool 1 nopgchange to true");
    answers(set("pg_num", "32"), -1, "pool pg_num change is disabled; you must unset nopgchange");
    answers(set("pgp_num", "16"), -1, "pool pgp_num change is disabled; you must unset");
  }

  /** What librados does without a command; the result. */
  private int pool(int op, long pool, String name) {
    FakeConnection client = bench.client();
    bench.send(client, new MPoolOp(1, 0, MonitorBench.FSID, (int) pool, op, 0, name, 0));
    FakeConnection.Sent sent = client.takeOne(MessageType.POOL_OP_REPLY);
    return MPoolOpReply.decode(sent.version(), sent.tid(), sent.front()).result();
  }

  @Test
  void shouldMakePoolsByTheMonitorsOptions() {
    String[] names = {"osd_pool_default_pg_num", "osd_pool_default_size", "mon_allow_pool_delete"};
    String[] values = {"4", "2", "false"};
    for (int i = 0; i < names.length; i++) {
      String[] option = {"who", i == 0 ? "global" : "mon", "name", names[i], "value", values[i]};
      answers(run("config set", option), 0, "");
    }
    run("osd pool create", "pool", "p");
    PoolInfo pool = bench.state().osdMap().findPool("p").orElseThrow();
    assertThat(pool.pgNum()).isEqualTo(4);
    assertThat(pool.size()).isEqualTo(2);
    ObjectNode rm = CommandCall.object().put("prefix", "osd pool rm").put("pool", "p");
    rm.put("pool2", "p").put("yes_i_really_really_mean_it", true);
    answers(bench.command(rm.toString()), -1, "mon_allow_pool_delete is false");
    assertThat(pool(MPoolOp.CREATE, 0, "librados")).isZero();
    PoolInfo made = bench.state().osdMap().findPool("librados").orElseThrow();
    assertThat(List.of(made.pgNum(), made.size())).isEqualTo(List.of(4, 2));
    assertThat(pool(MPoolOp.DELETE, made.id(), "")).isEqualTo(-1);
    assertThat(bench.state().osdMap().findPool("librados")).isPresent();
    run("config rm", "who", "mon", "name", "mon_allow_pool_delete");
    answers(bench.command(rm.toString()), 0, "pool 'p' removed");
  }

  @Test
  void shouldShowGroupsInCephsColumns() {
    bench.osd(0);
    run("osd pool create", "pool", "p");
    String list = new String(run("pg ls").output());
    assertThat(list.lines().findFirst().orElse("").split(" +"))
        .containsExactly(
            ("PG OBJECTS DEGRADED MISPLACED UNFOUND BYTES OMAP_BYTES* OMAP_KEYS* LOG STATE SINCE"
                    + " VERSION REPORTED UP ACTING SCRUB_STAMP DEEP_SCRUB_STAMP")
                .split(" "));
    assertThat(list).contains("[0]p0");
    MMonCommandAck dump = run("pg dump");
    assertThat(dump.status()).isEqualTo("dumped all");
    assertThat(new String(dump.output()).lines().skip(4).findFirst().orElse("").split(" +"))
        .containsExactly(
            ("PG_STAT OBJECTS MISSING_ON_PRIMARY DEGRADED MISPLACED UNFOUND BYTES OMAP_BYTES*"
                    + " OMAP_KEYS* LOG DISK_LOG STATE STATE_STAMP VERSION REPORTED UP UP_PRIMARY"
                    + " ACTING ACTING_PRIMARY LAST_SCRUB SCRUB_STAMP LAST_DEEP_SCRUB"
                    + " DEEP_SCRUB_STAMP SNAPTRIMQ_LEN")
                .split(" "));
    assertThat(new String(dump.output()))
        .containsPattern("POOLID +OBJECTS")
        .containsPattern("OSD_STAT +USED +AVAIL +USED_RAW +TOTAL +HB_PEERS +PG_SUM")
        .containsPattern("\nsum +");
  }

  @Test
  void shouldReportWhatOtherCommandsSay() throws Exception {
    bench.osd(0);
    JsonNode report = CommandCall.JSON.readTree(run("report").output());
    assertThat(report.at("/osdmap/osds")).hasSize(1);
    assertThat(report.at("/monmap/mons")).hasSize(1);
    assertThat(report.at("/health/status").asText()).startsWith("HEALTH_");
    assertThat(report.at("/crushmap/buckets").isArray()).isTrue();
    assertThat(new String(run("osd status").output())).contains("exists,up");
  }
}
