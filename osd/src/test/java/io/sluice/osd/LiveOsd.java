package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.MessengerConfig;
import io.sluice.objectstore.DiskStore;
import io.sluice.objectstore.StoreConfig;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One life of an OSD in the test's process: real sockets, a real store, system calls that can fail,
 * and a {@link FrameProxy} through which everybody reaches it.
 *
 * <p><b>Owns</b> messenger, store and pipes until {@link #close}.
 */
final class LiveOsd implements AutoCloseable {
  private static final long STORE_BYTES = 256 << 20;
  private static final int LOOPS = 2;
  private static final int HOLD_SECONDS_MAX = 240;

  final int id;
  final CopyMeter meter = new CopyMeter();
  final FaultySys faults = new FaultySys(Linux.instance());
  final PipePool pipes;
  final DiskStore store;
  final Osd osd;
  final EntityAddr published;

  /** Why it would have ended its process. */
  final List<String> stops = new CopyOnWriteArrayList<>();

  private final EpollMessenger messenger;
  private volatile boolean closed;

  /**
   * @param nonce tells this life from others
   */
  LiveOsd(int id, int nonce, Path dir, int maxPipes, FrameProxy proxy, EntityAddr monitor)
      throws Exception {
    this.id = id;
    pipes = new PipePool(faults.sys(), meter, maxPipes);
    StoreConfig config =
        StoreConfig.standard(meter)
            .with(pipes)
            .with(faults.sys())
            .withCaches(64 << 20, 1 << 20)
            .with((String what, Throwable cause) -> stops.add(what + ": " + cause));
    store = DiskStore.openOrCreate(dir, SimMonitor.FSID, id, STORE_BYTES, config);
    messenger =
        new EpollMessenger(
            new MessengerConfig(EntityName.osd(id), nonce, LOOPS, faults.sys(), pipes, null));
    LateDispatcher late = new LateDispatcher();
    EntityAddr addr = messenger.listen(EntityAddr.msgr2("127.0.0.1", 0, 0), late);
    proxy.target(addr.port());
    published = EntityAddr.msgr2("127.0.0.1", proxy.port(), nonce);
    OsdIdentity identity =
        new OsdIdentity(id, SimMonitor.FSID, published, "host" + id, List.of(AddrVec.of(monitor)));
    osd = new Osd(identity, messenger, store, pipes, failure -> stops.add(failure.toString()));
    late.behind = osd;
    osd.start();
  }

  boolean lives() {
    return !closed && stops.isEmpty();
  }

  /**
   * Holds up every loop that data goes through, until {@code end}. Returns when they stand still.
   */
  void hold(CountDownLatch end) throws InterruptedException {
    CountDownLatch held = new CountDownLatch(LOOPS);
    for (int i = 0; i < LOOPS; i++) {
      messenger.loop(i).execute(() -> stand(held, end));
    }
    assertThat(held.await(HOLD_SECONDS_MAX, TimeUnit.SECONDS)).as("all loops stand").isTrue();
  }

  private static void stand(CountDownLatch held, CountDownLatch end) {
    held.countDown();
    try {
      if (!end.await(HOLD_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let the loop go on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long counter(String name) {
    return (long) osd.report().osd().get(name);
  }

  /** As abrupt as it can be in a process that lives on. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      faults.heal();
      osd.close();
      store.close();
      messenger.close();
      pipes.close();
    }
  }

  @Override
  public String toString() {
    return "osd." + id + (stops.isEmpty() ? "" : " stopped: " + stops);
  }
}
