package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MOSDBackoff;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolLayout;
import io.sluice.types.ManualLoop;
import io.sluice.types.PgId;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Ceph's monitors and OSDs send and ours do not: changes of maps, and groups that block. */
class MapChangesTest {
  private final FakeMessenger messenger = new FakeMessenger();
  private final ManualLoop loop = messenger.loop;
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 16);
  private final Payloads payloads = new Payloads(Linux.instance(), new CopyMeter());
  private Cluster cluster;
  private OsdMap map;
  private IoContext io;

  @BeforeEach
  void connect() {
    map = TestMaps.first();
    cluster = messenger.connected(FakeMessenger.CONFIG, payloads, pipes, map);
    io = cluster.open(TestMaps.POOL).getNow(null);
  }

  @AfterEach
  void close() {
    loop.settle();
    cluster.close();
    loop.settle();
    payloads.close();
  }

  private PgId groupOf(String object) {
    return map.locate(io.poolId(), object, "", "").pg();
  }

  /** An object whose group has that OSD as primary. */
  private String objectOn(int osd) {
    for (int i = 0; ; i++) {
      if (map.primary(groupOf("o" + i)) == osd) {
        return "o" + i;
      }
    }
  }

  private CompletableFuture<Long> put(String object) {
    return io.writeFull(object, new byte[] {1, 2, 3});
  }

  private void advanceMap(Consumer<OsdMapBuilder> change) {
    map = TestMaps.next(map, change);
    messenger.mon().deliver(TestMaps.message(map));
  }

  private List<MMonSubscribe.Item> subscriptions() {
    return messenger.mon().sent.stream()
        .filter(m -> m.head().type() == MessageType.MON_SUBSCRIBE)
        .map(m -> MMonSubscribe.decode(m.head().version(), m.head().front()).what().get("osdmap"))
        .toList();
  }

  @Test
  void shouldFollowChangesWithoutAskingForMore() {
    String object = objectOn(2);
    put(object);
    messenger.osd(2).ready();
    long tid = messenger.osd(2).tids().get(0);
    messenger.mon().deliver(TestChanges.message(map.epoch() + 1, TestChanges.down(2, map)));
    map = TestMaps.next(map, next -> next.markDown(2));
    assertThat(cluster.map().encode()).isEqualTo(map.encode());
    FakeConnection now = messenger.osd(map.primary(groupOf(object)));
    now.ready();
    assertThat(now.tids()).containsExactly(tid);
    assertThat(subscriptions()).hasSize(1);
  }

  @Test
  void shouldAskForAWholeMapWhenChangesMakeAnotherThanTheMonitorHas() {
    byte[] wrong = TestChanges.downWithOtherChecksum(2, map);
    messenger.mon().deliver(TestChanges.message(map.epoch() + 1, wrong));
    assertThat(cluster.map().epoch()).isEqualTo(map.epoch());
    assertThat(subscriptions()).last().isEqualTo(MMonSubscribe.Item.from(0));
    advanceMap(next -> next.markDown(1));
    assertThat(cluster.map().encode()).isEqualTo(map.encode());
  }

  @Test
  void shouldAskForAWholeMapWhenAnOsdsChangesMakeAnother() {
    put(objectOn(1));
    messenger.osd(1).ready();
    byte[] wrong = TestChanges.downWithOtherChecksum(2, map);
    messenger.osd(1).deliver(TestChanges.message(map.epoch() + 1, wrong));
    assertThat(subscriptions()).last().isEqualTo(MMonSubscribe.Item.from(0));
  }

  @Test
  void shouldAskTheMonitorForEpochsThatAnOsdLeavesOut() {
    put(objectOn(1));
    messenger.osd(1).ready();
    OsdMap hidden = TestMaps.next(map, next -> next.markDown(0));
    messenger.osd(1).deliver(TestChanges.message(map.epoch() + 2, TestChanges.down(2, hidden)));
    assertThat(cluster.map().epoch()).isEqualTo(map.epoch());
    assertThat(subscriptions()).last().isEqualTo(MMonSubscribe.Item.from(map.epoch() + 1L));
  }

  @Test
  void shouldAskTheMonitorForAWholeMapWhenItLeavesOutEpochs() {
    OsdMap hidden = TestMaps.next(map, next -> next.markDown(0));
    messenger.mon().deliver(TestChanges.message(map.epoch() + 2, TestChanges.down(2, hidden)));
    assertThat(subscriptions()).last().isEqualTo(MMonSubscribe.Item.from(0));
  }

  @Test
  void shouldApplyChangesToAWholeMapOfTheSameMessage() {
    OsdMap whole = TestMaps.next(TestMaps.next(map, next -> {}), next -> next.markDown(0));
    TreeMap<Integer, byte[]> maps = new TreeMap<>();
    maps.put(whole.epoch(), whole.encode());
    TreeMap<Integer, byte[]> changes = new TreeMap<>();
    changes.put(whole.epoch() + 1, TestChanges.down(2, whole));
    int newest = whole.epoch() + 1;
    messenger.mon().deliver(new MOSDMap(TestMaps.FSID, changes, maps, whole.epoch(), newest));
    assertThat(cluster.map().encode())
        .isEqualTo(TestMaps.next(whole, next -> next.markDown(2)).encode());
    assertThat(subscriptions()).hasSize(1);
  }

  @Test
  void shouldSendEverythingAgainWhenAMessageHasTooManyEpochsToLookAtEach() {
    put(objectOn(1));
    messenger.osd(1).ready();
    TreeMap<Integer, byte[]> maps = new TreeMap<>();
    for (int i = 0; i < 150; i++) {
      map = TestMaps.next(map, next -> {});
      maps.put(map.epoch(), map.encode());
    }
    messenger.mon().deliver(MOSDMap.ofMaps(TestMaps.FSID, maps, 1, map.epoch()));
    assertThat(cluster.map().epoch()).isEqualTo(map.epoch());
    assertThat(messenger.osd(1).ops()).hasSize(2);
  }

  @Test
  void shouldEndTheSessionWhenAMapIsNotOfTheEpochItIsSentAs() {
    TreeMap<Integer, byte[]> maps = new TreeMap<>();
    maps.put(map.epoch() + 5, map.encode());
    FakeConnection mon = messenger.mon();
    assertThatThrownBy(() -> mon.deliver(MOSDMap.ofMaps(TestMaps.FSID, maps, 1, map.epoch() + 5)))
        .hasMessageContaining("was sent as");
  }

  @Test
  void shouldSendAgainWhatAnOsdDroppedWhenItsGroupNoLongerBlocks() {
    String object = objectOn(1);
    CompletableFuture<Long> done = put(object);
    FakeConnection osd = messenger.osd(1);
    osd.ready();
    osd.deliver(backoff(groupOf(object), MOSDBackoff.BLOCK));
    FakeConnection.Sent answer = osd.sent.get(osd.sent.size() - 1);
    assertThat(MOSDBackoff.decode(answer.head().version(), answer.head().front()))
        .isEqualTo(backoff(groupOf(object), MOSDBackoff.ACK_BLOCK));
    assertThat(osd.ops()).hasSize(1);
    osd.deliver(backoff(new PgId(io.poolId(), groupOf(object).seed() ^ 1), MOSDBackoff.UNBLOCK));
    assertThat(osd.ops()).as("another group's end").hasSize(1);
    osd.deliver(backoff(groupOf(object), MOSDBackoff.UNBLOCK));
    assertThat(osd.ops()).hasSize(2);
    osd.answer(osd.tids().get(0), 0, map.epoch());
    assertThat(done).isCompleted();
  }

  private static MOSDBackoff backoff(PgId pg, int step) {
    Encoder to = new Encoder();
    int mark = to.begin(1, 1);
    pg.encode(to);
    to.u8(0xff).end(mark).le32(5).u8(step).le64(77).zeros(20);
    return MOSDBackoff.decode(1, to.toByteArray());
  }

  @Test
  void shouldHoldWritesBackWhileAnAdministratorHasPausedThem() {
    int before = map.flags();
    advanceMap(next -> next.flags(before | OsdMap.PAUSEWR));
    String object = objectOn(1);
    put(object);
    io.stat(object);
    FakeConnection osd = messenger.osd(1);
    osd.ready();
    assertThat(osd.ops()).hasSize(1).allMatch(op -> !op.writes());
    advanceMap(next -> next.flags(before));
    assertThat(osd.ops()).hasSize(2);
  }

  @Test
  void shouldLetAFullClusterAnswer() {
    put(objectOn(1));
    messenger.osd(1).ready();
    assertThat(messenger.osd(1).ops().get(0).has(OpFlags.FULL_TRY)).isTrue();
  }

  @Test
  void shouldSendAgainWhenGroupsAreAboutToBeJoined() {
    put(objectOn(1));
    messenger.osd(1).ready();
    PoolInfo pool = map.pool(io.poolId());
    advanceMap(next -> next.changePool(pool.withLayout(joining(pool.layout()), next.epoch())));
    assertThat(messenger.osd(1).ops()).hasSize(2);
  }

  private static PoolLayout joining(PoolLayout old) {
    return new PoolLayout(
        old.type(),
        old.size(),
        old.minSize(),
        old.crushRule(),
        old.objectHash(),
        old.pgNum(),
        old.pgpNum(),
        old.pgNumTarget(),
        old.pgpNumTarget(),
        old.pgNum() - 1,
        old.autoscaleMode(),
        old.stripeWidth(),
        old.erasureProfile(),
        old.expectedObjects(),
        old.fastRead());
  }
}
