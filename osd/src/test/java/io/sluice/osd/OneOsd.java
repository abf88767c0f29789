package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;

/** A cluster of one OSD and a client that speaks real wire messages to it. */
record OneOsd(SimulatedCluster cluster, SimClient client) {
  private static final long SECOND = SimulatedCluster.SECOND;

  record Answer(MOSDOpReply reply, byte[] data) {
    int result() {
      return reply.result();
    }

    String text() {
      return new String(data);
    }
  }

  static OneOsd start(long seed) {
    return start(new SimulatedCluster(seed));
  }

  static OneOsd start(SimulatedCluster cluster) {
    SimulationTest.running(cluster, 1, 1, 1);
    SimClient client = cluster.newClient();
    cluster.run(SECOND / 10);
    return new OneOsd(cluster, client);
  }

  Answer run(String name, OsdOp... steps) {
    return run(client.object(1, name), steps);
  }

  Answer run(ObjectId object, OsdOp... steps) {
    List<Answer> answers = new ArrayList<>();
    client.submit(object, List.of(steps), (reply, data) -> answers.add(new Answer(reply, data)));
    assertThat(cluster.runUntil(SECOND, () -> !answers.isEmpty())).as("answered").isTrue();
    return answers.get(0);
  }

  /** One of those that serve. */
  PlacementGroup anyGroup() {
    ObjectId any = client.object(1, "any");
    return cluster.osd(0).group(cluster.monitor().map().pool(1).pgOf(any.hash()));
  }

  static OsdOp data(OpCode code, long offset, String text) {
    return OsdOp.of(code, new OpArgs.Extent(offset, text.length(), 0, 0), text.getBytes());
  }

  static OsdOp read() {
    return OsdOp.extent(OpCode.READ, 0, 1 << 20);
  }

  static OsdOp call(String className, String method, Encoder input) {
    byte[] in = input.toByteArray();
    OpArgs args = new OpArgs.Call(className.length(), method.length(), 0, in.length);
    byte[] names = (className + method).getBytes();
    return OsdOp.of(OpCode.CALL, args, new Encoder().raw(names).raw(in).toByteArray());
  }

  static Encoder struct(Encoder body) {
    Encoder to = new Encoder();
    int mark = to.begin(1, 1);
    return to.raw(body.toByteArray()).end(mark);
  }

  static OsdOp omapValue(String key) {
    byte[] keys = new Encoder().le32(1).string(key).toByteArray();
    return OsdOp.payload(OpCode.OMAP_GET_VALS_BY_KEYS, keys);
  }
}
