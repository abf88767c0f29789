package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.ObjectLocator;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.SnapContext;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What snapshots and copies answer and leave behind; three OSDs with one copy each. */
class SnapshotOperationTest {
  private static final long SECOND = SimulatedCluster.SECOND;

  private SimulatedCluster cluster;
  private SimClient client;

  private record Answer(MOSDOpReply reply, byte[] data) {
    @Override
    public String toString() {
      return reply.result() < 0 ? Errno.describe(reply.result()) : new String(data);
    }
  }

  @BeforeEach
  void start() {
    cluster = SimulationTest.running(3, 3, 1, 1);
    client = cluster.newClient();
    cluster.run(SECOND / 10);
  }

  private Answer run(ObjectId object, OsdOp... steps) {
    List<Answer> answers = new ArrayList<>();
    client.submit(object, List.of(steps), (reply, data) -> answers.add(new Answer(reply, data)));
    assertThat(cluster.runUntil(20 * SECOND, () -> !answers.isEmpty())).as("answered").isTrue();
    return answers.get(0);
  }

  private ObjectId object(String name) {
    return client.object(1, name);
  }

  private Answer write(String name, String text) {
    OpArgs range = new OpArgs.Extent(0, text.length(), 0, 0);
    return run(object(name), OsdOp.of(OpCode.WRITE_FULL, range, text.getBytes()));
  }

  private String read(String name, long snap) {
    return run(object(name).withSnap(snap), OsdOp.extent(OpCode.READ, 0, 100)).toString();
  }

  private long snapshot(String name) {
    cluster.monitor().change(builder -> builder.addSnap(1, name));
    cluster.run(SECOND / 2);
    return cluster.monitor().map().pool(1).snaps().seq();
  }

  @Test
  void shouldShowWhatWasWhenThePoolHasSnapshots() {
    String nothing = Errno.describe(Errno.ENOENT.result());
    long before = snapshot("before");
    write("a", "one");
    long after = snapshot("after");
    write("a", "two");
    assertThat(read("a", before)).isEqualTo(nothing);
    assertThat(read("a", after)).isEqualTo("one");
    assertThat(read("a", ObjectId.HEAD)).isEqualTo("two");
    run(object("a"), OsdOp.of(OpCode.DELETE, OpArgs.NONE));
    assertThat(read("a", ObjectId.HEAD)).isEqualTo(nothing);
    assertThat(read("a", after)).isEqualTo("one");
    OsdOp rollback = OsdOp.of(OpCode.ROLLBACK, new OpArgs.Snap(after));
    assertThat(run(object("a"), rollback).reply().result()).isZero();
    assertThat(read("a", ObjectId.HEAD)).isEqualTo("one");
    rollback = OsdOp.of(OpCode.ROLLBACK, new OpArgs.Snap(before));
    assertThat(run(object("a"), rollback).reply().result()).isZero();
    assertThat(read("a", ObjectId.HEAD)).isEqualTo(nothing);
  }

  @Test
  void shouldRefuseToChangeThePast() {
    long snap = snapshot("s");
    OsdOp delete = OsdOp.of(OpCode.DELETE, OpArgs.NONE);
    assertThat(run(object("a").withSnap(snap), delete).reply().result())
        .isEqualTo(Errno.EINVAL.result());
    client.snaps(new SnapContext(3, List.of(3L, 4L)));
    assertThat(write("a", "x").reply().result()).isEqualTo(Errno.EINVAL.result());
    client.snaps(new SnapContext(3, List.of(4L)));
    assertThat(write("a", "x").reply().result()).isEqualTo(Errno.EINVAL.result());
  }

  @Test
  void shouldCopyWhateverAnObjectHas() {
    byte[] pairs = new Encoder().le32(1).string("key").string("value").toByteArray();
    for (int i = 0; i < 6; i++) {
      String from = "from" + i;
      write(from, "bytes" + i);
      run(object(from), OsdOp.attr(OpCode.SETXATTR, "name", "attribute".getBytes()));
      run(object(from), OsdOp.payload(OpCode.OMAP_SET_VALS, pairs));
      write("to" + i, "something longer that has to go");
      assertThat(copy("to" + i, from).reply().result()).isZero();
      assertThat(read("to" + i, ObjectId.HEAD)).isEqualTo("bytes" + i);
      OsdOp attribute = OsdOp.attr(OpCode.GETXATTR, "name", new byte[0]);
      assertThat(run(object("to" + i), attribute)).hasToString("attribute");
      byte[] all = new Encoder().string("").le64(9).string("").toByteArray();
      assertThat(run(object("to" + i), OsdOp.payload(OpCode.OMAP_GET_VALS, all)).toString())
          .contains("key", "value");
    }
    assertThat(copy("to0", "nobody").reply().result()).isEqualTo(Errno.ENOENT.result());
    assertThat(copy("to0", "to0").reply().result()).isEqualTo(Errno.EINVAL.result());
    assertThat(read("to0", ObjectId.HEAD)).isEqualTo("bytes0");
  }

  private Answer copy(String to, String from) {
    Encoder payload = new Encoder().string(from);
    ObjectLocator.of(1, "").encode(payload);
    OpArgs args = new OpArgs.CopyFrom(ObjectId.HEAD, 0, 0, 0);
    return run(object(to), OsdOp.of(OpCode.COPY_FROM, args, payload.toByteArray()));
  }

  @Test
  void shouldFailACopyWhenItsSourceIsGone() {
    write("from", "bytes");
    ObjectId from = object("from");
    var pg = cluster.monitor().map().pool(1).pgOf(from.hash());
    String to = "to";
    while (cluster.monitor().map().primary(cluster.monitor().map().pool(1).pgOf(object(to).hash()))
        == cluster.entry(pg).primary()) {
      to += "o";
    }
    cluster.kill(cluster.entry(pg).primary());
    assertThat(copy(to, "from").reply().result()).isEqualTo(Errno.ETIMEDOUT.result());
  }
}
