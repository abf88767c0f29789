package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.messenger.IncomingMessage;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MWatchNotify;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notifications of watchers, and what they may take of an OSD's memory. */
class NotifyTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final int MIB = 1 << 20;
  private static final long NOTIFIER = 77;

  private final List<MWatchNotify> told = new ArrayList<>();
  private final TreeMap<Long, Integer> answers = new TreeMap<>();
  private MWatchNotify complete;
  private OneOsd osd;

  @BeforeEach
  void start() {
    osd = OneOsd.start(5);
    osd.client().onOther(this::take);
    assertThat(osd.run("a", OneOsd.data(OpCode.WRITE_FULL, 0, "x")).result()).isZero();
  }

  private void take(IncomingMessage incoming) {
    assertThat(incoming.head().type()).isEqualTo(MessageType.WATCH_NOTIFY);
    MWatchNotify message = MWatchNotify.decode(incoming.head().version(), incoming.head().front());
    if (message.event() == MWatchNotify.NOTIFY) {
      told.add(message);
      return;
    }
    complete = message;
    Decoder from = new Decoder(incoming.runs().get(0).bytes().toByteArray(null, Inspection.DEBUG));
    int count = from.le32();
    for (int i = 0; i < count; i++) {
      from.skip(8);
      answers.put(from.le64(), from.blob().length);
    }
    assertThat(from.le32() > 0).as("some gave none").isEqualTo(message.result() < 0);
  }

  private void watch(int watches) {
    for (long cookie = 1; cookie <= watches; cookie++) {
      OsdOp watch = OsdOp.of(OpCode.WATCH, new OpArgs.Watch(cookie, 0, 3, 0, 30));
      assertThat(osd.run("a", watch).result()).isZero();
    }
  }

  private int notify(int bytes) {
    Encoder to = new Encoder().le32(1).le32(30).blob(new byte[bytes]);
    OsdOp step = OsdOp.of(OpCode.NOTIFY, new OpArgs.Notify(NOTIFIER), to.toByteArray());
    return osd.run("a", step).result();
  }

  private void acknowledge(MWatchNotify message, int bytes) {
    Encoder to =
        new Encoder().le64(message.notifyId()).le64(message.cookie()).blob(new byte[bytes]);
    OsdOp step = OsdOp.of(OpCode.NOTIFY_ACK, new OpArgs.Notify(message.cookie()), to.toByteArray());
    assertThat(osd.run("a", step).result()).isZero();
  }

  private void untilTold(int watches) {
    assertThat(osd.cluster().runUntil(SECOND, () -> told.size() == watches)).isTrue();
  }

  @Test
  void shouldPassOnAnswersAsLongAsTheyFitTogether() {
    watch(4);
    assertThat(notify(5)).isZero();
    untilTold(4);
    acknowledge(told.get(0), 5 * MIB);
    acknowledge(told.get(1), 4 * MIB);
    acknowledge(told.get(2), 2 * MIB);
    acknowledge(told.get(3), 0);
    assertThat(osd.cluster().runUntil(SECOND, () -> complete != null)).isTrue();
    assertThat(complete.result()).isZero();
    assertThat(complete.cookie()).isEqualTo(NOTIFIER);
    assertThat(answers).containsValues(5 * MIB, 0, 2 * MIB, 0);
    assertThat(answers.values().stream().mapToInt(length -> length).sum()).isEqualTo(7 * MIB);
  }

  @Test
  void shouldRefuseToTellManyWatchersMuch() {
    watch(10);
    assertThat(notify(2 * MIB)).isEqualTo(Errno.EMSGSIZE.result());
    osd.cluster().run(SECOND);
    assertThat(told).isEmpty();
    assertThat(notify(3 * MIB / 2)).isZero();
    untilTold(10);
    assertThat(told).allMatch(message -> message.payload().length == 3 * MIB / 2);
  }

  @Test
  void shouldTellMuchWhereFewListen() {
    watch(2);
    assertThat(notify(7 * MIB)).isZero();
    untilTold(2);
  }

  private long kept() {
    return osd.anyGroup().services().notifications().used();
  }

  @Test
  void shouldRefuseNotificationsThatAreTooMuchTogetherUntilOthersAreOver() {
    watch(2);
    assertThat(notify(5 * MIB)).isZero();
    assertThat(notify(5 * MIB)).isZero();
    untilTold(4);
    assertThat(kept()).isGreaterThan(30 * MIB);
    assertThat(notify(5 * MIB)).isEqualTo(Errno.EBUSY.result());
    assertThat(notify(0)).as("there is room for a small one").isZero();
    untilTold(6);
    for (MWatchNotify each : told.subList(0, 2)) {
      acknowledge(each, MIB);
    }
    assertThat(notify(5 * MIB)).isZero();
    assertThat(osd.cluster().runUntil(60 * SECOND, () -> kept() == 0))
        .as("all are over, answered or not")
        .isTrue();
  }

  @Test
  void shouldPassOnEmptyAnswersWhereThereIsNoRoomForThem() {
    watch(2);
    assertThat(notify(7 * MIB)).isZero();
    assertThat(notify(3 * MIB)).isZero();
    untilTold(4);
    acknowledge(told.get(2), 3 * MIB / 2);
    acknowledge(told.get(3), 3 * MIB / 2);
    assertThat(osd.cluster().runUntil(SECOND, () -> complete != null)).isTrue();
    assertThat(answers.values()).containsExactlyInAnyOrder(3 * MIB / 2, 0);
  }
}
