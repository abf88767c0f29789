package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.CrushTree;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MMonCommand;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MessageType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code osd crush ...} that changes something, and what it answers. */
@ExtendWith(NoLeaks.class)
class CrushSetCommandsTest {
  private final MonitorBench bench = new MonitorBench();

  @BeforeEach
  void boot() {
    for (int osd = 0; osd < 3; osd++) {
      bench.osd(osd);
    }
  }

  private MMonCommandAck run(String prefix, String... pairs) {
    ObjectNode command = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals("args")) {
        List.of(pairs[i + 1].split(" ")).forEach(command.withArray("args")::add);
      } else {
        command.put(pairs[i], pairs[i + 1]);
      }
    }
    return bench.command(command.toString());
  }

  private void does(String text, String prefix, String... pairs) {
    MMonCommandAck ack = run(prefix, pairs);
    assertThat(ack.result()).as(ack.status()).isZero();
    assertThat(ack.status()).isEqualTo(text);
  }

  private void refuses(Errno errno, String prefix, String... pairs) {
    int epoch = bench.state().epoch();
    MMonCommandAck ack = run(prefix, pairs);
    assertThat(ack.result()).as(ack.status()).isEqualTo(errno.result());
    assertThat(ack.status()).isNotBlank();
    assertThat(bench.state().epoch()).isEqualTo(epoch);
  }

  @Test
  void shouldBuildATreeAsItIsTyped() {
    does(
        "added bucket r1 type rack to crush map",
        "osd crush add-bucket",
        "name",
        "r1",
        "type",
        "rack");
    does("bucket 'r1' already exists", "osd crush add-bucket", "name", "r1", "type", "rack");
    int rack = CrushTree.idOf(bench.state().osdMap().crush(), "r1").orElseThrow();
    does(
        "moved item id " + rack + " name 'r1' to location {root=default} in crush map",
        "osd crush move",
        "name",
        "r1",
        "args",
        "root=default");
    assertThat(run("osd crush move", "name", "host0", "args", "rack=r1").result()).isZero();
    String tree = new String(run("osd tree").output(), StandardCharsets.UTF_8);
    assertThat(tree).containsPattern("rack r1\\s+-?\\d*.*host host0").contains("osd.0");
    does(
        "reweighted item id 0 name 'osd.0' to 2.5 in crush map",
        "osd crush reweight",
        "name",
        "osd.0",
        "weight",
        "2.5");
    assertThat(bench.state().osdMap().crush().deviceWeight(0)).isEqualTo(2.5);
    does("device 'nosuch' does not appear in the crush map", "osd crush rm", "name", "nosuch");
    bench.osd(0); // the same life again: its place is as it was
    assertThat(bench.state().osdMap().crush().hostOf(0)).contains("host0");
  }

  @Test
  void shouldPlaceAPoolByAnotherRule() {
    run("osd pool create", "pool", "p", "pg_num", "1");
    does("", "osd crush rule create-replicated", "name", "x", "root", "default", "type", "osd");
    does(
        "set pool 1 crush_rule to x", "osd pool set", "pool", "p", "var", "crush_rule", "val", "x");
    refuses(Errno.EBUSY, "osd crush rule rm", "name", "x");
    refuses(Errno.ENOENT, "osd pool set", "pool", "p", "var", "crush_rule", "val", "nosuch");
    run("osd pool set", "pool", "p", "var", "crush_rule", "val", "replicated_osd");
    does("", "osd crush rule rm", "name", "x");
    does("rule x does not exist", "osd crush rule rm", "name", "x");
  }

  @Test
  void shouldObeyTheFlagsOfAPool() {
    run("osd pool create", "pool", "p", "pg_num", "1");
    does(
        "set pool 1 nodelete to true",
        "osd pool set",
        "pool",
        "p",
        "var",
        "nodelete",
        "val",
        "true");
    does(
        "set pool 1 nosizechange to 1",
        "osd pool set",
        "pool",
        "p",
        "var",
        "nosizechange",
        "val",
        "1");
    refuses(
        Errno.EPERM,
        "osd pool rm",
        "pool",
        "p",
        "pool2",
        "p",
        "yes_i_really_really_mean_it",
        "--yes-i-really-really-mean-it");
    refuses(Errno.EPERM, "osd pool set", "pool", "p", "var", "size", "val", "2");
    refuses(Errno.EINVAL, "osd pool set", "pool", "p", "var", "nodelete", "val", "maybe");
    assertThat(new String(run("osd pool ls", "detail", "detail").output(), StandardCharsets.UTF_8))
        .contains(" flags hashpspool,nodelete,nosizechange ");
    run("osd pool set", "pool", "p", "var", "nosizechange", "val", "0");
    assertThat(run("osd pool set", "pool", "p", "var", "size", "val", "2").result()).isZero();
  }

  @Test
  void shouldForgetAnOsdThatIsDownAndNoOther() {
    refuses(Errno.EBUSY, "osd rm", "ids", "2");
    refuses(Errno.EBUSY, "osd purge", "id", "2", "yes_i_really_mean_it", "true");
    run("osd down", "ids", "2");
    does("purged osd.2", "osd purge", "id", "osd.2");
    assertThat(bench.state().osdMap().exists(2)).isFalse();
    assertThat(bench.state().osds()).containsOnlyKeys(0, 1);
    assertThat(bench.state().osdMap().crush().hostOf(2)).isEmpty();
    does("osd.2 does not exist", "osd purge", "id", "2", "yes_i_really_mean_it", "true");
    run("osd down", "ids", "1");
    does("removed osd.1. ", "osd rm", "ids", "1");
    bench.osd(1);
    assertThat(bench.state().osdMap().isUp(1)).as("it may come back").isTrue();
  }

  @Test
  void shouldShowAndRenameParts() {
    does(
        "renamed bucket host0 into first",
        "osd crush rename-bucket",
        "srcname",
        "host0",
        "dstname",
        "first");
    refuses(Errno.EEXIST, "osd crush rename-bucket", "srcname", "host1", "dstname", "first");
    refuses(Errno.ENOENT, "osd crush rename-bucket", "srcname", "host0", "dstname", "x");
    assertThat(output("osd crush ls", "node", "first")).isEqualTo("osd.0\n");
    assertThat(output("osd ls-tree", "name", "default")).isEqualTo("0\n1\n2\n");
    assertThat(output("osd tree-from", "bucket", "host1"))
        .contains("osd.1")
        .doesNotContain("osd.0");
    refuses(Errno.ENOENT, "osd crush ls", "node", "nosuch");
    refuses(Errno.ENOENT, "osd ls-tree", "name", "nosuch");
    refuses(Errno.EINVAL, "config set", "who", "nosuch", "name", "debug_ms", "value", "1");
    assertThat(output("crash stat")).isEqualTo("0 crashes recorded\n");
  }

  private String output(String prefix, String... pairs) {
    return new String(run(prefix, pairs).output(), StandardCharsets.UTF_8);
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    refuses(Errno.ENOENT, "osd crush move", "name", "nosuch", "args", "root=default");
    refuses(Errno.EINVAL, "osd crush move", "name", "host0", "args", "host=host1");
    refuses(Errno.EINVAL, "osd crush move", "name", "host0", "args", "nonsense");
    refuses(Errno.EINVAL, "osd crush add-bucket", "name", "b", "type", "nosuch");
    refuses(Errno.ENOENT, "osd crush reweight", "name", "osd.9", "weight", "1");
    refuses(Errno.EINVAL, "osd crush reweight", "name", "osd.0", "weight", "-1");
    refuses(Errno.ENOENT, "osd crush reweight", "name", "host0", "weight", "1");
    refuses(Errno.ENOTEMPTY, "osd crush rm", "name", "host0");
    refuses(Errno.EINVAL, "osd setcrushmap");
    refuses(
        Errno.EOPNOTSUPP,
        "osd crush rule create-replicated",
        "name",
        "y",
        "root",
        "default",
        "type",
        "osd",
        "class",
        "ssd");
  }

  @Test
  void shouldTakeAWholeMapWhenItServesThePools() {
    run("osd pool create", "pool", "p", "pg_num", "1");
    byte[] before = run("osd getcrushmap").output();
    byte[] changed = CrushTree.addBucket(CrushTree.decode(before), "rack7", "rack").encode();
    assertThat(give(changed).result()).isZero();
    assertThat(CrushTree.idOf(bench.state().osdMap().crush(), "rack7")).isPresent();

    int epoch = bench.state().epoch();
    assertThat(give(new byte[] {1, 2, 3}).result()).isEqualTo(Errno.EINVAL.result());
    byte[] withoutRules = io.sluice.protocol.CrushMap.initial().encode();
    assertThat(give(withoutRules).status()).contains("in use by pool 'p'");
    assertThat(bench.state().epoch()).isEqualTo(epoch);
  }

  private MMonCommandAck give(byte[] map) {
    FakeConnection client = bench.client();
    String json = "{\"prefix\":\"osd setcrushmap\"}";
    bench.send(client, new MMonCommand(1, MonitorBench.FSID, List.of(json), map));
    FakeConnection.Sent sent = client.takeOne(MessageType.MON_COMMAND_ACK);
    return MMonCommandAck.decode(sent.version(), sent.tid(), sent.front(), sent.data());
  }
}
