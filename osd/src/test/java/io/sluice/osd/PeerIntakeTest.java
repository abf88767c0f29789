package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Encoder;
import io.sluice.messenger.Connection;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PeerScope;
import io.sluice.protocol.RepDrop;
import io.sluice.types.Envelope;
import io.sluice.types.Loop;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Other OSDs are not read while what has come of them waits, and are as soon as it does not. */
class PeerIntakeTest {
  private static final long THIRD = Limits.PEER_BYTES / 3;

  private final PeerIntake intake = new PeerIntake(null, scope -> null);
  private final List<String> calls = new ArrayList<>();
  private final Loop loop = new AtOnce();

  private Connection connection(String name) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "loop" -> loop;
                  case "hashCode" -> 1;
                  case "equals" -> proxy == args[0];
                  default -> {
                    calls.add(name + " " + method.getName());
                    yield null;
                  }
                });
  }

  @Test
  void shouldPauseWhoBringsTooMuchUntilHalfOfItIsTaken() {
    Connection a = connection("a");
    Connection b = connection("b");
    intake.begin(a, THIRD);
    intake.begin(b, THIRD);
    intake.begin(a, THIRD);
    assertThat(calls).isEmpty();
    intake.begin(a, THIRD);
    intake.begin(b, THIRD);
    assertThat(calls).containsExactly("a pauseReading", "b pauseReading");
    for (int i = 0; i < 3; i++) {
      intake.end(THIRD);
    }
    assertThat(calls).hasSize(2);
    intake.end(THIRD);
    assertThat(calls.subList(2, 4)).containsExactlyInAnyOrder("a resumeReading", "b resumeReading");
    intake.end(THIRD);
    assertThat(intake.waiting()).isZero();
    assertThat(calls).hasSize(4);
  }

  @Test
  void shouldNotLeaveAloneOneThatBringsMoreThanAll() {
    intake.begin(connection("a"), 2 * Limits.PEER_BYTES);
    intake.end(2 * Limits.PEER_BYTES);
    assertThat(calls).containsExactly("a pauseReading", "a resumeReading");
  }

  /** A write whose log entry and changes are long, of which all but the scope is damaged. */
  private static IncomingMessage damaged(PlacementGroup group) {
    byte[] front = new byte[100_000];
    PeerScope scope = new PeerScope(group.id(), group.entry().intervalSince(), 1);
    byte[] begin = new RepDrop(scope, 1).encodeFront();
    Arrays.fill(front, (byte) 0xff);
    System.arraycopy(begin, 0, front, 0, begin.length);
    Envelope whole =
        Envelope.of(
            PeerMessage.REP_OP,
            PeerMessage.LONG_VERSION,
            PeerMessage.LONG_VERSION,
            0,
            new Encoder(4).le32(front.length).toByteArray());
    BufferList data = BufferList.wrap(front);
    MessageHead head = MessageHead.of(whole.claimData(data, new byte[0], 0));
    return new IncomingMessage(head, List.of(new IncomingMessage.Run(data, null)), 0);
  }

  @Test
  void shouldTakeALongFrontApartInTurnAndCloseTheConnectionOfADamagedOne() {
    OneOsd osd = OneOsd.start(3);
    PlacementGroup group = osd.anyGroup();
    PeerIntake real = new PeerIntake(null, scope -> scope.pg().equals(group.id()) ? group : null);
    try (IncomingMessage message = damaged(group)) {
      real.take(connection("a"), message);
    }
    assertThat(real.waiting()).isEqualTo(100_000);
    assertThat(calls).as("nothing is decoded before its turn").isEmpty();
    assertThat(osd.cluster().runUntil(SimulatedCluster.SECOND, () -> real.waiting() == 0)).isTrue();
    assertThat(calls).containsExactly("a peerName", "a close");
    assertThat(osd.run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "x")).result())
        .as("the group goes on")
        .isZero();
  }
}
