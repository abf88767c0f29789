package io.sluice.monitor;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.Messenger;
import io.sluice.messenger.MessengerConfig;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole monitor in a process: directory, log, messenger and the monitor over them.
 *
 * <p><b>Threads:</b> {@link #start} and {@link #close} block and belong to one thread; {@link
 * #status} to any. <b>Owns</b> everything it opens; a start that fails closes it all.
 */
public final class MonitorDaemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MonitorDaemon.class);

  /** A majority of monitors must be up within this time. */
  private static final long READY_SECONDS = 60;

  /**
   * Ceph's monitors have no lives to tell apart: clients expect nonce 0 at the address of their
   * configuration.
   */
  private static final int NONCE = 0;

  private static final EntityName ANY_MONITOR = new EntityName(EntityName.MON, -1);

  private final MonitorConfig config;
  private MonitorDirectory directory;
  private PipePool pipes;
  private Messenger messenger;
  private TcpProber prober;
  private RatisConsensus consensus;
  private Monitor monitor;
  private ManagerPort managerPort;

  public MonitorDaemon(MonitorConfig config) {
    this.config = config;
  }

  /**
   * Opens the state (or makes it), waits until there is a leader, and listens. When it returns,
   * clients are served.
   *
   * @throws IOException in one line: directory in use or another cluster's, port taken, no majority
   */
  public void start() throws IOException {
    boolean started = false;
    try {
      MonitorConfig.Peer self = config.self();
      checkPort(self);
      directory = MonitorDirectory.open(config.data(), config.fsid(), UUID.randomUUID());
      directory.checkGroup(config.peers().stream().map(MonitorConfig.Peer::name).toList());
      GlobalIdPool globalIds = new GlobalIdPool();
      Linux linux = Linux.instance();
      pipes =
          new PipePool(linux, new CopyMeter(), 0); // a monitor's messages are small: memory only
      EntityName name = EntityName.mon(config.rank());
      messenger = new EpollMessenger(new MessengerConfig(name, NONCE, 1, linux, pipes, globalIds));
      prober = new TcpProber();
      monitor = new Monitor(identity(), messenger.loop(0), globalIds, prober);
      Messenger others = messenger;
      monitor.reach((addr, events) -> others.connect(ANY_MONITOR, addr, events, others.loop(0)));
      consensus = new RatisConsensus(raft(), new MonMachine(monitor));
      consensus.start();
      monitor.start(consensus);
      awaitReady();
      int life = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
      String manager = config.peers().get(0).name(); // as whom every monitor answers
      ManagerSide side = new ManagerSide(monitor);
      managerPort = new ManagerPort(manager, self.ip(), life, monitor.now(), side);
      monitor.manager(managerPort.map());
      messenger.listen(EntityAddr.msgr2(self.ip(), self.port(), NONCE), monitor);
      LOG.info(
          "mon.{} of cluster {} serves at {}:{}",
          config.name(),
          directory.fsid(),
          self.ip(),
          self.port());
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  /** Says that the port is taken before anything is opened. */
  private static void checkPort(MonitorConfig.Peer self) throws IOException {
    try (ServerSocket probe = new ServerSocket(self.port(), 1, InetAddress.getByName(self.ip()))) {
      LOG.debug("{} is free", probe.getLocalSocketAddress());
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on " + self.ip() + ":" + self.port() + ": " + e.getMessage(), e);
    }
  }

  private RatisConsensus.Config raft() {
    List<String> peers =
        config.peers().stream().map(peer -> peer.ip() + ":" + peer.raftPort()).toList();
    return new RatisConsensus.Config(config.rank(), peers, directory.fsid(), directory.raft());
  }

  private Monitor.Identity identity() {
    SortedMap<String, AddrVec> monitors = new TreeMap<>();
    for (MonitorConfig.Peer peer : config.peers()) {
      monitors.put(peer.name(), AddrVec.of(EntityAddr.msgr2(peer.ip(), peer.port(), NONCE)));
    }
    return new Monitor.Identity(
        config.name(), directory.fsid(), monitors, config.defaultSize(), config.failureDomain());
  }

  private void awaitReady() throws IOException {
    try {
      monitor.ready().get(READY_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no majority of the monitors came up in " + READY_SECONDS + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the monitor started", e);
    }
  }

  /**
   * Completes when the log fails (disk full, I/O error): the process should say so and end, to be
   * started again.
   */
  public CompletableFuture<Throwable> failed() {
    return monitor.failed();
  }

  /** The cluster's id. */
  public UUID fsid() {
    return directory.fsid();
  }

  /** What Prometheus is told: names with labels, and values. */
  public Map<String, Number> metrics() {
    return monitor == null ? Map.of() : monitor.metrics().join();
  }

  /** What the admin socket shows: names to numbers and texts. */
  public Map<String, Object> status() {
    return monitor == null ? Map.of("state", "closed") : monitor.status().join();
  }

  /**
   * Stops serving and closes the log; what was answered is durable with or without it. Once closed,
   * nothing more happens.
   */
  @Override
  public void close() throws IOException {
    // No new connections first: a client whose connection is closed comes back at once.
    if (messenger != null) {
      messenger.stopListening();
    }
    if (managerPort != null) {
      managerPort.stopListening();
    }
    if (monitor != null) {
      monitor.stop();
    }
    IOException failure = null;
    // The log before the messenger's loops: it calls the monitor, which lives on one, until it is
    // closed.
    for (AutoCloseable each :
        Arrays.asList(prober, consensus, managerPort, messenger, pipes, directory)) {
      try {
        if (each != null) {
          each.close();
        }
      } catch (Exception e) {
        IOException wrapped = new IOException("closing " + each + ": " + e.getMessage(), e);
        if (failure == null) {
          failure = wrapped;
        } else {
          failure.addSuppressed(wrapped);
        }
      }
    }
    monitor = null;
    prober = null;
    consensus = null;
    managerPort = null;
    messenger = null;
    pipes = null;
    directory = null;
    if (failure != null) {
      throw failure;
    }
  }
}
