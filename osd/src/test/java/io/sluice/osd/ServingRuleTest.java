package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.Transaction;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who may answer, and who must not: the scenarios of DESIGN.md section 5, each in simulated time.
 */
class ServingRuleTest {
  private static final long SECOND = SimulatedCluster.SECOND;

  private SimulatedCluster cluster;
  private SimClient client;
  private final List<MOSDOpReply> replies = new ArrayList<>();

  @BeforeEach
  void forget() {
    replies.clear();
  }

  private void start(int osds, int size, int minSize) {
    cluster = SimulationTest.running(7, osds, size, minSize);
    client = cluster.newClient();
    cluster.run(SECOND / 10);
  }

  private ObjectId object() {
    return client.object(1, "x");
  }

  private PgEntry group() {
    return cluster.entry(cluster.monitor().map().locate(1, "x", "", "").pg());
  }

  private void append(SimClient from, String text) {
    OsdOp step =
        OsdOp.of(OpCode.APPEND, new OpArgs.Extent(0, text.length(), 0, 0), text.getBytes());
    from.submit(object(), List.of(step), (reply, data) -> replies.add(reply));
  }

  private List<String> read(SimClient from) {
    List<String> content = new ArrayList<>();
    OsdOp step = OsdOp.extent(OpCode.READ, 0, 1000);
    from.submit(object(), List.of(step), (reply, data) -> content.add(new String(data)));
    return content;
  }

  @Test
  void shouldWaitWhenOnlyAStaleCopyIsAlive() {
    start(2, 2, 1);
    int a = group().primary();
    int c = 1 - a;
    append(client, "1");
    cluster.run(SECOND);
    cluster.kill(c);
    cluster.run(5 * SECOND);
    append(client, "2");
    cluster.run(SECOND);
    assertThat(replies).hasSize(2);
    cluster.kill(a);
    cluster.run(5 * SECOND);
    cluster.start(c);

    List<String> content = read(client);
    append(client, "3");
    cluster.run(20 * SECOND);

    assertThat(content).as("read from the stale copy").isEmpty();
    assertThat(replies).as("write to the stale copy").hasSize(2);

    cluster.start(a);
    cluster.run(10 * SECOND);
    assertThat(replies).hasSize(3);
    assertThat(content).isNotEmpty();
    assertThat(content.get(0)).startsWith("12");
    assertThat(cluster.isClean(2)).as(cluster::describe).isTrue();
  }

  @Test
  void shouldAcknowledgeNothingWhenStoppedPastTheLease() {
    start(3, 3, 2);
    int primary = group().primary();
    append(client, "1");
    cluster.run(SECOND);
    append(client, "2");
    cluster.run(200_000); // on its way, or just there
    cluster.pause(primary);
    cluster.run(6 * SECOND);
    append(client, "3");
    cluster.run(2 * SECOND);
    assertThat(replies).as("the successor serves").hasSize(3);

    cluster.resume(primary);
    cluster.run(20 * SECOND);

    assertThat(replies).hasSize(3);
    List<String> content = read(client);
    cluster.run(SECOND);
    assertThat(content).containsExactly("123");
    assertThat(cluster.isClean(3)).as(cluster::describe).isTrue();
  }

  @Test
  void shouldNotAnswerReadsWhenTheLeaseIsOver() {
    start(3, 3, 2);
    int primary = group().primary();
    append(client, "1");
    SimClient isolated = cluster.newClient();
    cluster.run(SECOND);
    cluster.network().cut("client1002", "mon");
    cluster.network().cut("osd" + primary, "mon");
    cluster.run(5 * SECOND);
    append(client, "2");
    cluster.run(SECOND);
    assertThat(replies).as("the successor serves").hasSize(2);

    List<String> content = read(isolated);
    cluster.run(5 * SECOND);

    assertThat(content).as("read from the old primary").isEmpty();
    cluster.network().heal();
    cluster.run(10 * SECOND);
    assertThat(content).containsExactly("12");
  }

  @Test
  void shouldNotLetAnUninformedPrimaryServeWhenItIsReplacedAlive() {
    start(3, 3, 2);
    int old = group().primary();
    append(client, "1");
    cluster.run(SECOND);
    SimClient isolated = cluster.newClient();
    cluster.run(SECOND / 10);
    cluster.network().cut("client1002", "mon");
    cluster.network().cut("osd" + old, "mon");
    cluster.monitor().change(builder -> builder.weight(old, 0));
    assertThat(group().acting()).doesNotContain(old);
    cluster.run(SECOND / 100); // the client has the new map
    append(client, "2");
    for (int i = 0; i < 100; i++) {
      cluster.run(SECOND / 20);
      boolean acknowledged = replies.size() == 2;
      List<String> content = read(isolated);
      cluster.run(SECOND / 100);
      if (acknowledged && !content.isEmpty()) {
        assertThat(content.get(0)).as("read after the write was acknowledged").isEqualTo("12");
      }
    }
    assertThat(replies).as("served once the old primary's lease is over").hasSize(2);
  }

  @Test
  void shouldServeNothingBelowMinSizeButRecover() {
    start(3, 3, 2);
    append(client, "1");
    cluster.run(SECOND);
    List<Integer> acting = group().acting();
    cluster.kill(acting.get(1));
    cluster.kill(acting.get(2));
    cluster.run(5 * SECOND);
    append(client, "2");
    cluster.run(5 * SECOND);
    assertThat(replies).hasSize(1);

    cluster.start(acting.get(1));
    cluster.run(5 * SECOND);
    assertThat(replies).hasSize(2);
  }

  @Test
  void shouldNotAnswerBelowMinSizeWhatWasInFlightWhenMembersDied() {
    start(3, 3, 2);
    append(client, "1");
    cluster.run(SECOND);
    List<Integer> acting = group().acting();
    append(client, "2");
    Replication primary = cluster.osd(acting.get(0)).group(group().pg()).replication();
    for (int i = 0; i < 1000 && primary.size() == 0; i++) {
      cluster.run(10_000);
    }
    assertThat(primary.size()).as("in flight").isOne();
    cluster.kill(acting.get(1));
    cluster.kill(acting.get(2));
    cluster.run(10 * SECOND);
    assertThat(group().acting()).containsExactly(acting.get(0));
    assertThat(replies).as("one copy is fewer than min_size").hasSize(1);

    cluster.start(acting.get(1));
    assertThat(cluster.runUntil(20 * SECOND, () -> replies.size() == 2)).isTrue();
    List<String> content = read(client);
    cluster.run(SECOND);
    assertThat(content).containsExactly("12");
  }

  @Test
  void shouldKeepEverythingWhenAllAreKilledAtOnce() {
    start(3, 3, 2);
    append(client, "1");
    cluster.run(SECOND);
    for (int osd = 0; osd < 3; osd++) {
      cluster.kill(osd);
    }
    append(client, "2");
    cluster.run(SECOND);
    for (int osd = 0; osd < 3; osd++) {
      cluster.start(osd);
    }
    cluster.run(20 * SECOND);
    assertThat(replies).hasSize(2);
    assertThat(cluster.isClean(3)).as(cluster::describe).isTrue();
  }

  @Test
  void shouldGoOnWithoutPauseWhenAnOsdStopsCleanly() {
    start(3, 3, 2);
    int stopping = group().primary();
    cluster.stop(stopping);
    append(client, "1");
    cluster.run(SECOND);
    assertThat(replies).hasSize(1);
    cluster.start(stopping);
    cluster.run(10 * SECOND);
    assertThat(cluster.isClean(3)).as(cluster::describe).isTrue();
  }

  @Test
  void shouldForgetItsCopyWhenThePoolIsRemoved() {
    start(3, 3, 2);
    append(client, "1");
    cluster.run(SECOND);
    assertThat(cluster.disk(0).collections()).isNotEmpty();
    cluster.monitor().change(builder -> builder.removePool(1));
    cluster.run(SECOND);
    for (int osd = 0; osd < 3; osd++) {
      assertThat(cluster.disk(osd).collections()).isEmpty();
    }
  }

  @Test
  void shouldForgetItsCopyWhenThePoolWasRemovedWhileItWasDown() {
    start(3, 3, 2);
    append(client, "1");
    cluster.run(SECOND);
    cluster.kill(0);
    cluster.monitor().change(builder -> builder.removePool(1));
    cluster.run(SECOND);
    assertThat(cluster.disk(0).collections()).isNotEmpty();
    cluster.start(0);
    cluster.run(20 * SECOND);
    assertThat(cluster.disk(0).collections()).isEmpty();
  }

  @Test
  void shouldRemoveItsCopyWhenOthersHaveTakenOver() {
    start(4, 2, 1);
    append(client, "1");
    cluster.run(SECOND);
    int left = group().acting().get(0);
    cluster.monitor().change(builder -> builder.weight(left, 0));
    cluster.run(20 * SECOND);
    assertThat(group().up()).doesNotContain(left).hasSize(2);
    assertThat(cluster.isClean(2)).as(cluster::describe).isTrue();
    cluster.monitor().change(builder -> builder.flags(cluster.monitor().map().flags()));
    cluster.run(SECOND);
    assertThat(cluster.disk(left).collections()).isEmpty();
  }

  @Test
  void shouldCopyEverythingWhenLogsDoNotMeet() {
    start(2, 2, 1);
    int a = group().primary();
    int b = 1 - a;
    for (int i = 0; i < Limits.LOG_ENTRIES + 50; i++) {
      append(client, "x");
    }
    assertThat(cluster.runUntil(120 * SECOND, () -> replies.size() == Limits.LOG_ENTRIES + 50))
        .isTrue();
    cluster.kill(a);
    cluster.kill(b);
    // The disk of b loses its copy, and the monitor does not know.
    Transaction wipe = new Transaction(new CollectionId(group().pg()));
    cluster.disk(b).commit(wipe.add(new Transaction.RemoveCollection()), () -> {});
    cluster.start(a);
    cluster.start(b);
    assertThat(cluster.runUntil(60 * SECOND, () -> cluster.isClean(2)))
        .as(cluster::describe)
        .isTrue();
    cluster.run(SECOND);
    SimReplicas.checkEqual(cluster);
  }
}
