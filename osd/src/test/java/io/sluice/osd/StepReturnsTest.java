package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients hear of each step of an operation that writes, the first time and again. */
class StepReturnsTest {
  private static final OsdOp HELLO = hello("write_return_data", "");
  private OneOsd osd;

  @BeforeEach
  void start() {
    osd = OneOsd.start(3);
  }

  private static OsdOp hello(String method, String input) {
    return OneOsd.call("hello", method, new Encoder().raw(input.getBytes()));
  }

  private static List<Integer> results(OneOsd.Answer answer) {
    return answer.reply().results();
  }

  @Test
  void shouldTellResultsButNoOutputWhenNobodyAsksForThem() {
    OneOsd.Answer answer = osd.run("a", HELLO);
    assertThat(answer.result()).isZero();
    assertThat(results(answer)).containsExactly(42);
    assertThat(answer.data()).isEmpty();
  }

  @Test
  void shouldTellResultsAndOutputsWhenAskedAndAgainToADuplicate() {
    osd.client().flags(OpFlags.RETURN_VECTOR);
    osd.run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "hello"));
    for (boolean again : new boolean[] {false, true}) {
      if (again) {
        osd.client().loseOneAnswer();
      }
      OneOsd.Answer answer = osd.run("a", OneOsd.data(OpCode.APPEND, 0, "!"), OneOsd.read(), HELLO);
      assertThat(answer.reply().retryAttempt()).isEqualTo(again ? 1 : 0);
      assertThat(answer.result()).as("the last step's").isEqualTo(42);
      assertThat(results(answer)).containsExactly(0, 0, 42);
      String before = again ? "hello!" : "hello"; // as Ceph: reads see what is committed
      assertThat(answer.text()).isEqualTo(before + "you might see this");
    }
    osd.client().flags(0);
    assertThat(osd.run("a", OneOsd.read()).text()).as("appended twice").isEqualTo("hello!!");
  }

  @Test
  void shouldRefuseAndChangeNothingWhenAStepGivesBackTooMuch() {
    osd.client().flags(OpFlags.RETURN_VECTOR);
    OsdOp tooMuch = hello("write_too_much_return_data", "");
    OneOsd.Answer answer = osd.run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "x"), tooMuch);
    assertThat(answer.result()).isEqualTo(Errno.EOVERFLOW.result());
    assertThat(results(answer)).containsExactly(0, Errno.EOVERFLOW.result());
    assertThat(answer.data()).isEmpty();
    osd.client().flags(0);
    assertThat(osd.run("a", OneOsd.read()).result()).isEqualTo(Errno.ENOENT.result());
    osd.run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "y".repeat(65)));
    osd.client().flags(OpFlags.RETURN_VECTOR);
    OneOsd.Answer read = osd.run("a", OneOsd.read(), OneOsd.data(OpCode.APPEND, 0, "z"));
    assertThat(read.result()).as("a read of 65 bytes").isEqualTo(Errno.EOVERFLOW.result());
    assertThat(osd.run("a", OneOsd.data(OpCode.APPEND, 0, "z")).result()).isZero();
  }

  @Test
  void shouldRefuseWhenAllStepsTogetherGiveBackTooMuch() {
    osd.client().flags(OpFlags.RETURN_VECTOR);
    OsdOp[] many = new OsdOp[Limits.WRITE_REPLIES_BYTES / 8 + 1];
    Arrays.fill(many, OneOsd.data(OpCode.APPEND, 0, "x"));
    assertThat(osd.run("a", many).result()).isEqualTo(Errno.EOVERFLOW.result());
    assertThat(osd.run("a", OneOsd.read()).result()).isEqualTo(Errno.ENOENT.result());
    assertThat(osd.run("a", Arrays.copyOf(many, many.length - 1)).result()).isZero();
    many[many.length - 1] = OneOsd.data(OpCode.CMPEXT, 0, "y");
    for (boolean again : new boolean[] {false, true}) {
      if (again) {
        osd.client().loseOneAnswer();
      }
      assertThat(osd.run("a", many).result()).as("not what each step came to").isEqualTo(-4095);
    }
    osd.client().flags(0);
    assertThat(osd.run("b", many).result()).isNegative();
    assertThat(osd.run("b", Arrays.copyOf(many, many.length - 1)).result()).isZero();
  }

  @Test
  void shouldTellADuplicateWhichStepFailed() {
    osd.client().flags(OpFlags.RETURN_VECTOR);
    for (boolean again : new boolean[] {false, true}) {
      if (again) {
        osd.client().loseOneAnswer();
      }
      OneOsd.Answer answer = osd.run("a", HELLO, hello("write_return_data", "input"));
      assertThat(answer.result()).isEqualTo(Errno.EINVAL.result());
      assertThat(results(answer)).containsExactly(42, Errno.EINVAL.result());
      assertThat(answer.text()).isEqualTo("you might see this");
    }
  }

  @Test
  void shouldGiveWhatWasReadWhenAGuardFails() {
    osd.run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "held"));
    OsdOp guard = OneOsd.data(OpCode.CMPEXT, 0, "else");
    OneOsd.Answer answer =
        osd.run("a", OneOsd.read(), guard, OneOsd.data(OpCode.WRITE_FULL, 0, "new"));
    assertThat(answer.result()).isEqualTo(-4095);
    assertThat(answer.text()).startsWith("held");
    assertThat(osd.run("a", OneOsd.read()).text()).isEqualTo("held");
  }

  @Test
  void shouldSendASpreadReadToThePrimary() {
    SimulatedCluster cluster = new SimulatedCluster(5);
    SimulationTest.running(cluster, 2, 2, 1);
    SimClient client = cluster.newClient();
    cluster.run(SimulatedCluster.SECOND / 10);
    OneOsd two = new OneOsd(cluster, client);
    ObjectId object = client.object(1, "a");
    PgId pg = cluster.monitor().map().pool(1).pgOf(object.hash());
    two.run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "x"));
    client.sendTo(1 - cluster.monitor().map().primary(pg));
    for (int spread : new int[] {OpFlags.BALANCE_READS, OpFlags.LOCALIZE_READS}) {
      client.flags(spread);
      assertThat(two.run("a", OneOsd.read()).result()).isEqualTo(Errno.EAGAIN.result());
    }
  }
}
