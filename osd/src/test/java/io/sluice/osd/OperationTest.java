package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ListCursor;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgListing;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What each operation answers and leaves behind, as librados expects it; one OSD, real wire
 * messages.
 */
class OperationTest {
  private static final long SECOND = SimulatedCluster.SECOND;

  private SimulatedCluster cluster;
  private SimClient client;

  private record Answer(MOSDOpReply reply, byte[] data) {
    int result() {
      return reply.result();
    }

    String text() {
      return new String(data);
    }
  }

  @BeforeEach
  void start() {
    cluster = SimulationTest.running(3, 1, 1, 1);
    client = cluster.newClient();
    cluster.run(SECOND / 10);
  }

  private Answer run(String name, OsdOp... steps) {
    return run(client.object(1, name), steps);
  }

  private Answer run(ObjectId object, OsdOp... steps) {
    List<Answer> answers = new ArrayList<>();
    client.submit(object, List.of(steps), (reply, data) -> answers.add(new Answer(reply, data)));
    assertThat(cluster.runUntil(SECOND, () -> !answers.isEmpty())).as("answered").isTrue();
    return answers.get(0);
  }

  private static OsdOp data(OpCode code, long offset, String text) {
    return OsdOp.of(code, new OpArgs.Extent(offset, text.length(), 0, 0), text.getBytes());
  }

  private static OsdOp read() {
    return OsdOp.extent(OpCode.READ, 0, 1 << 20);
  }

  @Test
  void shouldGiveBackWhatWasWritten() {
    Answer written = run("a", data(OpCode.WRITE_FULL, 0, "hello"));
    assertThat(written.result()).isZero();
    assertThat(written.reply().userVersion()).isEqualTo(1);
    assertThat(written.reply().replayVersion().version()).isEqualTo(1);
    assertThat(written.reply().flags() & OpFlags.ON_DISK).isNotZero();
    Answer found = run("a", read());
    assertThat(found.text()).isEqualTo("hello");
    assertThat(found.reply().replayVersion()).isEqualTo(EVersion.ZERO);
    assertThat(found.reply().userVersion()).isEqualTo(1);
    assertThat(found.reply().ops().get(0).extent().length()).isEqualTo(5);
  }

  @Test
  void shouldTruncateWhenAWholeObjectIsReplaced() {
    run("a", data(OpCode.WRITE_FULL, 0, "long content"));
    run("a", data(OpCode.WRITE_FULL, 0, "short"));
    assertThat(run("a", read()).text()).isEqualTo("short");
    run("a", data(OpCode.WRITE_FULL, 0, ""));
    assertThat(run("a", read()).data()).isEmpty();
  }

  @Test
  void shouldFillGapsWithZeros() {
    run("a", data(OpCode.WRITE, 3, "x"));
    assertThat(run("a", read()).data()).containsExactly(0, 0, 0, 'x');
    run("a", data(OpCode.APPEND, 0, "yz"));
    assertThat(run("a", read()).text()).endsWith("xyz");
    assertThat(run("a", OsdOp.extent(OpCode.ZERO, 4, 1)).result()).isZero();
    assertThat(run("a", read()).data()).containsExactly(0, 0, 0, 'x', 0, 'z');
    run("a", OsdOp.extent(OpCode.ZERO, 2, 100));
    assertThat(run("a", read()).data()).containsExactly(0, 0);
    run("a", OsdOp.extent(OpCode.TRUNCATE, 5, 0));
    assertThat(run("a", read()).data()).hasSize(5);
  }

  @Test
  void shouldReadNothingPastTheEnd() {
    run("a", data(OpCode.WRITE_FULL, 0, "hello"));
    Answer found = run("a", OsdOp.extent(OpCode.READ, 100, 10));
    assertThat(found.result()).isZero();
    assertThat(found.data()).isEmpty();
    assertThat(run("a", OsdOp.extent(OpCode.READ, 3, 10)).text()).isEqualTo("lo");
  }

  @Test
  void shouldSayThatThereIsNoObject() {
    assertThat(run("none", read()).result()).isEqualTo(Errno.ENOENT.result());
    assertThat(run("none", OsdOp.of(OpCode.STAT, OpArgs.NONE)).result()).isEqualTo(-2);
    assertThat(run("none", OsdOp.of(OpCode.DELETE, OpArgs.NONE)).result()).isEqualTo(-2);
    assertThat(run("none", OsdOp.attr(OpCode.RMXATTR, "x", new byte[0])).result()).isEqualTo(-2);
    assertThat(run("none", OsdOp.extent(OpCode.TRUNCATE, 5, 0)).result()).isZero();
    assertThat(run("none", OsdOp.of(OpCode.STAT, OpArgs.NONE)).result()).isEqualTo(-2);
  }

  @Test
  void shouldCreateOnceWhenExclusively() {
    OsdOp create = OsdOp.of(OpCode.CREATE, OpArgs.NONE);
    OsdOp exclusive = create.withFlags(OsdOp.FLAG_EXCLUSIVE);
    assertThat(run("a", exclusive).result()).isZero();
    assertThat(run("a", exclusive).result()).isEqualTo(Errno.EEXIST.result());
    assertThat(run("a", create).result()).isZero();
    Answer stat = run("a", OsdOp.of(OpCode.STAT, OpArgs.NONE));
    assertThat(new Decoder(stat.data()).le64()).isZero();
    assertThat(stat.data()).hasSize(16);
  }

  @Test
  void shouldDoAllStepsOrNone() {
    run("a", data(OpCode.WRITE_FULL, 0, "old"));
    Answer failed =
        run(
            "a",
            data(OpCode.WRITE_FULL, 0, "new"),
            OsdOp.attr(OpCode.GETXATTR, "none", new byte[0]));
    assertThat(failed.result()).isEqualTo(Errno.ENODATA.result());
    assertThat(run("a", read()).text()).isEqualTo("old");
    Answer both =
        run(
            "a",
            data(OpCode.WRITE, 0, "new"),
            data(OpCode.APPEND, 0, "er"),
            OsdOp.attr(OpCode.SETXATTR, "k", "v".getBytes()));
    assertThat(both.result()).isZero();
    assertThat(run("a", read()).text()).isEqualTo("newer");
    assertThat(run("a", OsdOp.of(OpCode.DELETE, OpArgs.NONE), data(OpCode.WRITE, 0, "1")).result())
        .isZero();
    assertThat(run("a", OsdOp.attr(OpCode.GETXATTR, "k", new byte[0])).result()).isEqualTo(-61);
  }

  @Test
  void shouldKeepAttributes() {
    run("a", OsdOp.attr(OpCode.SETXATTR, "one", "1".getBytes()));
    run("a", OsdOp.attr(OpCode.SETXATTR, "two", "22".getBytes()));
    assertThat(run("a", OsdOp.attr(OpCode.GETXATTR, "two", new byte[0])).text()).isEqualTo("22");
    Decoder all =
        new Decoder(run("a", OsdOp.of(OpCode.GETXATTRS, new OpArgs.Attr(0, 0, 0, 0))).data());
    assertThat(all.le32()).isEqualTo(2);
    assertThat(all.string()).isEqualTo("one");
    run("a", OsdOp.attr(OpCode.RMXATTR, "one", new byte[0]));
    assertThat(run("a", OsdOp.attr(OpCode.GETXATTR, "one", new byte[0])).result()).isEqualTo(-61);
    byte[] compare = "two22".getBytes();
    OsdOp equal = OsdOp.of(OpCode.CMPXATTR, new OpArgs.Attr(3, 2, 1, 1), compare);
    assertThat(run("a", equal, data(OpCode.APPEND, 0, "x")).result()).isZero();
    OsdOp different = OsdOp.of(OpCode.CMPXATTR, new OpArgs.Attr(3, 2, 2, 1), compare);
    assertThat(run("a", different, data(OpCode.APPEND, 0, "x")).result()).isEqualTo(-125);
    assertThat(run("a", read()).text()).isEqualTo("x");
  }

  @Test
  void shouldRefuseANameThatIsNotTextRatherThanMixItUpWithAnother() {
    // What decoding leaves of bytes that are not UTF-8: every such name would look like this.
    String undecodable = "\ufffd";
    assertThat(run(undecodable, data(OpCode.WRITE, 0, "x")).result())
        .isEqualTo(Errno.EINVAL.result());
    assertThat(run(undecodable, read()).result()).isEqualTo(Errno.EINVAL.result());
  }

  @Test
  void shouldKeepToItsLimits() {
    assertThat(run("a", OsdOp.extent(OpCode.TRUNCATE, 0, 0)).result()).isZero();
    assertThat(run("a", data(OpCode.WRITE, 128L << 20, "x")).result())
        .isEqualTo(Errno.EFBIG.result());
    assertThat(run("n".repeat(2049), data(OpCode.WRITE, 0, "x")).result()).isEqualTo(-36);
    assertThat(run("n".repeat(2048), data(OpCode.WRITE, 0, "x")).result()).isZero();
    assertThat(run("é".repeat(1025), data(OpCode.WRITE, 0, "x")).result()).isEqualTo(-36);
    assertThat(run("é".repeat(1024), data(OpCode.WRITE, 0, "x")).result()).isZero();
    assertThat(run("a", OsdOp.attr(OpCode.SETXATTR, "n".repeat(257), new byte[1])).result())
        .isEqualTo(-36);
    assertThat(run("a", OsdOp.attr(OpCode.SETXATTR, "n", new byte[65537])).result()).isEqualTo(-27);
    OsdOp noClass = OsdOp.of(OpCode.CALL, new OpArgs.Call(1, 1, 0, 0), "ab".getBytes());
    assertThat(run("a", noClass).result()).isEqualTo(Errno.EPERM.result());
    OsdOp noMethod = OsdOp.of(OpCode.CALL, new OpArgs.Call(4, 1, 0, 0), "lockx".getBytes());
    assertThat(run("a", noMethod).result()).isEqualTo(Errno.EOPNOTSUPP.result());
    assertThat(run("a", OsdOp.payload(OpCode.TMAPPUT, new byte[1])).result())
        .isEqualTo(Errno.EOPNOTSUPP.result());
    OsdOp lies = OsdOp.of(OpCode.WRITE, new OpArgs.Extent(0, 10, 0, 0), "short".getBytes());
    assertThat(run("a", lies).result()).isEqualTo(Errno.EINVAL.result());
  }

  @Test
  void shouldRefuseWritesWhenFullAndStillDelete() {
    cluster = new SimulatedCluster(4);
    cluster.diskBytes(1 << 20);
    SimulationTest.running(cluster, 1, 1, 1);
    client = cluster.newClient();
    cluster.run(SECOND / 10);
    byte[] large = new byte[330 << 10];
    for (int i = 0; i < 3; i++) {
      OsdOp write = OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, large.length, 0, 0), large);
      assertThat(run("big" + i, write).result()).isZero();
    }
    cluster.run(SECOND);
    assertThat(run("a", data(OpCode.WRITE, 0, "x")).result()).isEqualTo(Errno.ENOSPC.result());
    assertThat(run("big0", OsdOp.of(OpCode.DELETE, OpArgs.NONE)).result()).isZero();
    cluster.run(SECOND);
    assertThat(run("a", data(OpCode.WRITE, 0, "x")).result()).isZero();
  }

  @Test
  void shouldListEveryObjectOfANamespaceOnce() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      names.add("object" + i);
      run("object" + i, data(OpCode.WRITE, 0, "x"));
    }
    List<String> listed = new ArrayList<>();
    int pgCount = cluster.monitor().map().pool(1).pgNum();
    for (int seed = 0; seed < pgCount; seed++) {
      ListCursor cursor = ListCursor.startOf(new PgId(1, seed));
      int result = 0;
      while (result == 0) {
        ObjectId place = ObjectId.head(1, "", "", "", cursor.hash());
        Answer answer = run(place, OsdOp.list(7, cluster.monitor().map().epoch(), cursor));
        result = answer.result();
        PgListing page = PgListing.decode(answer.data());
        page.entries().forEach(entry -> listed.add(entry.name()));
        assertThat(page.entries()).hasSizeLessThanOrEqualTo(7);
        cursor = page.next();
      }
      assertThat(result).isEqualTo(PgListing.GROUP_DONE);
      assertThat(cursor).isEqualTo(ListCursor.endOf(new PgId(1, seed), pgCount));
    }
    assertThat(listed).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void shouldKeepOmapInOrder() {
    byte[] pairs =
        new Encoder()
            .le32(3)
            .string("b")
            .string("2")
            .string("a")
            .string("1")
            .string("c")
            .string("3")
            .toByteArray();
    assertThat(run("a", OsdOp.payload(OpCode.OMAP_SET_VALS, pairs)).result()).isZero();
    byte[] after = new Encoder().string("a").le64(1).toByteArray();
    Decoder keys = new Decoder(run("a", OsdOp.payload(OpCode.OMAP_GET_KEYS, after)).data());
    assertThat(keys.le32()).isEqualTo(1);
    assertThat(keys.string()).isEqualTo("b");
    assertThat(keys.bool()).as("more").isTrue();
    assertThat(run("a", OsdOp.payload(OpCode.OMAP_CLEAR, new byte[0])).result()).isZero();
    assertThat(new Decoder(run("a", OsdOp.payload(OpCode.OMAP_GET_KEYS, after)).data()).le32())
        .isZero();
  }

  private static OsdOp call(String className, String method, Encoder input) {
    byte[] in = input.toByteArray();
    OpArgs args = new OpArgs.Call(className.length(), method.length(), 0, in.length);
    byte[] names = (className + method).getBytes();
    return OsdOp.of(OpCode.CALL, args, new Encoder().raw(names).raw(in).toByteArray());
  }

  private static Encoder struct(Encoder body) {
    Encoder to = new Encoder();
    int mark = to.begin(1, 1);
    return to.raw(body.toByteArray()).end(mark);
  }

  private static OsdOp omapValue(String key) {
    byte[] keys = new Encoder().le32(1).string(key).toByteArray();
    return OsdOp.payload(OpCode.OMAP_GET_VALS_BY_KEYS, keys);
  }

  @Test
  void shouldReckonWithOmapValuesWhenNumopsIsCalled() {
    String[][] sums = {
      {"add", "5.5", "5.5"},
      {"add", "-2", "3.5"},
      {"mul", "2e3", "7000"},
      {"mul", "1e12", "7e+15"},
      {"mul", "1e-21", "7e-06"},
      {"add", "0.333333333333", "0.3333403333"}
    };
    for (String[] sum : sums) {
      OsdOp numops = call("numops", sum[0], new Encoder().string("k").string(sum[1]));
      assertThat(run("n", numops).result()).isZero();
      Decoder found = new Decoder(run("n", omapValue("k")).data());
      assertThat(found.le32()).isEqualTo(1);
      assertThat(found.skip(5).string()).as(sum[0] + " " + sum[1]).isEqualTo(sum[2]);
    }
    Encoder wrong = new Encoder().string("k").string("five");
    assertThat(run("n", call("numops", "add", wrong)).result()).isEqualTo(-22);
    byte[] text = new Encoder().le32(1).string("t").string("text").toByteArray();
    run("n", OsdOp.payload(OpCode.OMAP_SET_VALS, text));
    Encoder onText = new Encoder().string("t").string("5");
    assertThat(run("n", call("numops", "mul", onText)).result()).isEqualTo(-74);
  }

  private static OsdOp hello(String method, String input) {
    return call("hello", method, new Encoder().raw(input.getBytes()));
  }

  @Test
  void shouldSayHelloWhenItsClassIsCalled() {
    assertThat(run("h", hello("say_hello", "you")).result()).as("to nobody").isEqualTo(-2);
    assertThat(run("h", hello("record_hello", "x".repeat(101))).result()).isEqualTo(-22);
    assertThat(run("h", hello("record_hello", "you")).result()).isZero();
    assertThat(run("h", hello("record_hello", "")).result()).as("once").isEqualTo(-17);
    assertThat(run("h", hello("replay", "")).text()).isEqualTo("Hello, you!");
    assertThat(run("h", hello("say_hello", "")).text()).isEqualTo("Hello, world!");
    assertThat(run("h", hello("turn_it_to_11", "")).result()).isZero();
    assertThat(run("h", read()).text()).isEqualTo("HELLO, YOU!");
  }

  private static OsdOp refer(String method, String tag, boolean implicit) {
    return call("refcount", method, struct(new Encoder().string(tag).bool(implicit)));
  }

  @Test
  void shouldRemoveAnObjectWithItsLastReferenceWhenRefcountIsCalled() {
    assertThat(run("r", refer("get", "a", true)).result()).isEqualTo(-2);
    run("r", data(OpCode.WRITE_FULL, 0, "shared"));
    assertThat(run("r", refer("get", "a", true)).result()).isZero();
    OsdOp read = call("refcount", "read", struct(new Encoder().bool(true)));
    Decoder tags = new Decoder(run("r", read).data());
    tags.begin(1, "cls_refcount_read_ret");
    assertThat(tags.list(Decoder::string)).containsExactly("", "a");
    assertThat(run("r", refer("put", "b", true)).result()).as("whoever was there before").isZero();
    assertThat(run("r", refer("put", "b", true)).result()).as("but once").isZero();
    assertThat(run("r", refer("put", "c", false)).result()).as("holds nothing").isZero();
    assertThat(run("r", read()).text()).isEqualTo("shared");
    assertThat(run("r", refer("put", "a", false)).result()).isZero();
    assertThat(run("r", read()).result()).isEqualTo(-2);
  }

  private static Encoder version(long number, String tag) {
    return struct(new Encoder().le64(number).string(tag));
  }

  private static OsdOp conditional(String method, long number, int condition) {
    byte[] with = version(number, "t").toByteArray();
    byte[] when = struct(new Encoder().raw(with).le32(condition)).toByteArray();
    return call("version", method, struct(new Encoder().raw(with).le32(1).raw(when)));
  }

  @Test
  void shouldCountVersionsWhenVersionIsCalled() {
    assertThat(run("v", call("version", "set", struct(version(7, "t")))).result()).isZero();
    assertThat(run("v", conditional("inc_conds", 8, 1)).result()).as("equal").isEqualTo(-125);
    assertThat(run("v", conditional("inc_conds", 7, 1)).result()).isZero();
    assertThat(run("v", conditional("check_conds", 7, 2)).result()).as("greater").isZero();
    assertThat(run("v", conditional("check_conds", 8, 2)).result()).isEqualTo(-125);
    Decoder found = new Decoder(run("v", call("version", "read", new Encoder())).data());
    found.begin(1, "cls_version_read_ret");
    found.begin(1, "obj_version");
    assertThat(found.le64()).isEqualTo(8);
    assertThat(found.string()).isEqualTo("t");
  }

  @Test
  void shouldLeaveNothingOfAStepThatMayFail() {
    run("a", data(OpCode.WRITE_FULL, 0, "old"));
    byte[] tornPairs =
        new Encoder().le32(2).string("k").string("v").le32(99).zeros(20).toByteArray();
    OsdOp torn = OsdOp.payload(OpCode.OMAP_SET_VALS, tornPairs).withFlags(OsdOp.FLAG_FAIL_OK);
    Answer both = run("a", torn, data(OpCode.APPEND, 0, "er"));
    assertThat(both.result()).isZero();
    assertThat(run("a", read()).text()).isEqualTo("older");
    assertThat(new Decoder(run("a", omapValue("k")).data()).le32()).isZero();
    assertThat(run("b", torn).result()).as("and no object").isZero();
    assertThat(run("b", read()).result()).isEqualTo(-2);
  }
}
