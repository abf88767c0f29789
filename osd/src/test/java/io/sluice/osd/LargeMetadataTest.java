package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.Transaction;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OmapEntries;
import io.sluice.protocol.OmapPage;
import io.sluice.protocol.OmapQuery;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Omap and attributes of an object that are more than a message between OSDs takes. */
class LargeMetadataTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final int MIB = 1 << 20;
  private static final int USUAL = Limits.USUAL_XATTR_BYTES;

  /** So many of those fit beside what is ours. */
  private static final int ATTRIBUTES = (int) (Limits.ATTRIBUTES_BYTES / USUAL) - 1;

  private SimulatedCluster cluster;
  private SimClient client;
  private ObjectId object;
  private PgEntry entry;
  private byte[] lastData;

  @BeforeEach
  void start() {
    cluster = SimulationTest.running(7, 3, 3, 1);
    client = cluster.newClient();
    cluster.run(SECOND / 10);
    object = client.object(1, "large");
    entry = cluster.entry(cluster.monitor().map().pool(1).pgOf(object.hash()));
  }

  private int run(OsdOp... steps) {
    return runOn(object, steps);
  }

  private int runOn(ObjectId its, OsdOp... steps) {
    List<Integer> results = new ArrayList<>();
    client.submit(
        its,
        List.of(steps),
        (reply, data) -> {
          lastData = data;
          results.add(reply.result());
        });
    assertThat(cluster.runUntil(30 * SECOND, () -> !results.isEmpty())).as("answered").isTrue();
    return results.get(0);
  }

  private static OsdOp value(String key, int length) {
    SortedMap<byte[], byte[]> one = OmapEntries.sorted();
    one.put(key.getBytes(), new Encoder(length).zeros(length).toByteArray());
    return OsdOp.payload(OpCode.OMAP_SET_VALS, OmapEntries.encode(one));
  }

  private void writeValues() {
    for (int i = 0; i < 17; i++) {
      assertThat(run(value("key" + i, MIB))).isZero();
    }
  }

  private void writeAttributes() {
    for (int i = 0; i < ATTRIBUTES; i++) {
      assertThat(run(attribute(i))).isZero();
    }
  }

  private static OsdOp attribute(int i) {
    return OsdOp.attr(OpCode.SETXATTR, "name" + i, new byte[USUAL]);
  }

  private static byte[] value(int length) {
    byte[] value = new byte[length];
    new Random(length).nextBytes(value);
    return value;
  }

  /** An OSD comes back that has not seen what happens meanwhile. */
  private void withoutOne(Runnable meanwhile) {
    int stale = entry.acting().get(2);
    cluster.kill(stale);
    assertThat(cluster.runUntil(10 * SECOND, () -> !cluster.monitor().map().isUp(stale))).isTrue();
    meanwhile.run();
    cluster.start(stale);
    boolean clean = cluster.runUntil(60 * SECOND, () -> cluster.isClean(3));
    assertThat(clean).as(cluster::describe).isTrue();
    SimReplicas.checkEqual(cluster);
  }

  @Test
  void shouldRecoverValuesThatFitNoMessage() {
    withoutOne(this::writeValues);
  }

  @Test
  void shouldRecoverTheLargestValueThatIsTaken() {
    withoutOne(
        () -> {
          assertThat(run(value("before", 4 * MIB - 100))).isZero();
          assertThat(run(value("large", (int) Limits.CHANGES_BYTES - 100))).isZero();
        });
  }

  @Test
  void shouldRecoverAttributesThatFitNoPiece() {
    withoutOne(this::writeAttributes);
  }

  @Test
  void shouldTakeAsManyAttributesAsAreReadTogether() {
    int tooMuch = Errno.EFBIG.result();
    writeAttributes();
    assertThat(run(attribute(ATTRIBUTES))).as("with what is ours").isEqualTo(tooMuch);
    assertThat(run(OsdOp.attr(OpCode.SETXATTR, "short", new byte[9]), attribute(ATTRIBUTES)))
        .isEqualTo(tooMuch);
    assertThat(run(attribute(3))).as("in the place of the same").isZero();
    assertThat(run(OsdOp.attr(OpCode.RMXATTR, "name7", new byte[0]))).isZero();
    assertThat(run(attribute(ATTRIBUTES))).as("after one went").isZero();
    assertThat(run(OsdOp.of(OpCode.DELETE, OpArgs.NONE))).isZero();
    assertThat(run(attribute(ATTRIBUTES + 1))).as("of a new object").isZero();
  }

  @Test
  void shouldKeepAValueThatIsAsLongAsAnyMayBe() {
    byte[] longest = value(Limits.XATTR_VALUE_BYTES);
    withoutOne(
        () -> {
          assertThat(run(OsdOp.attr(OpCode.SETXATTR, "k", longest))).isZero();
          assertThat(run(OsdOp.attr(OpCode.SETXATTR, "k", new byte[longest.length + 1])))
              .isEqualTo(Errno.EFBIG.result());
        });
    OsdOp get = OsdOp.attr(OpCode.GETXATTR, "k", new byte[0]);
    assertThat(run(get)).isZero();
    assertThat(lastData).isEqualTo(longest);
    assertThat(run(OneOsd.data(OpCode.WRITE, 0, "x"), OsdOp.attr(OpCode.SETXATTR, "l", value(9))))
        .isZero();
    assertThat(run(get, get)).as("in one operation").isZero();
    assertThat(lastData).hasSize(2 * longest.length);
    assertThat(run(OsdOp.payload(OpCode.OMAP_SET_HEADER, longest))).isEqualTo(Errno.EFBIG.result());
    assertThat(run(OsdOp.attr(OpCode.RMXATTR, "k", new byte[0]))).isZero();
    assertThat(run(OsdOp.payload(OpCode.OMAP_SET_HEADER, longest))).isZero();
    assertThat(run(OsdOp.of(OpCode.OMAP_GET_HEADER, OpArgs.NONE))).isZero();
    assertThat(lastData).isEqualTo(longest);
    cluster.run(SECOND);
    SimReplicas.checkEqual(cluster);
  }

  /** How much of the heap it takes is seen only when it is looked up. */
  @Test
  void shouldWaitAtTheGateWithALongAttribute() {
    ObjectId other = client.object(1, "usual");
    assertThat(run(OsdOp.attr(OpCode.SETXATTR, "k", value(Limits.XATTR_VALUE_BYTES)))).isZero();
    assertThat(runOn(other, OsdOp.attr(OpCode.SETXATTR, "k", value(USUAL)))).isZero();
    List<MemoryGate.Share> all = new ArrayList<>();
    for (int osd : entry.acting()) {
      PlacementGroup group = cluster.osd(osd).group(entry.pg());
      all.add(group.store().objects().gate().share(Limits.GATE_BYTES));
      all.get(all.size() - 1).enter(group.loop(), () -> {});
    }
    MemoryGate gate = cluster.osd(entry.primary()).group(entry.pg()).store().objects().gate();
    List<Integer> lengths = new ArrayList<>();
    for (ObjectId each : List.of(object, other)) {
      OsdOp get = OsdOp.attr(OpCode.GETXATTR, "k", new byte[0]);
      client.submit(each, List.of(get), (reply, data) -> lengths.add(data.length));
    }
    assertThat(cluster.runUntil(SECOND, () -> !lengths.isEmpty())).isTrue();
    cluster.run(SECOND / 10);
    assertThat(lengths).as("which waits for nothing").containsExactly(USUAL);
    assertThat(gate.waiting()).isEqualTo(1);
    all.forEach(MemoryGate.Share::release);
    assertThat(cluster.runUntil(SECOND, () -> lengths.size() == 2)).isTrue();
    assertThat(lengths.get(1)).isEqualTo(Limits.XATTR_VALUE_BYTES);
    assertThat(cluster.runUntil(SECOND, () -> gate.used() == 0)).as("given back").isTrue();
  }

  private static OsdOp keys(int from, int count) {
    SortedMap<byte[], byte[]> some = OmapEntries.sorted();
    for (int i = from; i < from + count; i++) {
      some.put(("k" + i).getBytes(), new byte[0]);
    }
    return OsdOp.payload(OpCode.OMAP_SET_VALS, OmapEntries.encode(some));
  }

  @Test
  void shouldRefuseMoreKeysThanTheHeapIsFor() {
    int tooMany = Errno.EMSGSIZE.result();
    assertThat(run(keys(0, Limits.CHANGES + 1))).isEqualTo(tooMany);
    assertThat(run(keys(0, Limits.CHANGES - 1000), keys(Limits.CHANGES, 2000))).isEqualTo(tooMany);
    assertThat(run(OneOsd.read())).isEqualTo(Errno.ENOENT.result());
    assertThat(run(keys(0, Limits.CHANGES - 1))).isZero();
    List<byte[]> names = new ArrayList<>();
    for (int i = 0; i <= Limits.CHANGES; i++) {
      names.add(("k" + i).getBytes());
    }
    byte[] all = OmapEntries.encodeKeys(names);
    assertThat(run(OsdOp.payload(OpCode.OMAP_RM_KEYS, all))).isEqualTo(tooMany);
    int tooMuch = Errno.E2BIG.result();
    assertThat(run(OsdOp.payload(OpCode.OMAP_GET_VALS_BY_KEYS, all))).isEqualTo(tooMuch);
  }

  @Test
  void shouldGiveBackNoMoreFromTheHeapWithManyStepsThanWithFew() {
    writeValues();
    OmapQuery query = new OmapQuery(new byte[0], 1000, new byte[0]);
    OsdOp page = OsdOp.payload(OpCode.OMAP_GET_VALS, query.encodeForValues());
    assertThat(run(page, page, page, page)).isZero();
    assertThat(lastData.length).isGreaterThan(12 * MIB);
    assertThat(run(page, page, page, page, page, page)).isEqualTo(Errno.E2BIG.result());
  }

  @Test
  void shouldRepairAnObjectWhoseKeysFitNoMessage() {
    writeValues();
    Transaction loss = new Transaction(new CollectionId(entry.pg()));
    loss.add(new Transaction.Remove(object));
    cluster.disk(entry.acting().get(1)).commit(loss, () -> {});
    cluster.run(SECOND / 10);
    Scrubber scrubber = cluster.osd(entry.primary()).group(entry.pg()).scrubber();
    scrubber.start(true, true);
    assertThat(cluster.runUntil(30 * SECOND, () -> !scrubber.isRunning())).isTrue();
    assertThat(scrubber.inconsistent()).isZero();
    SimReplicas.checkEqual(cluster);
  }

  @Test
  void shouldListAsManyKeysAsAnAnswerTakes() {
    writeValues();
    OmapQuery all = new OmapQuery(new byte[0], 1000, new byte[0]);
    assertThat(run(OsdOp.payload(OpCode.OMAP_GET_VALS, all.encodeForValues()))).isZero();
    OmapPage page = OmapPage.decodeValues(lastData);
    assertThat(page.entries()).hasSize(3);
    int found = 3;
    while (page.more()) {
      OmapQuery rest = new OmapQuery(page.entries().lastKey(), 1000, new byte[0]);
      assertThat(run(OsdOp.payload(OpCode.OMAP_GET_VALS, rest.encodeForValues()))).isZero();
      page = OmapPage.decodeValues(lastData);
      assertThat(page.entries()).hasSizeBetween(1, 3);
      found += page.entries().size();
    }
    assertThat(found).isEqualTo(17);
  }

  @Test
  void shouldRefuseAnOperationThatFitsNoMessageAndKeepNothingOfIt() {
    OsdOp data = OneOsd.data(OpCode.WRITE_FULL, 0, "x".repeat(100_000));
    int tooLarge = Errno.EMSGSIZE.result();
    assertThat(run(data, value("one", 17 * MIB))).isEqualTo(tooLarge);
    assertThat(run(data, value("one", 8 * MIB), value("two", 8 * MIB))).isEqualTo(tooLarge);
    assertThat(run(OneOsd.read())).isEqualTo(Errno.ENOENT.result());
    OsdOp[] attributes = new OsdOp[250];
    for (int i = 0; i < attributes.length; i++) {
      attributes[i] = OsdOp.attr(OpCode.SETXATTR, "name" + i, new byte[USUAL]);
    }
    assertThat(run(attributes)).isEqualTo(tooLarge);
    assertThat(run(data, value("one", 7 * MIB))).as("the next one").isZero();
    cluster.run(SECOND);
    SimReplicas.checkEqual(cluster);
    SimReplicas.checkNothingStaged(cluster);
  }
}
