package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ObjectLocator;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What copies of whole objects keep in memory at once. */
class CopyBudgetTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final int MIB = 1 << 20;

  private static OsdOp copyOf(String source) {
    Encoder payload = new Encoder().string(source);
    ObjectLocator.of(1, "").encode(payload);
    OpArgs args = new OpArgs.CopyFrom(ObjectId.HEAD, 0, 0, 0);
    return OsdOp.of(OpCode.COPY_FROM, args, payload.toByteArray());
  }

  private static MemoryGate budgetOf(OneOsd osd) {
    return osd.anyGroup().services().remote().copies();
  }

  @Test
  void shouldCopyWhenThereIsRoomAndGiveAllOfItBack() {
    OneOsd osd = OneOsd.start(6);
    osd.run("from", OneOsd.data(OpCode.WRITE_FULL, 0, "x".repeat(5 * MIB)));
    osd.run("empty", OneOsd.data(OpCode.WRITE_FULL, 0, ""));
    MemoryGate copies = budgetOf(osd);
    MemoryGate.Share most = copies.share(Limits.COPY_BYTES - MIB);
    most.enter(new AtOnce(), () -> {});
    assertThat(copies.used()).isEqualTo(Limits.COPY_BYTES - MIB);
    List<Integer> results = new ArrayList<>();
    ObjectId to = osd.client().object(1, "to");
    osd.client().submit(to, List.of(copyOf("from")), (reply, data) -> results.add(reply.result()));
    osd.cluster().run(5 * SECOND);
    assertThat(results).as("while there is no room").isEmpty();
    most.release();
    assertThat(osd.cluster().runUntil(5 * SECOND, () -> !results.isEmpty())).isTrue();
    assertThat(results).containsExactly(0);
    assertThat(osd.run("to", OsdOp.extent(OpCode.READ, 0, 6 * MIB)).data()).hasSize(5 * MIB);
    assertThat(osd.run("other", copyOf("empty")).result()).isZero();
    assertThat(osd.run("other", copyOf("nobody")).result()).isEqualTo(Errno.ENOENT.result());
    OsdOp fails = OsdOp.attr(OpCode.GETXATTR, "none", new byte[0]);
    assertThat(osd.run("other", copyOf("from"), fails).result()).isNegative();
    osd.cluster().run(SECOND);
    assertThat(copies.used()).isZero();
  }
}
