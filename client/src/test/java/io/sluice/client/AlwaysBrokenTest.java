package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.protocol.OsdMap;
import io.sluice.types.ManualLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operation whose bytes never arrive whole: an end, and not for the others. */
class AlwaysBrokenTest {
  private static final int ROUNDS_MAX = 100;

  private final FakeMessenger messenger = new FakeMessenger();
  private final ManualLoop loop = messenger.loop;
  private final Payloads payloads = new Payloads(Linux.instance(), new CopyMeter());
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 0);
  private Cluster cluster;
  private OsdMap map;
  private IoContext io;

  @BeforeEach
  void connect() throws RadosException {
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
    pipes.close();
  }

  private FakeConnection primary() {
    return messenger.osd(map.primary(map.locate(io.poolId(), "a", "", "").pg()));
  }

  /**
   * The OSD closes the connection when it comes to the broken operation, and answers those before.
   *
   * @return how often it was sent
   */
  private int breakAlways(CompletableFuture<?> broken, long tid) {
    int sent = 0;
    for (int round = 0; round < ROUNDS_MAX && !broken.isDone(); round++) {
      FakeConnection osd = primary();
      osd.ready();
      loop.settle();
      List<Long> tids = osd.tids();
      for (long each : tids) {
        if (each == tid) {
          sent++;
          osd.breakOff("receive: Connection reset by peer");
          break;
        }
        osd.answer(each, 0, map.epoch());
        loop.settle();
      }
      loop.advanceMillis(1_100);
    }
    return sent;
  }

  @Test
  void shouldSayThatTheConnectionBreaksWhenItDoesEachTime() {
    CompletableFuture<Long> write = io.writeFull("a", new byte[100]);
    int sent = breakAlways(write, 1);
    assertThatThrownBy(write::join)
        .hasMessageContaining("Input/output error")
        .hasMessageContaining("broke again and again: receive: Connection reset by peer");
    assertThat(sent).isBetween(8, 32);
  }

  @Test
  void shouldFailOnlyTheOperationThatBreaksTheConnection() {
    CompletableFuture<Long> before = io.writeFull("a", new byte[10]);
    CompletableFuture<Long> broken = io.writeFull("a", new byte[100]);
    CompletableFuture<Long> after = io.writeFull("a", new byte[20]);
    breakAlways(broken, 2);
    assertThat(before).as("sent before it").isCompleted();
    assertThat(broken).isCompletedExceptionally();
    assertThat(after).as("sent after it").isNotDone();
    FakeConnection osd = primary();
    if (osd.tids().isEmpty()) {
      osd.ready();
      loop.settle();
    }
    assertThat(osd.tids()).containsExactly(3L);
    osd.answer(3, 0, map.epoch());
    assertThat(after).isCompleted();
    CompletableFuture<Long> later = io.writeFull("a", new byte[30]);
    osd.answer(4, 0, map.epoch());
    assertThat(later).isCompleted();
  }

  @Test
  void shouldKeepTheOrderWhenManyGoOneAtATime() {
    CompletableFuture<?>[] all = new CompletableFuture<?>[3];
    for (int i = 0; i < all.length; i++) {
      all[i] = io.writeFull("a", new byte[10 + i]);
    }
    for (int round = 0; round < 10; round++) {
      primary().ready();
      primary().breakOff("receive: Connection reset by peer");
      loop.advanceMillis(1_100);
    }
    FakeConnection osd = primary();
    osd.ready();
    for (long tid = 1; tid <= all.length; tid++) {
      assertThat(osd.tids()).hasSize((int) tid).endsWith(tid);
      osd.answer(tid, 0, map.epoch());
      loop.settle();
    }
    assertThat(all).allMatch(CompletableFuture::isDone);
  }
}
