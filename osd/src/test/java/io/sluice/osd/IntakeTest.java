package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.messenger.Connection;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A connection that brings more than its share is not read until half of it is done. */
class IntakeTest {
  private final Intake intake = new Intake();
  private final List<String> calls = new ArrayList<>();
  private Object attachment;

  private final Loop loop = new AtOnce();

  private Connection connection() {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "attachment" -> attachment;
                  case "attach" -> {
                    attachment = args[0];
                    yield null;
                  }
                  case "loop" -> loop;
                  case "peerName" -> EntityName.client(7);
                  case "hashCode" -> 1;
                  case "equals" -> proxy == args[0];
                  default -> {
                    calls.add(method.getName());
                    yield null;
                  }
                });
  }

  @Test
  void shouldPauseAndResume() {
    ClientSession session = ClientSession.of(connection());
    long third = Limits.CONNECTION_BYTES / 3;
    intake.begin(session, third);
    intake.begin(session, third);
    intake.begin(session, third);
    assertThat(calls).isEmpty();
    intake.begin(session, third);
    assertThat(calls).containsExactly("pauseReading");
    intake.end(session, third);
    intake.end(session, third);
    assertThat(calls).containsExactly("pauseReading");
    intake.end(session, third);
    assertThat(calls).containsExactly("pauseReading", "resumeReading");
    intake.end(session, third);
    assertThat(intake.bytes()).isZero();
  }

  private static MOSDOp operation(OsdOp... steps) {
    ObjectId object = ObjectId.head(1, "", "", "a", 1);
    return MOSDOp.of(object, new PgId(1, 0), 1, 0, List.of(steps));
  }

  private static long outside(OsdOp... steps) {
    return OpCost.outside(operation(steps));
  }

  /** Of one step, beside what each has. */
  private static long heap(OsdOp step) {
    return OpCost.heap(operation(step))
        - OpCost.heap(operation(OsdOp.of(OpCode.STAT, OpArgs.NONE)));
  }

  @Test
  void shouldCountWhatAReadWillBring() {
    assertThat(outside(OsdOp.extent(OpCode.READ, 0, 1 << 20))).isEqualTo(1 << 20);
    assertThat(outside(OsdOp.extent(OpCode.SPARSE_READ, 5, 90 << 20))).isEqualTo(90 << 20);
    assertThat(outside(OsdOp.extent(OpCode.READ, 0, 0))).isEqualTo(Limits.PUSH_PIECE_BYTES);
    assertThat(outside(OsdOp.extent(OpCode.SPARSE_READ, 0, -1))).isEqualTo(Limits.PUSH_PIECE_BYTES);
  }

  @Test
  void shouldCountWhatAStepTakesBesideWhatItBrings() {
    OpArgs same = new OpArgs.Extent(0, 90 << 20, 1, 0);
    assertThat(outside(OsdOp.of(OpCode.WRITE_SAME, same, new byte[1]))).isEqualTo((90 << 20) + 1);
    OpArgs wrong = new OpArgs.Extent(0, -1, 1, 0);
    assertThat(outside(OsdOp.of(OpCode.WRITE_SAME, wrong, new byte[1]))).isEqualTo(1);
    OpArgs compare = new OpArgs.Extent(0, 100, 0, 0);
    assertThat(outside(OsdOp.of(OpCode.CMPEXT, compare, new byte[100])))
        .isEqualTo(Limits.PUSH_PIECE_BYTES + 100);
    assertThat(heap(OsdOp.of(OpCode.CMPEXT, compare, new byte[100]))).isZero();
    assertThat(outside(OsdOp.of(OpCode.CHECKSUM, compare))).isEqualTo(Limits.PUSH_PIECE_BYTES);
    assertThat(heap(OsdOp.of(OpCode.CHECKSUM, compare))).isEqualTo(2 * Limits.STEP_OUTPUT_BYTES);
    assertThat(heap(OsdOp.payload(OpCode.OMAP_GET_VALS, new byte[16])))
        .isEqualTo(3 * Limits.OMAP_REPLY_BYTES);
    assertThat(heap(OsdOp.payload(OpCode.OMAP_SET_VALS, new byte[1000])))
        .isEqualTo(1000 * Limits.CHANGES_COPIES + 1000 / 4 * 200);
  }

  @Test
  void shouldCountSmallWritesInTheHeapAndLargeOnesOutside() {
    OpArgs extent = new OpArgs.Extent(0, 100, 0, 0);
    assertThat(heap(OsdOp.of(OpCode.WRITE, extent, new byte[100]))).isEqualTo(200);
    assertThat(heap(OsdOp.of(OpCode.WRITE, extent, new byte[100_000]))).isZero();
    assertThat(outside(OsdOp.of(OpCode.WRITE, extent, new byte[100_000]))).isEqualTo(100_000);
    MOSDOp small = operation(OsdOp.of(OpCode.WRITE, extent, new byte[100]));
    assertThat(Intake.costOf(small, 5000, false)).isEqualTo(100 + 4 * 5000);
    assertThat(Intake.costOf(small, 5 << 20, true)).isEqualTo(100 + 4 * Limits.GATED_BYTES);
  }

  @Test
  void shouldSendOrdinaryOperationsPastTheGate() {
    OpArgs extent = new OpArgs.Extent(0, 16 << 10, 0, 0);
    for (OsdOp ordinary :
        List.of(
            OsdOp.of(OpCode.WRITE, extent, new byte[16 << 10]),
            OsdOp.writeApart(OpCode.WRITE_FULL, 0, 4 << 20),
            OsdOp.extent(OpCode.READ, 0, 4 << 20),
            OsdOp.attr(OpCode.SETXATTR, "name", new byte[1000]))) {
      assertThat(OpCost.heap(operation(ordinary))).isLessThan(Limits.GATED_BYTES);
    }
    OsdOp[] many = new OsdOp[1000];
    Arrays.fill(many, OsdOp.of(OpCode.STAT, OpArgs.NONE));
    assertThat(OpCost.heap(operation(many))).isGreaterThan(Limits.GATED_BYTES);
    OsdOp largest = OsdOp.payload(OpCode.OMAP_SET_VALS, new byte[(int) Limits.CHANGES_BYTES]);
    assertThat(OpCost.heap(operation(largest))).isBetween(40L << 20, Limits.GATE_BYTES - (1 << 20));
    OsdOp refused = OsdOp.payload(OpCode.OMAP_SET_VALS, new byte[(int) Limits.CHANGES_BYTES + 1]);
    assertThat(OpCost.heap(operation(refused))).isLessThan(Limits.GATED_BYTES);
  }

  @Test
  void shouldCountReadsWithWhatLetsAnOperationIn() {
    OsdOp attributes = OsdOp.of(OpCode.GETXATTRS, new OpArgs.Attr(0, 0, 0, 0));
    long without = OpCost.heap(operation(attributes));
    assertThat(without).isGreaterThan(Limits.GATED_BYTES);
    long most = without + Limits.OUTPUT_BYTES / Limits.READ_SHARE;
    assertThat(OpCost.heap(operation(attributes, OsdOp.extent(OpCode.READ, 0, 0))))
        .isGreaterThan(most);
    long much = Limits.GATED_READ_BYTES + 1;
    assertThat(OpCost.heap(operation(attributes, OsdOp.extent(OpCode.SPARSE_READ, 0, much))))
        .isGreaterThan(most);
    assertThat(OpCost.heap(operation(attributes, OsdOp.extent(OpCode.READ, 0, 1000))))
        .isLessThan(most);
    assertThat(OpCost.heap(operation(OsdOp.extent(OpCode.READ, 0, 0))))
        .as("alone it comes to the gate itself")
        .isLessThan(Limits.GATED_BYTES);
  }

  @Test
  void shouldRefuseStepsThatScatter() {
    OsdOp[] many = new OsdOp[Limits.WRITE_STEPS + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = OsdOp.of(OpCode.WRITE, new OpArgs.Extent(2L * i, 1, 0, 0), new byte[1]);
    }
    assertThat(ChangesBound.refuses(operation(many))).isTrue();
    many[0] = OsdOp.of(OpCode.STAT, OpArgs.NONE);
    assertThat(ChangesBound.refuses(operation(many))).isFalse();
    Arrays.fill(many, OsdOp.of(OpCode.ZERO, new OpArgs.Extent(0, 1, 0, 0)));
    assertThat(ChangesBound.refuses(operation(many))).isTrue();
    Arrays.fill(many, OsdOp.of(OpCode.STAT, OpArgs.NONE));
    assertThat(ChangesBound.refuses(operation(many))).isFalse();
  }

  @Test
  void shouldBoundWhatWriteSameMakes() {
    OpArgs half = new OpArgs.Extent(0, Limits.WRITE_OP_BYTES / 2, 1, 0);
    OsdOp same = OsdOp.of(OpCode.WRITE_SAME, half, new byte[1]);
    OsdOp one = OsdOp.of(OpCode.WRITE, new OpArgs.Extent(0, 1, 0, 0), new byte[1]);
    assertThat(WriteSameOperation.exceeds(operation(same, same))).isFalse();
    assertThat(WriteSameOperation.exceeds(operation(same, same, one))).isTrue();
    assertThat(WriteSameOperation.exceeds(operation(one))).isFalse();
  }
}
