package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MMonGetVersion;
import io.sluice.protocol.MMonGetVersionReply;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.EntityName;
import io.sluice.types.LogLines;
import io.sluice.types.ManualLoop;
import io.sluice.types.PgId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where operations go, and go again, over a messenger that leads to the test. */
class ObjecterTest {
  private final FakeMessenger messenger = new FakeMessenger();
  private final ManualLoop loop = messenger.loop;
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 16);
  private final Payloads payloads = new Payloads(Linux.instance(), new CopyMeter());
  private Cluster cluster;
  private OsdMap map;
  private IoContext io;

  @BeforeEach
  void connect() throws RadosException {
    open(FakeMessenger.CONFIG);
  }

  private void open(ClusterConfig config) throws RadosException {
    map = TestMaps.first();
    cluster = messenger.connected(config, payloads, pipes, map);
    io = cluster.open(TestMaps.POOL).getNow(null);
  }

  @AfterEach
  void close() {
    loop.settle();
    cluster.close();
    loop.settle();
    payloads.close();
  }

  private int primaryOf(String object) {
    return map.primary(map.locate(io.poolId(), object, "", "").pg());
  }

  private FakeConnection primary(String object) {
    return messenger.osd(primaryOf(object));
  }

  private void advanceMap(Consumer<OsdMapBuilder> change) {
    map = TestMaps.next(map, change);
    messenger.mon().deliver(TestMaps.message(map));
  }

  private CompletableFuture<Long> put(String object) {
    return io.writeFull(object, new byte[] {1, 2, 3});
  }

  /** An object whose group has that OSD as primary. */
  private String objectOn(int osd) {
    for (int i = 0; ; i++) {
      if (primaryOf("o" + i) == osd) {
        return "o" + i;
      }
    }
  }

  @Test
  void shouldSendToPrimaryOfTheObjectsGroupWhenConnected() {
    CompletableFuture<Long> done = put("a");
    FakeConnection osd = primary("a");
    assertThat(osd.sent).as("before the handshake").isEmpty();
    osd.ready();
    MOSDOp op = osd.ops().get(0);
    assertThat(op.pg()).isEqualTo(map.locate(io.poolId(), "a", "", "").pg());
    assertThat(op.epoch()).isEqualTo(map.epoch());
    assertThat(op.retryAttempt()).isZero();
    assertThat(osd.sent.get(0).data()).containsExactly(1, 2, 3);
    osd.answer(op.tid(), 0, map.epoch());
    assertThat(done).isCompleted();
  }

  @Test
  void shouldResendInOrderWithSameIdsWhenConnectionBreaks() {
    String object = objectOn(1);
    CompletableFuture<Long> first = put(object);
    CompletableFuture<Long> second = put(object);
    FakeConnection before = messenger.osd(1);
    before.ready();
    assertThat(before.tids()).hasSize(2).isSorted();
    before.breakOff("reset");
    loop.advanceMillis(100);
    FakeConnection after = messenger.osd(1);
    assertThat(after).isNotSameAs(before);
    after.ready();
    assertThat(after.tids()).isEqualTo(before.tids());
    assertThat(after.ops()).allMatch(op -> op.retryAttempt() == 1);
    after.tids().forEach(tid -> after.answer(tid, 0, map.epoch()));
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
  }

  @Test
  void shouldSendToTheNewPrimaryWhenTheOldOneGoesDown() {
    String object = objectOn(2);
    CompletableFuture<Long> done = put(object);
    FakeConnection old = messenger.osd(2);
    old.ready();
    long tid = old.tids().get(0);
    advanceMap(next -> next.markDown(2));
    assertThat(old.closed).isNotNull();
    FakeConnection now = primary(object);
    assertThat(now.peer).isNotEqualTo(EntityName.osd(2));
    now.ready();
    assertThat(now.tids()).containsExactly(tid);
    now.answer(tid, 0, map.epoch());
    assertThat(done).isCompleted();
  }

  @Test
  void shouldSendAgainToTheSamePrimaryWhenOnlyAReplicaWentDown() {
    String object = objectOn(0);
    CompletableFuture<Long> done = put(object);
    FakeConnection osd = messenger.osd(0);
    osd.ready();
    advanceMap(
        next -> next.markDown(map.acting(map.locate(io.poolId(), object, "", "").pg()).get(1)));
    assertThat(osd.ops()).hasSize(2);
    assertThat(osd.tids().get(0)).isEqualTo(osd.tids().get(1));
    osd.deliver(MOSDOpReply.to(osd.ops().get(0), 0, map.epoch()));
    assertThat(done).as("an answer to the attempt of the old interval").isNotCompleted();
    osd.answer(osd.tids().get(1), 0, map.epoch());
    assertThat(done).isCompleted();
  }

  @Test
  void shouldResendWhenOsdRestartedAndBothEpochsCameInOneMessage() {
    String object = objectOn(1);
    put(object);
    messenger.osd(1).ready();
    OsdMap down = TestMaps.next(map, next -> next.markDown(1));
    OsdMap up = TestMaps.next(down, next -> next.markUp(1, TestMaps.addrs(1, 2)));
    map = up;
    messenger.mon().deliver(TestMaps.message(down, up));
    FakeConnection reborn = messenger.osd(1);
    assertThat(reborn.addrs.msgr2().nonce()).isEqualTo(2);
    reborn.ready();
    assertThat(reborn.ops()).hasSize(1);
  }

  @Test
  void shouldResendEverythingWhenEpochsWereMissed() {
    String object = objectOn(1);
    put(object);
    FakeConnection osd = messenger.osd(1);
    osd.ready();
    OsdMap hidden = TestMaps.next(map, next -> {});
    map = TestMaps.next(hidden, next -> {});
    messenger.mon().deliver(TestMaps.message(map));
    assertThat(osd.ops()).hasSize(2);
  }

  @Test
  void shouldNotResendWhenMapChangesSomethingElse() {
    String object = objectOn(1);
    put(object);
    FakeConnection osd = messenger.osd(1);
    osd.ready();
    advanceMap(next -> next.createPool("other", 1, 1, 1, 0));
    assertThat(osd.ops()).hasSize(1);
  }

  @Test
  void shouldWaitWhenNobodyServesTheGroup() {
    advanceMap(next -> next.markDown(0).markDown(1).markDown(2));
    CompletableFuture<Long> done = put("a");
    loop.advanceMillis(60_000);
    assertThat(messenger.connections).allMatch(c -> c.peer.type() == EntityName.MON);
    advanceMap(next -> next.markUp(1, TestMaps.addrs(1, 7)));
    messenger.osd(1).ready();
    messenger.osd(1).answer(messenger.osd(1).tids().get(0), 0, map.epoch());
    assertThat(done).isCompleted();
  }

  @Test
  void shouldSayOnceThatOperationsWaitForRoom() {
    PoolInfo pool = map.pool(io.poolId());
    long full = pool.flags() | PoolInfo.FULL | PoolInfo.FULL_QUOTA;
    advanceMap(next -> next.changePool(pool.withFlags(full, map.epoch() + 1)));
    try (LogLines log = new LogLines()) {
      List<CompletableFuture<Long>> both = List.of(put("a"), put("a"));
      FakeConnection osd = primary("a");
      osd.ready();
      List<Long> tids = osd.tids().stream().distinct().toList();
      for (int i = 0; i < 2 * Waiting.WORTH_SAYING; i++) {
        tids.forEach(tid -> osd.answer(tid, Errno.EAGAIN.result(), map.epoch()));
        loop.advanceMillis(100);
      }
      assertThat(log.with("it waits")).hasSize(1).first().asString().contains("reached its quota");
      tids.forEach(tid -> osd.answer(tid, 0, map.epoch()));
      assertThat(both).allMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void shouldFailWithTimeoutWhenNobodyServesTheGroupInTime() throws RadosException {
    cluster.close();
    open(FakeMessenger.CONFIG.withOpTimeout(Duration.ofSeconds(3)));
    advanceMap(next -> next.markDown(0).markDown(1).markDown(2));
    CompletableFuture<Long> done = put("a");
    loop.advanceMillis(2_900);
    assertThat(done).isNotCompleted();
    loop.advanceMillis(200);
    assertThatThrownBy(() -> Cluster.await(done))
        .isInstanceOf(RadosException.class)
        .hasMessageContaining("no OSD serves");
  }

  @Test
  void shouldSayNoSuchPoolOnlyWhenTheNewestMapHasNone() {
    CompletableFuture<IoContext> opened = cluster.open("late");
    long handle = lastVersionHandle();
    OsdMap newer = TestMaps.next(map, next -> next.createPool("late", 1, 1, 1, 0));
    messenger.mon().deliver(new MMonGetVersionReply(handle, newer.epoch(), 1));
    assertThat(opened).as("told of a newer epoch, which is not there yet").isNotCompleted();
    messenger.mon().deliver(TestMaps.message(newer));
    assertThat(opened).isCompleted();
    CompletableFuture<IoContext> never = cluster.open("never");
    messenger.mon().deliver(new MMonGetVersionReply(lastVersionHandle(), newer.epoch(), 1));
    assertThatThrownBy(() -> Cluster.await(never))
        .hasMessage("error opening pool never: (2) No such file or directory");
  }

  @Test
  void shouldFailWithNoSuchFileWhenThePoolIsRemovedUnderAnOperation() {
    CompletableFuture<Long> done = put("a");
    primary("a").ready();
    advanceMap(next -> next.removePool(io.poolId()));
    assertThat(done).isNotCompleted();
    messenger.mon().deliver(new MMonGetVersionReply(lastVersionHandle(), map.epoch(), 1));
    assertThatThrownBy(() -> Cluster.await(done))
        .satisfies(e -> assertThat(((RadosException) e).is(Errno.ENOENT)).isTrue());
  }

  private long lastVersionHandle() {
    List<FakeConnection.Sent> asked =
        messenger.mon().sent.stream()
            .filter(m -> m.head().type() == MessageType.MON_GET_VERSION)
            .toList();
    FakeConnection.Sent last = asked.get(asked.size() - 1);
    return MMonGetVersion.decode(last.head().version(), last.head().front()).handle();
  }

  @Test
  void shouldSendChecksumVectorWhenThePeerTakesIt() {
    byte[] bytes = new byte[200_000];
    new java.util.Random(1).nextBytes(bytes);
    io.writeFull("big", payloads.copyOf(ByteBuffer.wrap(bytes)));
    FakeConnection osd = primary("big");
    osd.vectors = true;
    osd.ready();
    FakeConnection.Sent sent = osd.sent.get(0);
    assertThat(sent.data()).isEqualTo(bytes);
    ChecksumVector vector = ChecksumVector.decode(new Decoder(sent.head().middle()));
    assertThat(vector).isEqualTo(ChecksumVector.of(bytes, 0, bytes.length));
    assertThat(sent.crc()).isEqualTo(vector.combined(-1));
    osd.answer(osd.tids().get(0), 0, map.epoch());
  }

  @Test
  void shouldReportErrnoWhenTheOsdRefuses() {
    CompletableFuture<ObjectStat> stat = io.stat("missing");
    primary("missing").ready();
    primary("missing").answer(primary("missing").tids().get(0), Errno.ENOENT.result(), map.epoch());
    assertThatThrownBy(() -> Cluster.await(stat))
        .hasMessageContaining("p/missing: (2) No such file or directory");
  }

  @Test
  void shouldSubscribeFromTheNextEpochWhenTheMonitorComesBack() {
    FakeConnection before = messenger.mon();
    before.breakOff("reset");
    loop.advanceMillis(1_000);
    FakeConnection after = messenger.mon();
    assertThat(after).isNotSameAs(before);
    after.ready();
    FakeConnection.Sent subscribe =
        after.sent.stream()
            .filter(m -> m.head().type() == MessageType.MON_SUBSCRIBE)
            .findFirst()
            .orElseThrow();
    MMonSubscribe wish = MMonSubscribe.decode(subscribe.head().version(), subscribe.head().front());
    assertThat(wish.what().get("osdmap").start()).isEqualTo(map.epoch() + 1L);
    assertThat(wish.what().get("osdmap").isOnce()).isFalse();
  }

  @Test
  void shouldAskCommandsAgainWhenTheMonitorComesBack() {
    CompletableFuture<?> answer = cluster.command("{\"prefix\":\"status\"}", new byte[0]);
    messenger.mon().breakOff("reset");
    loop.advanceMillis(1_000);
    messenger.mon().ready();
    assertThat(messenger.mon().sent).anyMatch(m -> m.head().type() == MessageType.MON_COMMAND);
    assertThat(answer).isNotCompleted();
  }

  @Test
  void shouldGiveUpASilentMonitor() {
    FakeConnection silent = messenger.mon();
    loop.advanceMillis(25_000);
    assertThat(silent.closed).contains("silent");
    assertThat(messenger.mon()).isNotSameAs(silent);
  }

  @Test
  void shouldRefuseBeforeSendingWhenLimitsAreExceeded() {
    assertFails(put("n".repeat(2049)), Errno.ENAMETOOLONG);
    assertFails(
        io.write("a", IoContext.OBJECT_BYTES_MAX, payloads.copyOf(ByteBuffer.allocate(1))),
        Errno.EFBIG);
    assertFails(io.setXattr("a", "x".repeat(257), new byte[1]), Errno.ENAMETOOLONG);
    assertThat(messenger.connections).hasSize(1);
  }

  private static void assertFails(CompletableFuture<?> future, Errno errno) {
    assertThatThrownBy(() -> Cluster.await(future))
        .satisfies(e -> assertThat(((RadosException) e).is(errno)).isTrue());
  }

  @Test
  void shouldFailWhatIsPendingWhenClosed() {
    CompletableFuture<Long> done = put("a");
    loop.settle();
    cluster.closeSessions();
    loop.settle();
    assertFails(done, Errno.ECANCELED);
    assertThat(messenger.connections).allMatch(c -> c.closed != null);
  }

  @Test
  void shouldTargetTheGroupItselfWhenListing() {
    PoolInfo pool = map.pool(io.poolId());
    for (int group = 0; group < pool.pgNum(); group++) {
      Target target = Target.of(map, pool.id(), group, true);
      assertThat(target.pg()).isEqualTo(new PgId(pool.id(), group));
      assertThat(target.primary()).isEqualTo(map.primary(target.pg()));
    }
    assertThat(Target.of(map, pool.id(), pool.pgNum(), true)).isNull();
    assertThat(map.osd(0).weight()).isEqualTo(OsdEntry.IN);
  }
}
