package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgStats;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.EVersion;
import io.sluice.types.PgId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Quotas of pools: kept, told, and what follows when they are reached, in Ceph's words. */
@ExtendWith(NoLeaks.class)
class PoolQuotasTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int GROUPS = 4;

  private final MonitorBench bench = new MonitorBench();
  private final MonitorBench.Osd osd = bench.osd(0);

  private MMonCommandAck run(String prefix, String... arguments) {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < arguments.length; i += 2) {
      call.put(arguments[i], arguments[i + 1]);
    }
    return bench.command(call.toString());
  }

  private String said(String prefix, String... arguments) {
    return new String(run(prefix, arguments).output());
  }

  private MMonCommandAck quota(String field, String value) {
    return run("osd pool set-quota", "pool", "p", "field", field, "val", value);
  }

  private void makePool() {
    ObjectNode call = CommandCall.object().put("prefix", "osd pool create").put("pool", "p");
    assertThat(bench.command(call.put("pg_num", GROUPS).toString()).result()).isZero();
  }

  /** As many groups of the pool say that so much is in each. */
  private void told(int groups, long objects, long bytes) {
    List<PgStats> all = IntStream.range(0, groups).mapToObj(i -> stats(i, objects, bytes)).toList();
    osd.send(new OsdStats(0, 1 << 30, 1 << 29, all, 0, 0, 0));
    bench.beaconFor(2 * SECOND, osd);
  }

  private static PgStats stats(int seed, long objects, long bytes) {
    PgId pg = new PgId(1, seed);
    EVersion none = EVersion.ZERO;
    return new PgStats(
        pg, "active+clean", none, objects, bytes, 0, 0, 0, 0, 0, 0, 0, ScrubFacts.NONE);
  }

  private PoolInfo pool() {
    return bench.state().osdMap().findPool("p").orElseThrow();
  }

  @Test
  void shouldTellWhatIsSet() {
    makePool();
    assertThat(said("osd pool get-quota", "pool", "p"))
        .isEqualTo("quotas for pool 'p':\n  max objects: N/A\n  max bytes  : N/A\n");
    assertThat(quota("max_objects", "10K").status())
        .isEqualTo("set-quota max_objects = 10000 for pool p");
    assertThat(quota("max_bytes", "3M").status())
        .isEqualTo("set-quota max_bytes = 3145728 for pool p");
    told(GROUPS, 2, 30);
    assertThat(said("osd pool get-quota", "pool", "p"))
        .isEqualTo(
            "quotas for pool 'p':\n  max objects: 10k objects  (current num objects: 8 objects)\n"
                + "  max bytes  : 3 MiB  (current num bytes: 120 bytes)\n");
    assertThat(said("osd pool ls", "detail", "detail"))
        .contains(" flags hashpspool max_bytes 3145728 max_objects 10000 stripe_width 0");
    assertThat(said("df", "detail", "detail")).contains(" 10k ").contains(" 3 MiB ");
    assertThat(quota("max_bytes", "many").result()).isEqualTo(-22);
    assertThat(quota("max_objects", "-1").result()).isEqualTo(-22);
  }

  /** Some groups are new and have not said anything: whose primary may be gone. */
  @Test
  void shouldNotWaitForAnybodyOnceThereIsNoQuota() {
    makePool();
    quota("max_objects", "8");
    told(GROUPS, 2, 1);
    assertThat(pool().flags() & PoolInfo.FULL).isNotZero();
    String more = Integer.toString(2 * GROUPS);
    assertThat(run("osd pool set", "pool", "p", "var", "pg_num", "val", more).result()).isZero();
    assertThat(pool().pgNum()).isEqualTo(2 * GROUPS);
    quota("max_objects", "100");
    bench.beaconFor(2 * SECOND, osd);
    assertThat(pool().flags() & PoolInfo.FULL).as("who knows").isNotZero();
    quota("max_objects", "0");
    bench.beaconFor(2 * SECOND, osd);
    assertThat(pool().flags() & (PoolInfo.FULL | PoolInfo.FULL_QUOTA)).isZero();
  }

  @Test
  void shouldMarkAPoolThatHasReachedItsQuotaAndNoLonger() {
    makePool();
    quota("max_objects", "8");
    told(GROUPS - 1, 3, 1);
    assertThat(pool().flags() & PoolInfo.FULL).as("one group has not said anything").isZero();
    told(GROUPS, 1, 1);
    assertThat(pool().flags() & PoolInfo.FULL).as("half of it").isZero();
    told(GROUPS, 2, 1);
    assertThat(pool().flags()).isEqualTo(1 | PoolInfo.FULL | PoolInfo.FULL_QUOTA);
    assertThat(said("health", "detail", "detail"))
        .contains("[WRN] POOL_FULL: 1 pool(s) full\n    pool 'p' is full (running out of quota)\n");
    assertThat(said("osd pool ls", "detail", "detail")).contains(" hashpspool,full,full_quota ");
    quota("max_objects", "9");
    bench.beaconFor(2 * SECOND, osd);
    assertThat(pool().flags() & PoolInfo.FULL).isZero();
    quota("max_bytes", "4");
    bench.beaconFor(2 * SECOND, osd);
    assertThat(pool().flags() & PoolInfo.FULL_QUOTA).isNotZero();
    quota("max_objects", "0");
    quota("max_bytes", "0");
    bench.beaconFor(2 * SECOND, osd);
    assertThat(pool().flags()).isEqualTo(1);
    assertThat(said("health")).doesNotContain("full");
  }
}
