package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.messenger.Connection;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.types.EntityName;
import io.sluice.types.LogLines;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of operations that are over, long after they are. */
class OpTrackerTest {
  private final ManualClock clock = new ManualClock(1_000);
  private final OsdOptions options = new OsdOptions();
  private final OpTracker tracker = new OpTracker(clock, options);

  private static Connection connection() {
    return (Connection)
        Proxy.newProxyInstance(
            OpTrackerTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) -> EntityName.client(7));
  }

  private ClientOp begin(Connection connection, OsdOp step) {
    PgId pg = new PgId(1, 2);
    ObjectId object = ObjectId.head(1, "", "", "name", 5);
    MOSDOp request = MOSDOp.of(object, pg, 3, 0, List.of(step)).withTid(9);
    List<Payload> none = new ArrayList<>(Arrays.asList((Payload) null));
    ClientOp op = new ClientOp(connection, request, none, clock.now, tracker::end);
    tracker.begin(op);
    return op;
  }

  private String lastDescription() {
    List<?> ops = (List<?>) tracker.historic().get("ops");
    return (String) ((Map<?, ?>) ops.get(ops.size() - 1)).get("description");
  }

  @Test
  void shouldSayOfAnOperationAfterwardsWhatItSaidMeanwhile() {
    ClientOp op = begin(connection(), OsdOp.extent(OpCode.READ, 0, 4096));
    String meanwhile = op.toString();
    assertThat(tracker.inFlight().toString()).contains(meanwhile);
    clock.now += 5_000;
    op.close();
    assertThat(lastDescription()).isEqualTo(meanwhile).startsWith("osd_op(client.7");
    assertThat(tracker.inFlight()).containsEntry("num_ops", 0);
  }

  @Test
  void shouldNameWhatItTellsAsCephDoes() {
    begin(connection(), OsdOp.extent(OpCode.READ, 0, 4096)).close();
    ClientOp slow = begin(connection(), OsdOp.extent(OpCode.READ, 0, 4096));
    clock.now += 10_500_000_000L;
    slow.close();
    assertThat(tracker.historic()).containsOnlyKeys("size", "duration", "ops");
    assertThat(tracker.slow()).containsOnlyKeys("num to keep", "threshold to keep", "Ops");
    List<?> kept = (List<?>) tracker.slow().get("Ops");
    assertThat(kept).as("only the slow one").hasSize(1);
    Map<?, ?> line = (Map<?, ?>) kept.get(0);
    assertThat(line.keySet().toString()).isEqualTo("[description, initiated_at, age, duration]");
    assertThat(line.get("initiated_at").toString())
        .as("as Ceph writes times")
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+0000");
    assertThat(line.get("duration")).isEqualTo(10.5);
  }

  private void take(long nanos) {
    ClientOp op = begin(connection(), OsdOp.extent(OpCode.READ, 0, 4096));
    clock.now += nanos;
    op.close();
  }

  private static int kept(Map<String, Object> dump, String list) {
    return ((List<?>) dump.get(list)).size();
  }

  @Test
  void shouldKeepAsManyForAsLongAsTheOptionsSay() {
    options.take(
        Map.of(
            "osd_op_history_size", "3",
            "osd_op_history_slow_op_size", "2",
            "osd_op_history_slow_op_threshold", "0.5",
            "osd_op_history_duration", "60"));
    for (int i = 0; i < 5; i++) {
      take(1_000_000_000L);
    }
    assertThat(tracker.historic()).containsEntry("size", 3).containsEntry("duration", 60L);
    assertThat(kept(tracker.historic(), "ops")).isEqualTo(3);
    assertThat(kept(tracker.slow(), "Ops")).isEqualTo(2);
    take(400_000_000L);
    assertThat(kept(tracker.slow(), "Ops")).isEqualTo(2);
    assertThat(tracker.slow().toString()).as("not one of 0.4 s").doesNotContain("duration=0.4");
    clock.now += 61_000_000_000L;
    assertThat(kept(tracker.historic(), "ops")).as("a minute later").isZero();
    assertThat(kept(tracker.slow(), "Ops")).isZero();
    options.take(Map.of());
    assertThat(tracker.historic()).containsEntry("size", 20).containsEntry("duration", 600L);
    assertThat(tracker.slow())
        .containsEntry("num to keep", 20)
        .containsEntry("threshold to keep", 10L);
  }

  @Test
  void shouldComplainOfWhatTakesLongerThanTheOptionSays() {
    List<String> complaints = new ArrayList<>();
    begin(connection(), OsdOp.extent(OpCode.READ, 0, 4096));
    clock.now += 20_000_000_000L;
    tracker.complain(complaints::add);
    assertThat(tracker.blocked()).containsEntry("num_blocked_ops", 0);
    options.tell("osd_op_complaint_time", "5");
    assertThat(tracker.blocked())
        .containsEntry("num_blocked_ops", 1)
        .containsEntry("complaint_time", 5.0);
    try (LogLines log = new LogLines()) {
      tracker.complain(complaints::add);
      assertThat(log.with("slow"))
          .singleElement()
          .asString()
          .startsWith("WARN 1 slow requests, oldest one blocked for 20 secs: osd_op(client.7");
    }
    assertThat(complaints).containsExactly("1 slow requests, oldest one blocked for 20 secs");
    options.tell("osd_op_complaint_time", null);
    tracker.complain(complaints::add);
    assertThat(complaints).hasSize(1);
  }

  @Test
  void shouldNotKeepWhatALargeOperationBroughtAlong() throws InterruptedException {
    byte[] value = new byte[1 << 20];
    WeakReference<byte[]> kept = new WeakReference<>(value);
    begin(connection(), OsdOp.payload(OpCode.OMAP_SET_VALS, value)).close();
    value = null;
    for (int i = 0; i < 100 && kept.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(kept.get()).as("the value, after the operation").isNull();
    assertThat(lastDescription()).contains("data=1048576b");
  }
}
