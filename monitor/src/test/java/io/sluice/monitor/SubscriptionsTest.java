package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.MConfig;
import io.sluice.protocol.MMonGetMap;
import io.sluice.protocol.MMonGetVersion;
import io.sluice.protocol.MMonGetVersionReply;
import io.sluice.protocol.MMonMap;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.MPing;
import io.sluice.protocol.MPoolOpReply;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.MgrMap;
import io.sluice.protocol.MonMap;
import io.sluice.protocol.OsdMap;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What subscribers are told, and when. */
@ExtendWith(NoLeaks.class)
class SubscriptionsTest {
  private final MonitorBench bench = new MonitorBench();
  private final FakeConnection client = bench.client();

  private List<MOSDMap> osdMaps() {
    return client.take(MessageType.OSD_MAP, MOSDMap::decode);
  }

  private void subscribe(String what, MMonSubscribe.Item item) {
    bench.send(client, new MMonSubscribe(Map.of(what, item), ""));
  }

  private void makeEpochs(int count) {
    for (int i = 0; i < count; i++) {
      bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p" + i + "\",\"pg_num\":1}");
    }
  }

  @Test
  void shouldSendTheMonitorMapWhenAsked() {
    bench.send(client, new MMonGetMap());

    MonMap map = MonMap.decode(client.take(MessageType.MON_MAP, MMonMap::decode).get(0).monMap());
    assertThat(map.fsid()).isEqualTo(MonitorBench.FSID);
    assertThat(map.mons()).extracting(MonMap.Mon::name).containsExactly("a");
  }

  @Test
  void shouldSendOnlyTheNewestMapWhenTheStartIsZeroAndThenEveryOne() {
    makeEpochs(3);
    subscribe("osdmap", MMonSubscribe.Item.from(0));
    List<MOSDMap> first = osdMaps();
    assertThat(first).hasSize(1);
    assertThat(first.get(0).maps().keySet()).containsExactly(4);
    assertThat(first.get(0).incrementals()).isEmpty();
    assertThat(first.get(0).oldest()).isEqualTo(1);

    bench.osd(0);

    List<MOSDMap> next = osdMaps();
    assertThat(next).hasSize(1);
    assertThat(OsdMap.decode(next.get(0).maps().get(5)).isUp(0)).isTrue();
  }

  @Test
  void shouldSendOnceWhenAskedOnceAndWaitForANewerMap() {
    subscribe("osdmap", MMonSubscribe.Item.once(2));
    assertThat(osdMaps()).isEmpty();

    makeEpochs(2);

    assertThat(osdMaps()).hasSize(1);
  }

  @Test
  void shouldSendEveryEpochInMessagesOfFortyWhenAskedFromTheStart() {
    makeEpochs(99);
    subscribe("osdmap", MMonSubscribe.Item.from(1));

    List<MOSDMap> maps = osdMaps();
    assertThat(maps).extracting(m -> m.maps().size()).containsExactly(40, 40, 20);
    assertThat(maps.get(2).maps().lastKey()).isEqualTo(100);
  }

  @Test
  void shouldHoldBackWhenThePeerDoesNotReadAndGoOnLater() {
    makeEpochs(5);
    client.queuedBytes = Subscriptions.QUEUED_BYTES_MAX;
    subscribe("osdmap", MMonSubscribe.Item.from(1));
    assertThat(osdMaps()).isEmpty();

    client.queuedBytes = 0;
    bench.loop.advance(200 * MonitorBench.MS);
    assertThat(osdMaps()).hasSize(1);
  }

  @Test
  void shouldCloseAPeerThatDoesNotReadAtAll() {
    client.queuedBytes = 65L << 20;
    bench.loop.advance(200 * MonitorBench.MS);

    assertThat(client.closedBecause).contains("does not read");
  }

  @Test
  void shouldSendAConfigurationAtOnceAndAgainWhenItChanges() {
    subscribe("config", MMonSubscribe.Item.from(0));
    assertThat(client.take(MessageType.CONFIG, MConfig::decode).get(0).options()).isEmpty();

    bench.command(
        "{\"prefix\":\"config set\",\"who\":\"global\",\"name\":\"debug_ms\",\"value\":\"1\"}");
    bench.command(
        "{\"prefix\":\"config set\",\"who\":\"client\",\"name\":\"debug_ms\",\"value\":\"2\"}");
    bench.command(
        "{\"prefix\":\"config set\",\"who\":\"osd\",\"name\":\"debug_ms\",\"value\":\"3\"}");

    List<MConfig> configs = client.take(MessageType.CONFIG, MConfig::decode);
    assertThat(configs)
        .extracting(MConfig::options)
        .containsExactly(Map.of("debug_ms", "1/1"), Map.of("debug_ms", "2/2"));
  }

  @Test
  void shouldSendAManagerMapOnce() {
    subscribe("mgrmap", MMonSubscribe.Item.from(0));
    subscribe("mgrmap", MMonSubscribe.Item.from(2));

    client.takeOne(MessageType.MGR_MAP);
  }

  /** A client that comes from another monitor has that one's map, of an epoch as good as ours. */
  @Test
  void shouldSendTheManagerMapWhateverTheClientHasAndAgainWhenItChanges() {
    subscribe("mgrmap", MMonSubscribe.Item.from(1000));
    client.takeOne(MessageType.MGR_MAP);

    AddrVec addr = AddrVec.of(EntityAddr.msgr2("127.0.0.1", 7000, 5));
    bench.monitor.manager(new MgrMap(2, addr, 1, "a", UTime.ZERO));
    bench.loop.advance(200 * MonitorBench.MS);

    byte[] sent = client.takeOne(MessageType.MGR_MAP).front();
    Decoder from = new Decoder(sent);
    from.begin(12, "MgrMap");
    assertThat(from.le32()).isEqualTo(2);
    assertThat(AddrVec.decode(from)).isEqualTo(addr);
  }

  @Test
  void shouldAnswerVersions() {
    makeEpochs(2);
    bench.send(client, new MMonGetVersion(77, "osdmap"));

    assertThat(client.take(MessageType.MON_GET_VERSION_REPLY, MMonGetVersionReply::decode))
        .containsExactly(new MMonGetVersionReply(77, 3, 1));
  }

  @Test
  void shouldIgnoreWhatItDoesNotKnow() {
    bench.send(client, new MPoolOpReply(1, 1, MonitorBench.FSID, 0, 1, new byte[0]));
    subscribe("mdsmap", MMonSubscribe.Item.from(0));

    assertThat(client.closedBecause).isNull();
  }

  @Test
  void shouldSayThatThereAreNoFileSystemsWhenSomebodyLooksForOne() {
    bench.send(client, new MMonGetVersion(1, "fsmap"));
    assertThat(client.take(MessageType.MON_GET_VERSION_REPLY, MMonGetVersionReply::decode))
        .containsExactly(new MMonGetVersionReply(1, 1, 1));
    subscribe("fsmap", MMonSubscribe.Item.once(1));
    client.takeOne(MessageType.FS_MAP);
    subscribe("fsmap.user", MMonSubscribe.Item.from(0));
    client.takeOne(MessageType.FS_MAP_USER);
    subscribe("fsmap", MMonSubscribe.Item.from(2));
    assertThat(client.take(MessageType.FS_MAP, (v, front) -> front)).isEmpty();
  }

  @Test
  void shouldSayHowItIsWhenPinged() {
    bench.send(client, new MPing(""));

    String said = MPing.decode(1, client.takeOne(MessageType.PING).front()).text();
    assertThat(said).contains("\"health\"", "\"mon_status\"", "\"leader\"");
  }

  @Test
  void shouldSendEveryEpochInOrderWhenAnOsdAsks() {
    makeEpochs(4);
    MonitorBench.Osd osd = bench.osd(0);
    osd.send(new ClusterMapSubscribe(3));
    makeEpochs(6);

    List<ClusterMap> maps = osd.clusterMaps();
    assertThat(maps).extracting(ClusterMap::epoch).containsExactly(3, 4, 5, 6, 7, 8);
    assertThat(maps.get(5).pgs()).hasSize(6);
    assertThat(OsdMap.decode(maps.get(5).osdMap()).epoch()).isEqualTo(8);
  }

  @Test
  void shouldSendTheNewestAndWhatFollowsWhenAnOsdHasNoMap() {
    makeEpochs(4);
    MonitorBench.Osd osd = bench.new Osd(0, 1);
    osd.send(new ClusterMapSubscribe(0));
    osd.boot();

    assertThat(osd.clusterMaps()).extracting(ClusterMap::epoch).containsExactly(5, 6);
  }

  @Test
  void shouldStartFromTheOldestKeptWhenAnOsdMissedMore() {
    makeEpochs(MapHistory.EPOCHS_MAX + 10);
    MonitorBench.Osd osd = bench.new Osd(0, 1);
    osd.send(new ClusterMapSubscribe(1));

    List<ClusterMap> maps = osd.clusterMaps();
    assertThat(maps).hasSize(MapHistory.EPOCHS_MAX);
    assertThat(maps.get(0).epoch()).isEqualTo(12);
  }
}
