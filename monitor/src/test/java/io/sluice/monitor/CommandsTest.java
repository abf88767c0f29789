package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MPoolOp;
import io.sluice.protocol.MPoolOpReply;
import io.sluice.protocol.MessageType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Users' commands: results, words, and what they do to the maps. */
@ExtendWith(NoLeaks.class)
class CommandsTest {
  private final MonitorBench bench = new MonitorBench();

  private MMonCommandAck run(String command, String... arguments) {
    StringBuilder json = new StringBuilder("{\"prefix\":\"" + command + "\"");
    for (int i = 0; i < arguments.length; i += 2) {
      json.append(",\"").append(arguments[i]).append("\":").append(arguments[i + 1]);
    }
    return bench.command(json.append('}').toString());
  }

  private static String output(MMonCommandAck ack) {
    assertThat(ack.result()).as(ack.status()).isZero();
    return new String(ack.output(), StandardCharsets.UTF_8);
  }

  private static JsonNode json(MMonCommandAck ack) throws Exception {
    return CommandCall.JSON.readTree(output(ack));
  }

  private void pool(String name) {
    assertThat(run("osd pool create", "pool", "\"" + name + "\"", "pg_num", "4").result()).isZero();
  }

  @Test
  void shouldCreateAPoolWithTheDefaults() {
    MMonCommandAck ack = run("osd pool create", "pool", "\"p\"");

    assertThat(ack.status()).isEqualTo("pool 'p' created");
    assertThat(output(run("osd pool get", "pool", "\"p\"", "var", "\"all\"")))
        .contains("size: 3\n", "min_size: 2\n", "pg_num: 32\n");
  }

  @Test
  void shouldSayThatAPoolExistsAndChangeNothing() {
    pool("p");
    int epoch = bench.state().epoch();
    MMonCommandAck ack = run("osd pool create", "pool", "\"p\"");

    assertThat(ack.result()).isZero();
    assertThat(ack.status()).isEqualTo("pool 'p' already exists");
    assertThat(bench.state().epoch()).isEqualTo(epoch);
  }

  @Test
  void shouldRemoveAPoolOnlyWhenTheUserIsSure() {
    pool("p");
    assertThat(run("osd pool rm", "pool", "\"p\"").result()).isEqualTo(Errno.EPERM.result());
    assertThat(
            run(
                    "osd pool rm",
                    "pool",
                    "\"p\"",
                    "pool2",
                    "\"q\"",
                    "yes_i_really_really_mean_it",
                    "true")
                .result())
        .isEqualTo(Errno.EPERM.result());
    MMonCommandAck ack =
        run(
            "osd pool delete",
            "pool",
            "\"p\"",
            "pool2",
            "\"p\"",
            "yes_i_really_really_mean_it",
            "true");

    assertThat(ack.status()).isEqualTo("pool 'p' removed");
    assertThat(bench.state().pgs().entries()).isEmpty();
  }

  @Test
  void shouldGiveANewIdWhenAPoolsNameIsUsedAgain() {
    pool("p");
    run("osd pool rm", "pool", "\"p\"", "pool2", "\"p\"", "yes_i_really_really_mean_it", "true");
    pool("p");

    assertThat(output(run("osd lspools"))).isEqualTo("2 p\n");
  }

  @Test
  void shouldSayEnoentWhenAPoolIsUnknown() {
    for (String command : List.of("osd pool get", "osd pool set", "osd map")) {
      MMonCommandAck ack =
          run(command, "pool", "\"x\"", "var", "\"size\"", "val", "\"1\"", "object", "\"o\"");
      assertThat(ack.result()).as(command).isEqualTo(Errno.ENOENT.result());
      String map = "pool x does not exist"; // in Ceph, too, this one has words of its own
      assertThat(ack.status()).isEqualTo(command.endsWith("map") ? map : "unrecognized pool 'x'");
    }
    MMonCommandAck removed = run("osd pool rm", "pool", "\"x\"");
    assertThat(removed.result()).as("as Ceph: gone is gone").isZero();
    assertThat(removed.status()).isEqualTo("pool 'x' does not exist");
  }

  @Test
  void shouldRefuseSizesThatMakeNoSense() {
    pool("p");
    assertThat(run("osd pool set", "pool", "\"p\"", "var", "\"min_size\"", "val", "\"4\"").status())
        .isEqualTo("pool min_size must be between 1 and size, which is set to 3");
    assertThat(run("osd pool set", "pool", "\"p\"", "var", "\"size\"", "val", "\"11\"").result())
        .isEqualTo(Errno.EINVAL.result());
    assertThat(run("osd pool create", "pool", "\"q\"", "pg_num", "1000000").result())
        .isEqualTo(Errno.ERANGE.result());
    assertThat(run("osd pool create", "pool", "\"\"").result()).isEqualTo(Errno.EINVAL.result());
  }

  @Test
  void shouldBringADefaultMinSizeWithANewSize() {
    pool("p");
    run("osd pool set", "pool", "\"p\"", "var", "\"size\"", "val", "\"2\"");

    assertThat(output(run("osd pool get", "pool", "\"p\"", "var", "\"min_size\"")))
        .isEqualTo("min_size: 1\n");
  }

  @Test
  void shouldAnswerEinvalInOneLineWhenACommandIsUnknownOrNoJson() {
    assertThat(run("osd frobnicate").result()).isEqualTo(Errno.EINVAL.result());
    assertThat(run("osd frobnicate").status()).isEqualTo("command not known: osd frobnicate");
    for (String junk :
        List.of(
            "",
            "{",
            "[]",
            "{\"prefix\":\"a\\nb\"}",
            "{\"prefix\":3}",
            "null",
            "{\"prefix\":\"osd map\"}")) {
      MMonCommandAck ack = bench.command(junk);
      assertThat(ack.result()).as(junk).isEqualTo(Errno.EINVAL.result());
      assertThat(ack.status()).isNotEmpty().doesNotContain("\n");
    }
  }

  @Test
  void shouldDescribeEveryCommandTheWayCephReadsIt() throws Exception {
    JsonNode all = json(run("get_command_descriptions"));

    assertThat(all.size()).isGreaterThan(30);
    all.forEach(
        one -> {
          assertThat(one.get("flags").asInt()).isZero();
          assertThat(one.get("sig").get(0).isTextual()).isTrue();
          assertThat(one.get("help").asText()).isNotEmpty();
          one.get("sig")
              .forEach(part -> assertThat(part.isTextual() || part.hasNonNull("type")).isTrue());
        });
  }

  @Test
  void shouldAnswerEveryReadingCommandInBothFormats() throws Exception {
    bench.osd(0);
    bench.osd(1);
    pool("p");
    for (String command :
        List.of(
            "status",
            "health",
            "df",
            "osd tree",
            "osd stat",
            "osd ls",
            "osd df",
            "osd dump",
            "osd pool ls",
            "osd lspools",
            "pg stat",
            "pg dump",
            "mon stat",
            "mon dump",
            "version",
            "versions",
            "fsid",
            "quorum_status",
            "config dump")) {
      assertThat(run(command).result()).as(command).isZero();
      assertThat(json(run(command, "format", "\"json\""))).as(command).isNotNull();
      assertThat(json(run(command, "format", "\"json-pretty\""))).as(command).isNotNull();
    }
  }

  @Test
  void shouldShowWhatIsWrongInTheStatus() {
    bench.osd(0);
    bench.osd(1).send(new io.sluice.protocol.OsdStopping(1));
    pool("p");

    assertThat(output(run("status")))
        .contains("HEALTH_WARN", "1 osds down", "2 osds: 1 up (since 0s), 2 in (since 0s)\n");
    assertThat(output(run("health", "detail", "\"detail\"")))
        .contains("osd.1 (root=default,host=host1) is down");
    assertThat(output(run("osd tree"))).contains("host host0", "osd.1", "down");
  }

  @Test
  void shouldTakeOsdsDownOutAndInByIdAndName() {
    bench.osd(0);
    bench.osd(1);
    assertThat(run("osd down", "ids", "[\"0\",\"osd.1\"]").status())
        .isEqualTo("marked down osd.0. marked down osd.1. ");
    assertThat(run("osd out", "ids", "[\"0\"]").status()).isEqualTo("marked out osd.0. ");
    assertThat(run("osd out", "ids", "[\"0\"]").status()).isEqualTo("osd.0 is already out. ");
    assertThat(run("osd in", "ids", "[\"all\"]").status()).contains("marked in osd.0. ");
    assertThat(run("osd out", "ids", "[\"7\"]").status()).isEqualTo("osd.7 does not exist. ");
    assertThat(run("osd find", "id", "\"7\"").result()).isEqualTo(Errno.ENOENT.result());
  }

  @Test
  void shouldSetFlagsThatSomebodyObeysAndRefuseOthers() {
    MonitorBench.Osd osd = bench.osd(0);
    assertThat(run("osd set", "key", "\"nodown\"").status()).isEqualTo("nodown is set");
    bench.beaconFor(20_000_000_000L);
    assertThat(osd.isUp()).as("nodown").isTrue();
    assertThat(run("osd unset", "key", "\"nodown\"").status()).isEqualTo("nodown is unset");
    bench.beaconFor(20_000_000_000L);
    assertThat(osd.isUp()).isFalse();
    assertThat(run("osd set", "key", "\"notieragent\"").result())
        .isEqualTo(Errno.EOPNOTSUPP.result());
  }

  @Test
  void shouldRenameAPoolAndKeepItsNumber() {
    pool("p");
    long id = bench.state().osdMap().findPool("p").orElseThrow().id();
    assertThat(run("osd pool rename", "srcpool", "\"p\"", "destpool", "\"q\"").result()).isZero();
    assertThat(bench.state().osdMap().findPool("q").orElseThrow().id()).isEqualTo(id);
    assertThat(bench.state().osdMap().findPool("p")).isEmpty();
    pool("p");
    assertThat(run("osd pool rename", "srcpool", "\"p\"", "destpool", "\"q\"").result())
        .isEqualTo(Errno.EEXIST.result());
  }

  @Test
  void shouldGiveOldMapsAndRefuseUnknownEpochs() {
    pool("p");
    assertThat(run("osd getmap", "epoch", "1").status()).isEqualTo("got osdmap epoch 1");
    assertThat(run("osd getmap", "epoch", "99").result()).isEqualTo(Errno.ENOENT.result());
  }

  @Test
  void shouldCreateAndDeletePoolsAndTheirSnapshotsByMessage() {
    FakeConnection client = bench.client();
    bench.send(client, poolOp(1, 0, MPoolOp.CREATE, "m"));
    assertThat(reply(client).result()).isZero();
    assertThat(bench.state().osdMap().findPool("m")).isPresent();

    bench.send(client, poolOp(2, 1, MPoolOp.CREATE_SNAP, "s"));
    assertThat(reply(client).result()).isZero();
    assertThat(bench.state().osdMap().findPool("m").orElseThrow().snaps().find("s")).isNotNull();
    bench.send(client, poolOp(3, 1, MPoolOp.DELETE_SNAP, "s"));
    assertThat(reply(client).result()).isZero();
    assertThat(bench.state().osdMap().findPool("m").orElseThrow().snaps().find("s")).isNull();

    bench.send(client, poolOp(4, 1, MPoolOp.DELETE, ""));
    MPoolOpReply deleted = reply(client);
    assertThat(deleted.result()).isZero();
    assertThat(deleted.epoch()).isEqualTo(bench.state().epoch());
    assertThat(bench.state().osdMap().pools()).isEmpty();
  }

  private static MPoolOp poolOp(long tid, int pool, int op, String name) {
    return new MPoolOp(tid, 0, MonitorBench.FSID, pool, op, 0, name, -1);
  }

  private static MPoolOpReply reply(FakeConnection client) {
    FakeConnection.Sent sent = client.takeOne(MessageType.POOL_OP_REPLY);
    return MPoolOpReply.decode(sent.version(), sent.tid(), sent.front());
  }
}
