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

  private static long costOf(OsdOp... steps) {
    ObjectId object = ObjectId.head(1, "", "", "a", 1);
    MOSDOp request = MOSDOp.of(object, new PgId(1, 0), 1, 0, List.of(steps));
    return Intake.costOf(request) - Limits.OPERATION_BYTES;
  }

  @Test
  void shouldCountWhatAReadWillBring() {
    assertThat(costOf(OsdOp.extent(OpCode.READ, 0, 1 << 20))).isEqualTo(1 << 20);
    assertThat(costOf(OsdOp.extent(OpCode.SPARSE_READ, 5, 90 << 20))).isEqualTo(90 << 20);
    assertThat(costOf(OsdOp.extent(OpCode.READ, 0, 0))).isEqualTo(Limits.PUSH_PIECE_BYTES);
    assertThat(costOf(OsdOp.extent(OpCode.SPARSE_READ, 0, -1))).isEqualTo(Limits.PUSH_PIECE_BYTES);
  }

  @Test
  void shouldCountWhatAStepTakesBesideWhatItBrings() {
    OpArgs same = new OpArgs.Extent(0, 90 << 20, 1, 0);
    assertThat(costOf(OsdOp.of(OpCode.WRITE_SAME, same, new byte[1]))).isEqualTo((90 << 20) + 1);
    OpArgs wrong = new OpArgs.Extent(0, -1, 1, 0);
    assertThat(costOf(OsdOp.of(OpCode.WRITE_SAME, wrong, new byte[1]))).isEqualTo(1);
    OpArgs compare = new OpArgs.Extent(0, 100, 0, 0);
    assertThat(costOf(OsdOp.of(OpCode.CMPEXT, compare, new byte[100])))
        .isEqualTo(Limits.PUSH_PIECE_BYTES + 100);
    assertThat(costOf(OsdOp.of(OpCode.CHECKSUM, compare)))
        .isEqualTo(Limits.PUSH_PIECE_BYTES + Limits.STEP_OUTPUT_BYTES);
    assertThat(costOf(OsdOp.payload(OpCode.OMAP_GET_VALS, new byte[16])))
        .isEqualTo(Limits.OMAP_REPLY_BYTES + 16);
    assertThat(costOf(OsdOp.payload(OpCode.OMAP_GET_VALS_BY_KEYS, new byte[4])))
        .isEqualTo(Limits.STEP_OUTPUT_BYTES + 4);
    assertThat(costOf(OsdOp.payload(OpCode.OMAP_SET_VALS, new byte[100])))
        .isEqualTo(100 + 100 * Limits.CHANGES_COPIES);
    assertThat(costOf(OsdOp.of(OpCode.WRITE, compare, new byte[100]))).isEqualTo(100);
  }
}
