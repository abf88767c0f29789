package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.PipePool;
import io.sluice.objectstore.MemoryStore;
import io.sluice.objectstore.ObjectStore;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an OSD lets its store keep in memory. */
class OsdCachesTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  private final SimScheduler scheduler = new SimScheduler(1);
  private final SimNetwork network = new SimNetwork(scheduler);
  private final List<Long> inlineMax = new ArrayList<>();
  private int letGo;

  private final ObjectStore.Caches caches =
      new ObjectStore.Caches() {
        @Override
        public void inlineMax(long bytes) {
          inlineMax.add(bytes);
        }

        @Override
        public void letGoOfIdle() {
          letGo++;
        }
      };

  private Osd osd() {
    SimProcess process = new SimProcess(scheduler, "osd0");
    EntityAddr addr = EntityAddr.msgr2("127.0.0.1", 6800, 1);
    return new Osd(
        new OsdIdentity(0, SimMonitor.FSID, addr, "host", List.of(AddrVec.of(SimMonitor.ADDR))),
        new SimMessenger(network, process, EntityName.osd(0)),
        Intercepted.of(
            ObjectStore.class,
            new MemoryStore(Runnable::run),
            call -> call.name().equals("caches") ? caches : call.proceed()),
        new PipePool(null, new CopyMeter(), 0),
        failure -> {
          throw new AssertionError(failure);
        });
  }

  @Test
  void shouldKeepNoMoreSmallObjectsThanThereIsRoomOutsideTheHeap() {
    Osd osd = osd();
    osd.start();
    for (long target : new long[] {GIB, 16 * GIB, 8 * GIB}) {
      osd.onConfig(Map.of("osd_memory_target", Long.toString(target)));
    }
    assertThat(inlineMax).containsExactly(256 * MIB, 64 * MIB, 256 * MIB, 256 * MIB);
    osd.close();
  }

  @Test
  void shouldLetGoOfWhatIsIdleNowAndThen() {
    Osd osd = osd();
    osd.start();
    int before = letGo;
    scheduler.run(60 * SimulatedCluster.SECOND);
    assertThat(letGo - before).isBetween(3, 60);
    osd.close();
  }

  @Test
  void shouldShareWhatTheKernelCannotTakeBackAmongAllOsdsOfAMachine() {
    assertThat(OsdOptions.keptBytes(4 * GIB, 24 * GIB, 1)).isEqualTo(2 * GIB);
    assertThat(OsdOptions.keptBytes(4 * GIB, 24 * GIB, 4)).isEqualTo(GIB / 2);
    assertThat(OsdOptions.keptBytes(GIB / 2, 24 * GIB, 4)).isEqualTo(GIB / 4);
  }
}
