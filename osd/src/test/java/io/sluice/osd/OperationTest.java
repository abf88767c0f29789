package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ListCursor;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgListing;
import io.sluice.protocol.PoolInfo;
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

  private OneOsd osd;

  @BeforeEach
  void start() {
    osd = OneOsd.start(3);
  }

  private OneOsd.Answer run(String name, OsdOp... steps) {
    return osd.run(name, steps);
  }

  private OneOsd.Answer run(ObjectId object, OsdOp... steps) {
    return osd.run(object, steps);
  }

  @Test
  void shouldGiveBackWhatWasWritten() {
    OneOsd.Answer written = run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "hello"));
    assertThat(written.result()).isZero();
    assertThat(written.reply().userVersion()).isEqualTo(1);
    assertThat(written.reply().replayVersion().version()).isEqualTo(1);
    assertThat(written.reply().flags() & OpFlags.ON_DISK).isNotZero();
    OneOsd.Answer found = run("a", OneOsd.read());
    assertThat(found.text()).isEqualTo("hello");
    assertThat(found.reply().replayVersion()).isEqualTo(EVersion.ZERO);
    assertThat(found.reply().userVersion()).isEqualTo(1);
    assertThat(found.reply().ops().get(0).extent().length()).isEqualTo(5);
  }

  @Test
  void shouldTruncateWhenAWholeObjectIsReplaced() {
    run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "long content"));
    run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "short"));
    assertThat(run("a", OneOsd.read()).text()).isEqualTo("short");
    run("a", OneOsd.data(OpCode.WRITE_FULL, 0, ""));
    assertThat(run("a", OneOsd.read()).data()).isEmpty();
  }

  @Test
  void shouldFillGapsWithZeros() {
    run("a", OneOsd.data(OpCode.WRITE, 3, "x"));
    assertThat(run("a", OneOsd.read()).data()).containsExactly(0, 0, 0, 'x');
    run("a", OneOsd.data(OpCode.APPEND, 0, "yz"));
    assertThat(run("a", OneOsd.read()).text()).endsWith("xyz");
    assertThat(run("a", OsdOp.extent(OpCode.ZERO, 4, 1)).result()).isZero();
    assertThat(run("a", OneOsd.read()).data()).containsExactly(0, 0, 0, 'x', 0, 'z');
    run("a", OsdOp.extent(OpCode.ZERO, 2, 100));
    assertThat(run("a", OneOsd.read()).data()).containsExactly(0, 0);
    run("a", OsdOp.extent(OpCode.TRUNCATE, 5, 0));
    assertThat(run("a", OneOsd.read()).data()).hasSize(5);
  }

  /** What BlueStore of Ceph 16.2.15 answered to the same writes. */
  @Test
  void shouldGiveWhatWasWrittenAndWhereToASparseRead() {
    run("a", OneOsd.data(OpCode.WRITE, 0, "abcd".repeat(1024)));
    run("a", OneOsd.data(OpCode.WRITE, 1 << 20, "efgh".repeat(1024)));
    assertSparse(0, 4 << 20, "[0~4096, 1048576~4096]");
    assertSparse(100, 1 << 20, "[100~3996, 1048576~100]");
    assertSparse(4096, 4096, "[]");
    assertSparse(0, 0, "[]");
    assertSparse(2 << 20, 10, "[]");
    assertSparse(100, -1, "[100~3996, 1048576~4096]"); // 2^64 - 1, as `rados mapext` asks
    assertSparse(-1, 10, "[]");
    run("a", OsdOp.extent(OpCode.ZERO, 10, 20));
    run("a", OsdOp.extent(OpCode.TRUNCATE, 3000, 0));
    run("a", OsdOp.extent(OpCode.TRUNCATE, 1 << 20, 0));
    assertSparse(0, 4 << 20, "[0~10, 30~2970]");
    run("a", OneOsd.data(OpCode.WRITE, 3000, "x"));
    assertSparse(0, 4 << 20, "[0~10, 30~2971]");
  }

  private void assertSparse(long offset, long length, String extents) {
    Decoder map = new Decoder(run("a", OsdOp.extent(OpCode.MAPEXT, offset, length)).data());
    assertThat(map.list(each -> each.le64() + "~" + each.le64())).hasToString(extents);
    Decoder from = new Decoder(run("a", OsdOp.extent(OpCode.SPARSE_READ, offset, length)).data());
    List<long[]> runs = from.list(each -> new long[] {each.le64(), each.le64()});
    assertThat(runs.stream().map(run -> run[0] + "~" + run[1]).toList()).hasToString(extents);
    Decoder bytes = new Decoder(from.blob());
    for (long[] run : runs) {
      byte[] whole = run("a", OsdOp.extent(OpCode.READ, run[0], run[1])).data();
      assertThat(bytes.raw((int) run[1])).isEqualTo(whole);
    }
    assertThat(bytes.remaining()).isZero();
  }

  @Test
  void shouldReadNothingPastTheEnd() {
    run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "hello"));
    OneOsd.Answer found = run("a", OsdOp.extent(OpCode.READ, 100, 10));
    assertThat(found.result()).isZero();
    assertThat(found.data()).isEmpty();
    assertThat(run("a", OsdOp.extent(OpCode.READ, 3, 10)).text()).isEqualTo("lo");
  }

  @Test
  void shouldSayThatThereIsNoObject() {
    assertThat(run("none", OneOsd.read()).result()).isEqualTo(Errno.ENOENT.result());
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
    OneOsd.Answer stat = run("a", OsdOp.of(OpCode.STAT, OpArgs.NONE));
    assertThat(new Decoder(stat.data()).le64()).isZero();
    assertThat(stat.data()).hasSize(16);
  }

  @Test
  void shouldDoAllStepsOrNone() {
    run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "old"));
    OneOsd.Answer failed =
        run(
            "a",
            OneOsd.data(OpCode.WRITE_FULL, 0, "new"),
            OsdOp.attr(OpCode.GETXATTR, "none", new byte[0]));
    assertThat(failed.result()).isEqualTo(Errno.ENODATA.result());
    assertThat(run("a", OneOsd.read()).text()).isEqualTo("old");
    OneOsd.Answer both =
        run(
            "a",
            OneOsd.data(OpCode.WRITE, 0, "new"),
            OneOsd.data(OpCode.APPEND, 0, "er"),
            OsdOp.attr(OpCode.SETXATTR, "k", "v".getBytes()));
    assertThat(both.result()).isZero();
    assertThat(run("a", OneOsd.read()).text()).isEqualTo("newer");
    assertThat(
            run("a", OsdOp.of(OpCode.DELETE, OpArgs.NONE), OneOsd.data(OpCode.WRITE, 0, "1"))
                .result())
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
    assertThat(run("a", equal, OneOsd.data(OpCode.APPEND, 0, "x")).result()).isZero();
    OsdOp different = OsdOp.of(OpCode.CMPXATTR, new OpArgs.Attr(3, 2, 2, 1), compare);
    assertThat(run("a", different, OneOsd.data(OpCode.APPEND, 0, "x")).result()).isEqualTo(-125);
    assertThat(run("a", OneOsd.read()).text()).isEqualTo("x");
  }

  @Test
  void shouldRefuseANameThatIsNotTextRatherThanMixItUpWithAnother() {
    // What decoding leaves of bytes that are not UTF-8: every such name would look like this.
    String undecodable = "\ufffd";
    assertThat(run(undecodable, OneOsd.data(OpCode.WRITE, 0, "x")).result())
        .isEqualTo(Errno.EINVAL.result());
    assertThat(run(undecodable, OneOsd.read()).result()).isEqualTo(Errno.EINVAL.result());
  }

  @Test
  void shouldKeepToItsLimits() {
    assertThat(run("a", OsdOp.extent(OpCode.TRUNCATE, 0, 0)).result()).isZero();
    assertThat(run("a", OneOsd.data(OpCode.WRITE, 128L << 20, "x")).result())
        .isEqualTo(Errno.EFBIG.result());
    run("there", OneOsd.data(OpCode.WRITE, 0, "x"));
    assertThat(run("there", OsdOp.extent(OpCode.TRUNCATE, 128L << 20, 0)).result())
        .isEqualTo(Errno.EFBIG.result());
    assertThat(run("there", OsdOp.extent(OpCode.TRUNCATE, (128L << 20) - 1, 0)).result()).isZero();
    assertThat(run("n".repeat(2049), OneOsd.data(OpCode.WRITE, 0, "x")).result()).isEqualTo(-36);
    assertThat(run("n".repeat(2048), OneOsd.data(OpCode.WRITE, 0, "x")).result()).isZero();
    assertThat(run("é".repeat(1025), OneOsd.data(OpCode.WRITE, 0, "x")).result()).isEqualTo(-36);
    assertThat(run("é".repeat(1024), OneOsd.data(OpCode.WRITE, 0, "x")).result()).isZero();
    assertThat(run("a", OsdOp.attr(OpCode.SETXATTR, "n".repeat(101), new byte[1])).result())
        .isEqualTo(-36);
    byte[] tooLong = new byte[(1 << 20) + 1];
    assertThat(run("a", OsdOp.attr(OpCode.SETXATTR, "n", tooLong)).result()).isEqualTo(-27);
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
    SimulatedCluster cluster = new SimulatedCluster(4);
    cluster.diskBytes(1 << 20);
    osd = OneOsd.start(cluster);
    byte[] large = new byte[330 << 10];
    for (int i = 0; i < 3; i++) {
      OsdOp write = OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, large.length, 0, 0), large);
      assertThat(run("big" + i, write).result()).isZero();
    }
    cluster.run(SECOND);
    assertThat(run("a", OneOsd.data(OpCode.WRITE, 0, "x")).result())
        .isEqualTo(Errno.ENOSPC.result());
    assertThat(run("big0", OsdOp.of(OpCode.DELETE, OpArgs.NONE)).result()).isZero();
    cluster.run(SECOND);
    assertThat(run("a", OneOsd.data(OpCode.WRITE, 0, "x")).result()).isZero();
  }

  @Test
  void shouldTakeNothingMoreIntoAPoolThatHasReachedItsQuota() {
    run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "hello"));
    markPool(PoolInfo.FULL | PoolInfo.FULL_QUOTA);
    osd.client().flags(OpFlags.FULL_TRY);
    assertThat(run("b", OneOsd.data(OpCode.WRITE, 0, "x")).result()).isEqualTo(-122);
    assertThat(run("a", OneOsd.data(OpCode.APPEND, 0, "x")).result()).isEqualTo(-122);
    assertThat(run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "HELLO")).result()).isZero();
    assertThat(run("a", OneOsd.read()).text()).isEqualTo("HELLO");
    osd.client().flags(OpFlags.FULL_FORCE);
    assertThat(run("c", OneOsd.data(OpCode.WRITE, 0, "x")).result()).isZero();
    osd.client().flags(0);
    assertThat(run("b", OneOsd.data(OpCode.WRITE, 0, "x")).result()).as("wait").isEqualTo(-11);
    OsdOp method = OneOsd.call("hello", "record_hello", new Encoder().raw("x".getBytes()));
    assertThat(run("b", method).result()).as("said to be a read").isEqualTo(-122);
    assertThat(run("b", OneOsd.read()).result()).isEqualTo(Errno.ENOENT.result());
    assertThat(run("c", OsdOp.of(OpCode.DELETE, OpArgs.NONE)).result()).isZero();
    markPool(0);
    assertThat(run("b", OneOsd.data(OpCode.WRITE, 0, "x")).result()).isZero();
  }

  private void markPool(long flags) {
    PoolInfo pool = osd.cluster().monitor().map().pool(1);
    int epoch = osd.cluster().monitor().map().epoch() + 1;
    long wanted = pool.flags() & ~PoolInfo.FULL & ~PoolInfo.FULL_QUOTA | flags;
    osd.cluster().monitor().change(map -> map.changePool(pool.withFlags(wanted, epoch)));
    osd.cluster().run(SECOND);
  }

  @Test
  void shouldListEveryObjectOfANamespaceOnce() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      names.add("object" + i);
      run("object" + i, OneOsd.data(OpCode.WRITE, 0, "x"));
    }
    List<String> listed = new ArrayList<>();
    SimulatedCluster cluster = osd.cluster();
    int pgCount = cluster.monitor().map().pool(1).pgNum();
    for (int seed = 0; seed < pgCount; seed++) {
      ListCursor cursor = ListCursor.startOf(new PgId(1, seed));
      int result = 0;
      while (result == 0) {
        ObjectId place = ObjectId.head(1, "", "", "", cursor.hash());
        OneOsd.Answer answer = run(place, OsdOp.list(7, cluster.monitor().map().epoch(), cursor));
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

  @Test
  void shouldLeaveNothingOfAStepThatMayFail() {
    run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "old"));
    byte[] tornPairs =
        new Encoder().le32(2).string("k").string("v").le32(99).zeros(20).toByteArray();
    OsdOp torn = OsdOp.payload(OpCode.OMAP_SET_VALS, tornPairs).withFlags(OsdOp.FLAG_FAIL_OK);
    OneOsd.Answer both = run("a", torn, OneOsd.data(OpCode.APPEND, 0, "er"));
    assertThat(both.result()).isZero();
    assertThat(run("a", OneOsd.read()).text()).isEqualTo("older");
    assertThat(new Decoder(run("a", OneOsd.omapValue("k")).data()).le32()).isZero();
    assertThat(run("b", torn).result()).as("and no object").isZero();
    assertThat(run("b", OneOsd.read()).result()).isEqualTo(-2);
  }
}
