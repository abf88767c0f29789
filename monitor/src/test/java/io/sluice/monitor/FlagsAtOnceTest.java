package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.MMonCommand;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Flags that several commands set and unset before the first of them is agreed on. */
@ExtendWith(NoLeaks.class)
class FlagsAtOnceTest {
  private final MonitorBench bench = new MonitorBench();

  private static String call(String prefix, String... arguments) {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < arguments.length; i += 2) {
      call.put(arguments[i], arguments[i + 1]);
    }
    return call.toString();
  }

  private void atOnce(String... commands) {
    List<FakeConnection> clients = new ArrayList<>();
    for (int i = 0; i < commands.length; i++) {
      clients.add(bench.client());
    }
    for (int i = 0; i < commands.length; i++) {
      MMonCommand command =
          new MMonCommand(i + 1, MonitorBench.FSID, List.of(commands[i]), new byte[0]);
      bench.monitor.onMessage(clients.get(i), FakeConnection.incoming(command));
    }
    bench.loop.settle();
    clients.forEach(client -> client.takeOne(MessageType.MON_COMMAND_ACK));
  }

  private int flags() {
    return bench.state().osdMap().flags();
  }

  @Test
  void shouldSetAndUnsetEachOfTheMapsFlags() {
    int others = flags();
    atOnce(call("osd set", "key", "noout"), call("osd set", "key", "noup"), call("osd pause"));
    assertThat(flags())
        .isEqualTo(others | OsdMap.NOOUT | OsdMap.NOUP | OsdMap.PAUSERD | OsdMap.PAUSEWR);
    atOnce(
        call("osd unset", "key", "noout"),
        call("osd unset", "key", "noup"),
        call("osd set", "key", "noin"),
        call("osd unpause"));
    assertThat(flags()).isEqualTo(others | OsdMap.NOIN);
  }

  @Test
  void shouldSetAndUnsetEachOfAPoolsFlags() {
    bench.command(call("osd pool create", "pool", "p"));
    atOnce(
        call("osd pool set", "pool", "p", "var", "noscrub", "val", "1"),
        call("osd pool set", "pool", "p", "var", "nodelete", "val", "1"));
    long both = PoolInfo.HASHPSPOOL | PoolInfo.NOSCRUB | PoolInfo.NODELETE;
    assertThat(poolFlags()).isEqualTo(both);
    atOnce(
        call("osd pool set", "pool", "p", "var", "noscrub", "val", "0"),
        call("osd pool set", "pool", "p", "var", "nosizechange", "val", "1"));
    assertThat(poolFlags())
        .isEqualTo(PoolInfo.HASHPSPOOL | PoolInfo.NODELETE | PoolInfo.NOSIZECHANGE);
  }

  private long poolFlags() {
    return bench.state().osdMap().findPool("p").orElseThrow().flags();
  }

  @Test
  void shouldReadWhatOlderVersionsLogged() {
    bench.command(call("osd pool create", "pool", "p"));
    Change all = new Change.EditMap(MapEdit.SET_FLAGS, "", "" + OsdMap.NOOUT, UTime.ZERO);
    Change pool = new Change.EditMap(MapEdit.POOL_FLAGS, "p", "9", UTime.ZERO);
    for (Change change : List.of(all, pool)) {
      bench.monitor.propose(ChangeCodec.decode(ChangeCodec.encode(change)));
      bench.loop.settle();
    }
    assertThat(flags()).isEqualTo(OsdMap.NOOUT);
    assertThat(poolFlags()).isEqualTo(9);
  }
}
