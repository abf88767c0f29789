package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.messenger.Dispatcher;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgScrub;
import io.sluice.protocol.PgStats;
import io.sluice.protocol.ReportsSubscribe;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.AddrVec;
import io.sluice.types.EVersion;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.LogLines;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A monitor that follows hears from the one that leads what OSDs report. */
class ReportFeedTest {
  private final MonitorBench bench = new MonitorBench(); // mon.a, which leads
  private final OsdReports heard = new OsdReports();
  private final List<FakeConnection> connections = new ArrayList<>();
  private final List<AddrVec> tried = new ArrayList<>();
  private Dispatcher events;

  private final ReportFeed feed = feed();

  private ReportFeed feed() {
    TreeMap<String, AddrVec> mons = new TreeMap<>();
    for (String name : List.of("a", "b", "c")) {
      int port = 7000 + name.charAt(0);
      mons.put(name, AddrVec.of(EntityAddr.msgr2("127.0.0.1", port, 0)));
    }
    Monitor.Identity self = new Monitor.Identity("b", MonitorBench.FSID, mons, 3, 0);
    ReportFeed made = new ReportFeed(self, bench.loop, heard);
    made.use(
        (addr, dispatcher) -> {
          tried.add(addr);
          events = dispatcher;
          connections.add(new FakeConnection(EntityName.mon(1), AddrVec.EMPTY, bench.loop));
          return connections.get(connections.size() - 1);
        });
    return made;
  }

  private FakeConnection last() {
    return connections.get(connections.size() - 1);
  }

  private static OsdStats stats(long free) {
    PgStats group =
        new PgStats(
            new PgId(1, 0), "active", EVersion.ZERO, 5, 6, 0, 0, 0, 0, 0, 0, 0, ScrubFacts.NONE);
    return new OsdStats(0, 100, free, List.of(group), 0, 0, 0);
  }

  private void leaderAnswers(FakeConnection atFollower) {
    events.onMessage(atFollower, FakeConnection.incoming(new ReportsSubscribe("c")));
  }

  @Test
  void shouldTryEveryMonitorUntilOneLeads() {
    feed.follow(true);
    for (int i = 0; i < 3; i++) {
      events.onClosed(last(), "mon.x is not the leader");
      bench.loop.advance(ReportFeed.RETRY_NANOS);
    }
    assertThat(tried).hasSize(4);
    assertThat(tried.get(0)).isNotEqualTo(tried.get(1)).isEqualTo(tried.get(2));
  }

  /** However long it looks for it: see docs/observability.md. */
  @Test
  void shouldLogOnceThatTheLeaderIsLostAndOnceThatItIsFound() {
    try (LogLines log = new LogLines()) {
      feed.follow(true);
      leaderAnswers(last());
      assertThat(log.with("leads")).hasSize(1);
      for (int i = 0; i < 30; i++) {
        events.onClosed(last(), "connection refused");
        bench.loop.advance(ReportFeed.RETRY_NANOS);
      }
      assertThat(log.with("connection refused"))
          .singleElement()
          .asString()
          .startsWith("INFO mon.")
          .contains("no longer");
      leaderAnswers(last());
      assertThat(log.with("leads")).hasSize(2);
    }
  }

  @Test
  void shouldKnowWhatTheLeaderPassesOnAndReachOsdsThroughIt() {
    feed.follow(true);
    events.onReady(last());
    assertThat(last().take(MessageType.SLUICE_REPORTS_SUBSCRIBE, ReportsSubscribe::decode))
        .containsExactly(new ReportsSubscribe("b"));
    assertThat(feed.leader()).isEmpty();
    assertThat(heard.reachesOsds(false)).isFalse();
    leaderAnswers(last());
    events.onMessage(last(), FakeConnection.incoming(stats(75)));
    assertThat(feed.leader()).isNotEmpty();
    assertThat(heard.store(0).freeBytes()).isEqualTo(75);
    assertThat(heard.group(new PgId(1, 0)).objects()).isEqualTo(5);
    PgScrub scrub = new PgScrub(new PgId(1, 0), true, false);
    assertThat(heard.tell(0, scrub)).isTrue();
    assertThat(last().take(MessageType.SLUICE_PG_SCRUB, PgScrub::decode)).containsExactly(scrub);

    events.onClosed(last(), "the leader died");
    assertThat(heard.reachesOsds(false)).isFalse();
    assertThat(heard.store(0)).as("the last that was heard").isNotNull();
    feed.follow(false);
    bench.loop.advance(10 * ReportFeed.RETRY_NANOS);
    assertThat(connections).as("who leads asks nobody").hasSize(1);
  }

  @Test
  void shouldPassOnWhatItKnowsAndWhatComesWhenItLeads() {
    MonitorBench.Osd osd = bench.osd(0);
    osd.send(stats(75));
    FakeConnection follower = new FakeConnection(EntityName.mon(1), AddrVec.EMPTY, bench.loop);
    bench.monitor.onReady(follower);
    bench.send(follower, new ReportsSubscribe("b"));
    assertThat(follower.take(MessageType.SLUICE_REPORTS_SUBSCRIBE, ReportsSubscribe::decode))
        .containsExactly(new ReportsSubscribe("a"));
    osd.send(stats(74));
    assertThat(follower.take(MessageType.SLUICE_OSD_STATS, OsdStats::decode))
        .extracting(OsdStats::freeBytes)
        .containsExactly(75L, 74L);

    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":1}");
    PgScrub scrub = new PgScrub(new PgId(1, 0), true, false);
    bench.send(follower, scrub);
    assertThat(osd.connection.take(MessageType.SLUICE_PG_SCRUB, PgScrub::decode))
        .containsExactly(scrub);
    FakeConnection client = bench.client();
    bench.send(client, scrub);
    assertThat(osd.connection.take(MessageType.SLUICE_PG_SCRUB, PgScrub::decode)).isEmpty();

    bench.monitor.onLeadership(false);
    bench.loop.settle();
    assertThat(follower.closedBecause).contains("another monitor leads");
    bench.send(follower, new ReportsSubscribe("b"));
    assertThat(bench.monitor.leader()).isEmpty();
  }

  @Test
  void shouldSendFollowersAwayWhenItDoesNotLead() {
    bench.monitor.onLeadership(false);
    bench.loop.settle();
    FakeConnection follower = new FakeConnection(EntityName.mon(1), AddrVec.EMPTY, bench.loop);
    bench.monitor.onReady(follower);
    bench.send(follower, new ReportsSubscribe("b"));
    assertThat(follower.closedBecause).contains("not the leader");
  }
}
