package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.MPoolOp;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgEntry;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The replicated state under random logs: what must hold of every state, and of the bytes. */
class StateProperties {
  private static final UTime NOW = new UTime(1_790_000_000, 0);

  private static Change create() {
    TreeMap<String, AddrVec> mons = new TreeMap<>();
    mons.put("a", AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6789, 0)));
    return new Change.CreateCluster(new UUID(7, 8), NOW, mons, 3, 0);
  }

  @Provide
  Arbitrary<List<Change>> logs() {
    Arbitrary<Integer> osd = Arbitraries.integers().between(0, 4);
    Arbitrary<Integer> nonce = Arbitraries.integers().between(1, 2);
    Arbitrary<String> pool = Arbitraries.of("p", "q");
    Arbitrary<Change> boot =
        Combinators.combine(osd, nonce)
            .as((o, n) -> new Change.BootOsd(o, addrs(o, n), "host" + o % 3, 1L << 40, NOW));
    Arbitrary<Change> down =
        Combinators.combine(osd, nonce).as((o, n) -> new Change.MarkDown(o, n, NOW));
    Arbitrary<Change> weigh =
        Combinators.combine(osd, Arbitraries.of(0, 0x10000), Arbitraries.of(true, false))
            .as((o, w, d) -> new Change.Reweight(o, w, d, NOW));
    Arbitrary<Change> recovered =
        Combinators.combine(
                Arbitraries.longs().between(1, 2), Arbitraries.integers().between(0, 3), osd)
            .as((p, seed, o) -> recovered(new PgId(p, seed), -1, List.of(o)));
    Arbitrary<Change> createPool = pool.map(p -> new Change.CreatePool(p, 4, 0, 0, NOW));
    Arbitrary<Change> resize =
        Combinators.combine(
                pool, Arbitraries.integers().between(0, 4), Arbitraries.integers().between(0, 3))
            .as((p, s, m) -> new Change.ResizePool(p, s, m, NOW));
    Arbitrary<Change> other =
        Arbitraries.of(
            new Change.GlobalIdBatch(10),
            new Change.RemovePool(1, NOW),
            new Change.TagPool("p", "rbd", NOW),
            new Change.ChangeSnap(1, MPoolOp.CREATE_SNAP, 0, "s", NOW),
            new Change.ChangeSnap(1, MPoolOp.DELETE_SNAP, 0, "s", NOW),
            new Change.ChangeSnap(2, MPoolOp.CREATE_UNMANAGED_SNAP, 0, "", NOW),
            new Change.ChangeSnap(2, MPoolOp.DELETE_UNMANAGED_SNAP, 2, "", NOW),
            new Change.Log(List.of(SampleMessages.line(1, "once"), SampleMessages.line(0, "more"))),
            new Change.Quorum(Set.of(1)),
            new Change.SetConfig("client", "x", "1"));
    return Arbitraries.oneOf(
            List.of(boot, boot, down, weigh, recovered, recovered, createPool, resize, other))
        .list()
        .ofMaxSize(60);
  }

  private static AddrVec addrs(int osd, int nonce) {
    return AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6800 + osd, nonce));
  }

  /** A report can only be meant for the interval it is made in: -1 stands for "the present one". */
  private static Change current(Change change, MonState state) {
    if (change instanceof Change.PgsRecovered all && all.reports().get(0).intervalSince() == -1) {
      Change.PgsRecovered.Report report = all.reports().get(0);
      PgEntry entry = state.pgs().entry(report.pg());
      return recovered(report.pg(), entry == null ? 0 : entry.intervalSince(), report.osds());
    }
    return change;
  }

  private static Change recovered(PgId pg, int intervalSince, List<Integer> osds) {
    return new Change.PgsRecovered(
        List.of(new Change.PgsRecovered.Report(pg, intervalSince, osds)), NOW);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void everyStateKeepsTheRules(@ForAll("logs") List<Change> log) {
    MonState state = create().applyTo(MonState.EMPTY).state();
    Set<Long> ids = new HashSet<>();
    for (Change each : log) {
      Change change = current(each, state);
      Change.Applied applied = change.applyTo(state);
      if (change instanceof Change.GlobalIdBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
          assertThat(ids.add(applied.outcome().value() + i)).as("a new global id").isTrue();
        }
      }
      int steps = applied.state().epoch() - state.epoch();
      assertThat(steps).isBetween(0, change instanceof Change.BootOsd ? 2 : 1);
      assertThat(applied.state().history().last()).isEqualTo(applied.state().epoch());
      if (steps == 1) {
        checkGroups(state, applied.state(), change);
      }
      state = applied.state();
    }
  }

  private static void checkGroups(MonState before, MonState after, Change change) {
    OsdMap map = after.osdMap();
    assertThat(map.pgTemp()).isEqualTo(after.pgs().pgTemp());
    for (PgEntry entry : after.pgs().entries()) {
      PgEntry old = before.pgs().entry(entry.pg());
      assertThat(entry.acting()).allMatch(map::isUp).doesNotHaveDuplicates();
      assertThat(map.acting(entry.pg())).isEqualTo(entry.acting());
      assertThat(entry.primary())
          .isEqualTo(entry.acting().isEmpty() ? -1 : map.primary(entry.pg()));
      if (old != null && !old.current().isEmpty()) {
        Set<Integer> may = new TreeSet<>(old.current());
        if (change instanceof Change.PgsRecovered all
            && all.reports().get(0).pg().equals(entry.pg())) {
          may.addAll(all.reports().get(0).osds());
        }
        assertThat(entry.current()).isNotEmpty();
        assertThat(may).as("current grows by recovery alone").containsAll(entry.current());
      }
    }
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void theSameLogMakesTheSameBytes(@ForAll("logs") List<Change> log) {
    List<byte[]> commands = new ArrayList<>();
    commands.add(ChangeCodec.encode(create()));
    MonState state = create().applyTo(MonState.EMPTY).state();
    for (Change each : log) {
      Change change = current(each, state);
      assertThat(ChangeCodec.decode(ChangeCodec.encode(change))).isEqualTo(change);
      commands.add(ChangeCodec.encode(change));
      state = change.applyTo(state).state();
    }
    MonMachine through = MonMachine.watchedBy(s -> {});
    MonMachine restarted = MonMachine.watchedBy(s -> {});
    for (int i = 0; i < commands.size(); i++) {
      byte[] answer = through.apply(commands.get(i));
      assertThat(restarted.apply(commands.get(i))).isEqualTo(answer);
      if (i % 7 == 3) {
        byte[] snapshot = restarted.snapshot();
        restarted = MonMachine.watchedBy(s -> {});
        restarted.restore(snapshot);
      }
    }
    assertThat(through.snapshot()).isEqualTo(state.encode());
    assertThat(restarted.snapshot()).isEqualTo(through.snapshot());
  }
}
