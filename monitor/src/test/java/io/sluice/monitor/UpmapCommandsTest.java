package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.types.PgId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Groups put somewhere by hand, in the words of Ceph 16.2.15. */
@ExtendWith(NoLeaks.class)
class UpmapCommandsTest {
  private static final PgId PG = new PgId(1, 0);

  private final MonitorBench bench = new MonitorBench();

  @BeforeEach
  void startOsds() {
    for (int osd = 0; osd < 4; osd++) {
      bench.osd(osd);
    }
    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":4}");
  }

  private MMonCommandAck run(String prefix, String pg, Object... osds) {
    ObjectNode call = CommandCall.object().put("prefix", prefix).put("pgid", pg);
    List.of(osds).forEach(osd -> call.withArray("id").add(osd.toString()));
    return bench.command(call.toString());
  }

  private static void said(MMonCommandAck ack, String text) {
    assertThat(ack.status()).isEqualTo(text);
    assertThat(ack.result()).isZero();
  }

  private static void refused(MMonCommandAck ack, Errno errno, String text) {
    assertThat(ack.status()).isEqualTo(text);
    assertThat(ack.result()).isEqualTo(errno.result());
  }

  private List<Integer> up() {
    return bench.state().osdMap().up(PG);
  }

  @Test
  void shouldExchangeAnOsdOfAGroupAndTakeItBack() {
    List<Integer> before = up();
    int from = before.get(1);
    int to = List.of(0, 1, 2, 3).stream().filter(osd -> !before.contains(osd)).findFirst().get();
    said(
        run("osd pg-upmap-items", "1.0", from, to),
        "set 1.0 pg_upmap_items mapping to [" + from + "->" + to + "]");
    assertThat(up()).containsExactly(before.get(0), to, before.get(2));
    assertThat(
            new String(bench.command("{\"prefix\":\"osd dump\"}").output(), StandardCharsets.UTF_8))
        .contains("pg_upmap_items 1.0 [" + from + "," + to + "]\n");
    assertThat(bench.state().pgs().entry(PG).up()).isEqualTo(up());

    said(run("osd rm-pg-upmap-items", "1.0"), "clear 1.0 pg_upmap_items mapping");
    assertThat(up()).isEqualTo(before);
    int epoch = bench.state().epoch();
    said(run("osd rm-pg-upmap-items", "1.0"), "clear 1.0 pg_upmap_items mapping");
    assertThat(bench.state().epoch()).isEqualTo(epoch);
  }

  @Test
  void shouldPlaceAGroupWhereTheUserWants() {
    said(run("osd pg-upmap", "1.0", 3, "osd.1", 0), "set 1.0 pg_upmap mapping to [3,1,0]");
    assertThat(up()).containsExactly(3, 1, 0);
    said(
        run("osd pg-upmap", "1.0", 3, 3, 1),
        "osd.3 already exists, set 1.0 pg_upmap mapping to [3,1]");
    said(run("osd rm-pg-upmap", "1.0"), "clear 1.0 pg_upmap mapping");
    run("osd pg-upmap", "1.0", 3, 1, 0);
    bench.command(
        "{\"prefix\":\"osd pool rm\",\"pool\":\"p\",\"pool2\":\"p\","
            + "\"yes_i_really_really_mean_it\":true}");
    assertThat(bench.state().osdMap().upmaps()).isEmpty();
  }

  @Test
  void shouldRefuseWhatIsNotThereOrMovesNothing() {
    refused(run("osd pg-upmap", "9.0", 0), Errno.ENOENT, "pg 9.0 does not exist");
    refused(run("osd pg-upmap", "1.99", 0), Errno.ENOENT, "pg 1.99 does not exist");
    refused(run("osd pg-upmap", "nonsense", 0), Errno.EINVAL, "invalid pgid 'nonsense'");
    refused(run("osd pg-upmap", "1.0", 9), Errno.ENOENT, "osd.9 does not exist");
    refused(
        run("osd pg-upmap-items", "1.0", 0),
        Errno.EINVAL,
        "you must specify pairs of osd ids to be remapped");
    refused(
        run("osd pg-upmap-items", "1.0", 0, 0),
        Errno.EINVAL,
        "from osd.0 == to osd.0, no valid upmap items(pairs) is specified");
    refused(run("osd rm-pg-upmap-items", "1.99"), Errno.ENOENT, "pg 1.99 does not exist");
  }
}
