package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdFailure;
import io.sluice.protocol.OsdLease;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdStopping;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgRecovered;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Boots, leases and deaths of OSDs as the monitor sees them, with a clock of the test's. */
@ExtendWith(NoLeaks.class)
class OsdLifeTest {
  private static final long MS = MonitorBench.MS;

  private final MonitorBench bench = new MonitorBench();

  @Test
  void shouldPublishAnOsdWhenItBoots() {
    MonitorBench.Osd osd = bench.osd(0);

    OsdMap map = bench.state().osdMap();
    assertThat(map.epoch()).isEqualTo(2);
    assertThat(map.isUp(0)).isTrue();
    assertThat(map.isIn(0)).isTrue();
    assertThat(map.addrs(0)).isEqualTo(osd.addrs);
    assertThat(map.crush().hostOf(0)).contains("host0");
    assertThat(map.crush().deviceWeight(0)).isEqualTo(1.0);
  }

  @Test
  void shouldMakeNoEpochWhenTheSameLifeBootsTwice() {
    MonitorBench.Osd osd = bench.osd(0);
    osd.boot();

    assertThat(bench.state().epoch()).isEqualTo(2);
  }

  @Test
  void shouldMarkDownThenUpWhenAnOsdBootsThatIsUp() {
    bench.osd(0);
    MonitorBench.Osd observer = bench.osd(1);
    observer.send(new ClusterMapSubscribe(4));
    observer.clusterMaps();

    bench.new Osd(0, 999).boot();

    List<ClusterMap> maps = observer.clusterMaps();
    assertThat(maps).extracting(ClusterMap::epoch).containsExactly(4, 5);
    assertThat(OsdMap.decode(maps.get(0).osdMap()).isUp(0)).isFalse();
    assertThat(OsdMap.decode(maps.get(1).osdMap()).addr(0).nonce()).isEqualTo(999);
  }

  @Test
  void shouldRefuseABootWhenItIsOfAnotherCluster() {
    MonitorBench.Osd osd = bench.new Osd(0, 1);
    osd.send(new OsdBoot(0, new UUID(1, 2), osd.addrs, "host0", 0));

    assertThat(osd.connection.closedBecause).contains("cluster");
    assertThat(bench.state().osdMap().exists(0)).isFalse();
  }

  @Test
  void shouldRefuseWhenAnOsdSpeaksForAnother() {
    MonitorBench.Osd osd = bench.new Osd(0, 1);
    osd.send(new OsdBoot(1, MonitorBench.FSID, osd.addrs, "host0", 0));

    assertThat(osd.connection.closedBecause).isEqualTo("osd.0 speaks for osd.1");
  }

  @Test
  void shouldGrantLeasesWhileBeaconsComeAndNoneWhenDown() {
    MonitorBench.Osd osd = bench.osd(0);
    assertThat(osd.beacon()).isTrue();

    osd.send(new OsdStopping(0));

    assertThat(osd.isUp()).isFalse();
    assertThat(osd.beacon()).isFalse();
  }

  @Test
  void shouldMarkDownAfterThreeAndAHalfSecondsOfSilenceAndNotBefore() {
    MonitorBench.Osd silent = bench.osd(0);
    MonitorBench.Osd alive = bench.osd(1);
    bench.beaconFor(5_000 * MS, silent, alive);
    silent.beacon();

    bench.beaconFor(3_500 * MS, alive);
    assertThat(silent.isUp()).isTrue();
    bench.beaconFor(500 * MS, alive);
    assertThat(silent.isUp()).isFalse();
    assertThat(alive.isUp()).isTrue();
  }

  @Test
  void shouldGrantTheNextLeaseOnlyAfterABootWhenItWasMarkedDown() {
    MonitorBench.Osd osd = bench.osd(0);
    bench.loop.advance(4_000 * MS);
    assertThat(osd.isUp()).isFalse();

    assertThat(osd.beacon()).isFalse();
    osd.boot();
    assertThat(osd.beacon()).isTrue();
  }

  @Test
  void shouldMarkDownAtOnceWhenTheConnectionClosedAndTheAddressRefuses() {
    MonitorBench.Osd osd = bench.osd(0);
    osd.beacon();
    bench.ports.put(6800, Prober.Answer.REFUSED);

    osd.disconnect();

    assertThat(osd.isUp()).isFalse();
  }

  @Test
  void shouldAskAgainWhenADyingProcessStillAccepts() {
    MonitorBench.Osd osd = bench.osd(0);
    osd.disconnect();
    assertThat(osd.isUp()).isTrue();

    bench.ports.put(6800, Prober.Answer.REFUSED);
    bench.loop.advance(150 * MS);

    assertThat(osd.isUp()).isFalse();
  }

  @Test
  void shouldKeepAnOsdUpWhenOnlyItsConnectionBroke() {
    MonitorBench.Osd osd = bench.osd(0);
    osd.disconnect();
    osd.connect();

    assertThat(osd.beacon()).isTrue();
    bench.beaconFor(10_000 * MS, osd);
    assertThat(osd.isUp()).isTrue();
  }

  @Test
  void shouldIgnoreASilentHostWhenItsConnectionBroke() {
    MonitorBench.Osd osd = bench.osd(0);
    bench.ports.put(6800, Prober.Answer.UNKNOWN);
    osd.disconnect();

    bench.loop.advance(1_000 * MS);
    assertThat(osd.isUp()).isTrue();
    assertThat(bench.probes).isEqualTo(1);
  }

  @Test
  void shouldBelieveAPeersReportOnlyWhenTheAddressRefusesTheMonitorToo() {
    MonitorBench.Osd accused = bench.osd(0);
    MonitorBench.Osd peer = bench.osd(1);

    peer.send(new OsdFailure(0, 100));
    assertThat(accused.isUp()).isTrue();

    bench.ports.put(6800, Prober.Answer.REFUSED);
    peer.send(new OsdFailure(0, 55));
    assertThat(accused.isUp()).as("another life was meant").isTrue();
    peer.send(new OsdFailure(0, 100));
    assertThat(accused.isUp()).isFalse();
  }

  @Test
  void shouldMarkNobodyDownRightAfterItWasStoppedItself() {
    MonitorBench.Osd osd = bench.osd(0);
    osd.beacon();

    bench.loop.stall(60_000 * MS);
    bench.loop.advance(1_000 * MS);
    assertThat(osd.isUp()).isTrue();
    assertThat(osd.beacon()).isTrue();

    bench.loop.advance(4_000 * MS);
    assertThat(osd.isUp()).isFalse();
  }

  @Test
  void shouldMarkOutAfterTenMinutesDownAndInAtTheNextBoot() {
    MonitorBench.Osd osd = bench.osd(0);
    osd.send(new OsdStopping(0));
    bench.loop.advance(599_000 * MS);
    assertThat(bench.state().osdMap().isIn(0)).isTrue();

    bench.loop.advance(2_000 * MS);
    assertThat(bench.state().osdMap().isIn(0)).isFalse();

    bench.new Osd(0, 7).boot();
    assertThat(bench.state().osdMap().isIn(0)).isTrue();
  }

  @Test
  void shouldMarkOutWhenTheMonitorsOptionSays() {
    String set =
        "{\"prefix\":\"config set\",\"who\":\"mon\",\"name\":\"mon_osd_down_out_interval\",";
    assertThat(bench.command(set + "\"value\":\"20\"}").status()).as("obeyed").isEmpty();
    MonitorBench.Osd osd = bench.osd(0);
    osd.send(new OsdStopping(0));
    bench.loop.advance(19_000 * MS);
    assertThat(bench.state().osdMap().isIn(0)).isTrue();
    bench.loop.advance(2_000 * MS);
    assertThat(bench.state().osdMap().isIn(0)).isFalse();

    bench.command(set + "\"value\":\"0\"}");
    bench.osd(1).send(new OsdStopping(1));
    bench.loop.advance(7_200_000 * MS);
    assertThat(bench.state().osdMap().isIn(1)).as("never").isTrue();
  }

  @Test
  void shouldKeepOsdsOutWhenNoinSaysSo() {
    MonitorBench.Osd osd = bench.osd(0);
    osd.send(new OsdStopping(0));
    bench.loop.advance(601_000 * MS);
    assertThat(bench.command("{\"prefix\":\"osd set\",\"key\":\"noin\"}").status())
        .isEqualTo("noin is set");
    bench.new Osd(0, 7).boot();
    bench.osd(1);
    assertThat(bench.state().osdMap().isUp(0)).isTrue();
    assertThat(bench.state().osdMap().isIn(0)).as("marked out, then back").isFalse();
    assertThat(bench.state().osdMap().isIn(1)).as("new").isFalse();
    bench.command("{\"prefix\":\"osd in\",\"ids\":[\"1\"]}");
    assertThat(bench.state().osdMap().isIn(1)).as("by hand").isTrue();

    bench.command("{\"prefix\":\"osd unset\",\"key\":\"noin\"}");
    assertThat(bench.state().osdMap().isIn(0)).isFalse();
    bench.new Osd(0, 8).boot();
    assertThat(bench.state().osdMap().isIn(0)).as("at the next boot").isTrue();
  }

  @Test
  void shouldCountAnOsdInAgainOnlyWhenThePrimarySaysItIsRecovered() {
    MonitorBench.Osd primary = bench.osd(0);
    MonitorBench.Osd stale = bench.osd(1);
    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":1,\"size\":2}");
    stale.send(new OsdStopping(1));
    bench.new Osd(1, 7).boot();
    PgEntry entry = bench.state().pgs().entries().iterator().next();
    assertThat(entry.current()).containsExactly(0);
    assertThat(entry.acting()).containsExactly(0);
    assertThat(bench.state().osdMap().pgTemp()).containsKey(entry.pg());

    stale.send(new PgRecovered(entry.pg(), entry.intervalSince(), List.of(1)));
    bench.loop.advance(100 * MS);
    assertThat(bench.state().pgs().entry(entry.pg()).current())
        .as("not its primary")
        .containsExactly(0);
    primary.send(new PgRecovered(entry.pg(), entry.intervalSince() - 1, List.of(1)));
    bench.loop.advance(100 * MS);
    assertThat(bench.state().pgs().entry(entry.pg()).current())
        .as("another interval")
        .containsExactly(0);
    primary.send(new PgRecovered(entry.pg(), entry.intervalSince(), List.of(1)));
    bench.loop.advance(100 * MS);

    assertThat(bench.state().pgs().entry(entry.pg()).current()).containsExactly(0, 1);
    assertThat(bench.state().osdMap().pgTemp()).isEmpty();
  }

  @Test
  void shouldMakeOneEpochOfManyReports() {
    MonitorBench.Osd primary = bench.osd(0);
    MonitorBench.Osd stale = bench.osd(1);
    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":16,\"size\":2}");
    stale.send(new OsdStopping(1));
    bench.new Osd(1, 7).boot();
    int epoch = bench.state().epoch();

    for (PgEntry entry : bench.state().pgs().entries()) {
      primary.send(new PgRecovered(entry.pg(), entry.intervalSince(), List.of(1)));
    }
    bench.loop.advance(100 * MS);

    assertThat(bench.state().epoch()).isEqualTo(epoch + 1);
    assertThat(bench.state().pgs().entries())
        .allMatch(entry -> entry.current().equals(List.of(0, 1)));
  }

  @Test
  void shouldGrantALeaseWithTheBootWhenABeaconCameBeforeIt() {
    MonitorBench.Osd osd = bench.new Osd(0, 5);
    assertThat(osd.beacon()).isFalse();

    osd.boot();

    assertThat(osd.connection.take(MessageType.SLUICE_OSD_LEASE, OsdLease::decode)).hasSize(1);
  }

  @Test
  void shouldGrantNoLeaseFromTheMomentAMarkDownIsProposed() {
    MonitorBench.Osd osd = bench.osd(0);
    bench.holdConsensus();

    osd.send(new OsdStopping(0));

    assertThat(osd.isUp()).isTrue();
    assertThat(osd.beacon()).isFalse();
  }
}
