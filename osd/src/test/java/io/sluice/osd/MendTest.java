package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.Transaction;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.ScrubListing;
import io.sluice.types.LogLines;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies that rot on one disk are found, and replaced by another member's. */
class MendTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final String TEXT = "what was acknowledged";

  private SimulatedCluster cluster;
  private SimClient client;
  private ObjectId object;
  private PgEntry entry;

  private record Answer(MOSDOpReply reply, byte[] data) {}

  @BeforeEach
  void start() {
    cluster = SimulationTest.running(3, 3, 3, 1);
    client = cluster.newClient();
    cluster.run(SECOND / 10);
    object = client.object(1, "precious");
    entry = cluster.entry(cluster.monitor().map().pool(1).pgOf(object.hash()));
    write(TEXT);
  }

  private Answer run(OsdOp step) {
    List<Answer> answers = new ArrayList<>();
    client.submit(object, List.of(step), (reply, data) -> answers.add(new Answer(reply, data)));
    assertThat(cluster.runUntil(30 * SECOND, () -> !answers.isEmpty())).as("answered").isTrue();
    return answers.get(0);
  }

  private void write(String text) {
    OpArgs range = new OpArgs.Extent(0, text.length(), 0, 0);
    assertThat(run(OsdOp.of(OpCode.WRITE_FULL, range, text.getBytes())).reply().result()).isZero();
  }

  private Answer read() {
    return run(OsdOp.extent(OpCode.READ, 0, 1000));
  }

  private int primary() {
    return entry.primary();
  }

  private int replica() {
    return entry.acting().get(1);
  }

  private Scrubber scrub(boolean deep, boolean repair) {
    Scrubber scrubber = cluster.osd(primary()).group(entry.pg()).scrubber();
    scrubber.start(deep, repair);
    assertThat(scrubber.isRunning()).isTrue();
    boolean over = cluster.runUntil(30 * SECOND, () -> !scrubber.isRunning());
    assertThat(over).as("scrub ends").isTrue();
    return scrubber;
  }

  /** One line for what matters: docs/observability.md. */
  @Test
  void shouldLogOnceThatACopyIsBadAndWhatTheScrubCameTo() {
    cluster.damaged(replica()).add(object);
    try (LogLines log = new LogLines()) {
      scrub(true, false);
      assertThat(log.with("precious")).hasSize(2);
      assertThat(log.with("cannot read"))
          .singleElement()
          .asString()
          .startsWith("ERROR ")
          .contains("precious");
      assertThat(log.with("copies on [" + replica() + "] are bad"))
          .singleElement()
          .asString()
          .startsWith("ERROR ")
          .contains("precious");
      assertThat(log.with("deep-scrub starts")).singleElement().asString().startsWith("INFO ");
      assertThat(log.with("deep-scrub 1 errors, 0 fixed"))
          .singleElement()
          .asString()
          .startsWith("ERROR ");
    }
  }

  @Test
  void shouldServeAndRewriteWhatThePrimaryCannotRead() {
    cluster.damaged(primary()).add(object);
    assertThat(new String(read().data())).isEqualTo(TEXT);
    assertThat(cluster.damaged(primary())).as("stored anew").isEmpty();
    SimReplicas.checkEqual(cluster);
  }

  @Test
  void shouldAskTheNextMemberWhenOneCannotReadEither() {
    cluster.damaged(primary()).add(object);
    cluster.damaged(replica()).add(object);
    assertThat(new String(read().data())).isEqualTo(TEXT);
    assertThat(cluster.damaged(primary())).isEmpty();
  }

  @Test
  void shouldAnswerErrorWhenNobodyCanRead() {
    entry.acting().forEach(osd -> cluster.damaged(osd).add(object));
    assertThat(read().reply().result()).isEqualTo(Errno.EIO.result());
    write("anew");
    assertThat(cluster.osd(primary()).group(entry.pg()).state()).isEqualTo(PgState.ACTIVE);
  }

  @Test
  void shouldRecoverAStaleMemberThoughThePrimaryCannotRead() {
    int stale = entry.acting().get(2);
    cluster.kill(stale);
    assertThat(cluster.runUntil(10 * SECOND, () -> !cluster.monitor().map().isUp(stale))).isTrue();
    write("newer");
    entry = cluster.entry(entry.pg());
    cluster.damaged(primary()).add(object);
    cluster.start(stale);
    boolean clean = cluster.runUntil(60 * SECOND, () -> cluster.isClean(3));
    assertThat(clean).as(cluster::describe).isTrue();
    assertThat(cluster.damaged(primary())).isEmpty();
    SimReplicas.checkEqual(cluster);
  }

  @Test
  void shouldFindAndMendDamageWhenScrubbedDeep() {
    cluster.damaged(replica()).add(object);
    assertThat(scrub(false, false).inconsistent()).as("nobody reads in a shallow scrub").isZero();
    assertThat(scrub(true, false).inconsistent()).isEqualTo(1);
    assertThat(cluster.damaged(replica())).as("only looked at").isNotEmpty();
    assertThat(scrub(true, true).inconsistent()).isZero();
    assertThat(cluster.damaged(replica())).isEmpty();
    assertThat(scrub(true, false).inconsistent()).isZero();
  }

  /** What {@code rados list-inconsistent-obj} asks. */
  private Answer list(ScrubListing.Query query) {
    object = ObjectId.head(1, "", "", "", entry.pg().seed());
    return run(OsdOp.of(OpCode.SCRUBLS, OpArgs.NONE, query.encode()));
  }

  @Test
  void shouldListWhatScrubFoundUntilItIsMended() {
    ScrubListing.Query first = new ScrubListing.Query(0, false, "", "", 0, 32);
    ObjectId precious = object;
    assertThat(list(first).reply().result()).isEqualTo(Errno.ENOENT.result());
    cluster.damaged(replica()).add(precious);
    scrub(true, false);
    Answer answer = list(first);
    assertThat(answer.reply().result()).isZero();
    Decoder from = new Decoder(answer.data());
    from.begin(1, "scrub_ls_result_t");
    int interval = from.le32();
    assertThat(interval).isEqualTo(entry.intervalSince());
    List<byte[]> found = from.list(Decoder::blob);
    assertThat(found).hasSize(1);
    Decoder bad = new Decoder(found.get(0));
    bad.begin(2, "inconsistent_obj_t");
    assertThat(bad.le64()).as("those that can be read are the same").isZero();
    bad.begin(1, "object_id_t");
    assertThat(bad.string()).isEqualTo("precious");

    ScrubListing.Query rest =
        new ScrubListing.Query(interval, false, "precious", "", ObjectId.HEAD, 32);
    assertThat(list(rest).data()).hasSizeLessThan(20);
    ScrubListing.Query old = new ScrubListing.Query(interval - 1, false, "", "", 0, 32);
    assertThat(list(old).reply().result()).isEqualTo(Errno.EAGAIN.result());
    scrub(true, true);
    assertThat(list(first).data()).hasSizeLessThan(20);
  }

  @Test
  void shouldBelieveTheMajorityWhenBytesChangedUnnoticed() {
    Transaction rot = new Transaction(new CollectionId(entry.pg()));
    rot.add(new Transaction.WriteInline(object, 3, new byte[] {'X'}));
    cluster.disk(primary()).commit(rot, () -> {});
    cluster.run(SECOND / 10);
    assertThat(scrub(true, false).inconsistent()).isEqualTo(1);
    assertThat(scrub(true, true).inconsistent()).isZero();
    assertThat(new String(read().data())).isEqualTo(TEXT);
    SimReplicas.checkEqual(cluster);
  }

  @Test
  void shouldRestoreACopyThatIsGoneWhenScrubbed() {
    Transaction loss = new Transaction(new CollectionId(entry.pg()));
    loss.add(new Transaction.Remove(object));
    cluster.disk(replica()).commit(loss, () -> {});
    cluster.run(SECOND / 10);
    assertThat(scrub(false, false).inconsistent()).isEqualTo(1);
    assertThat(scrub(false, true).inconsistent()).isZero();
    SimReplicas.checkEqual(cluster);
  }

  /** Each piece has the time that a silent source has. */
  @Test
  void shouldWaitForASlowCopyAsLongAsItComes() {
    byte[] large = new byte[13 << 20];
    OpArgs range = new OpArgs.Extent(0, large.length, 0, 0);
    assertThat(run(OsdOp.of(OpCode.WRITE_FULL, range, large)).reply().result()).isZero();
    cluster.run(SECOND);
    cluster.damaged(primary()).add(object);
    cluster.damaged(entry.acting().get(2)).add(object);
    List<Integer> results = new ArrayList<>();
    OsdOp read = OsdOp.extent(OpCode.READ, 0, large.length);
    client.submit(object, List.of(read), (reply, data) -> results.add(reply.result()));
    int slow = replica();
    int pauses = 0;
    while (results.isEmpty() && pauses < 20) {
      Object before = pushed(slow);
      for (int i = 0; i < 20 && before.equals(pushed(slow)); i++) {
        cluster.run(SECOND / 1000);
      }
      cluster.pause(slow);
      cluster.run(19 * SECOND / 10);
      cluster.resume(slow);
      pauses++;
    }
    assertThat(results).as("after %d pauses", pauses).containsExactly(0);
    assertThat(pauses).as("more than a source has in all").isGreaterThan(3);
  }

  private Object pushed(int osd) {
    return cluster.osd(osd).report().osd().get("push_out_bytes");
  }
}
