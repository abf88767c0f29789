package io.sluice.osd;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NativeHeap;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.Messenger;
import io.sluice.messenger.MessengerConfig;
import io.sluice.objectstore.DiskStore;
import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.StoreConfig;
import io.sluice.objectstore.StoreException;
import io.sluice.protocol.Errno;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An OSD as a part of a process: opens its store, listens, and serves until it is closed.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> store, messenger and pipes from {@link #start} to {@link
 * #close}.
 */
public final class OsdDaemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OsdDaemon.class);
  private static final long GOODBYE_MILLIS =
      1_000; // as long as the monitor may take to mark us down

  /** EX_SOFTWARE: tells a bug from a failed disk (74). */
  private static final int EXIT_SOFTWARE = 70;

  private final CopyMeter meter;
  private final PipePool pipes;
  private final ObjectStore store;
  private final Messenger messenger;
  private final EntityAddr addr;
  private final Osd osd;
  private final NativeHeap heap = NativeHeap.keepTrimmed();
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private boolean closed;

  private OsdDaemon(
      CopyMeter meter,
      PipePool pipes,
      ObjectStore store,
      Messenger messenger,
      EntityAddr addr,
      Osd osd) {
    this.meter = meter;
    this.pipes = pipes;
    this.store = store;
    this.messenger = messenger;
    this.addr = addr;
    this.osd = osd;
    String version = String.valueOf(getClass().getPackage().getImplementationVersion());
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("version", version);
    versions.put("release", "pacific");
    versions.put("release_type", "dev");
    osd.commands().add("version", "the version of this daemon", arguments -> versions);
    osd.commands()
        .add(
            "perf dump",
            List.of(
                "perf", "dump", DaemonCommands.parameter("logger", "CephString", "req", "false")),
            "counters, all or of one section",
            arguments -> section(perf(), arguments.path("logger").asText("")));
    osd.commands()
        .add(
            "perf histogram dump",
            List.of(
                "perf",
                "histogram",
                "dump",
                DaemonCommands.parameter("logger", "CephString", "req", "false")),
            "how many operations took how long for how many bytes",
            arguments ->
                section(
                    Map.of("osd", osd.report().counters().histograms()),
                    arguments.path("logger").asText("")));
    osd.commands()
        .add("perf schema", "what kind of number each counter is", a -> PerfSchema.of(perf()));
    osd.commands()
        .add(
            "config get",
            List.of("config", "get", DaemonCommands.parameter("var", "CephString")),
            "one of its options",
            arguments -> option(arguments.path("var").asText()));
    osd.commands().add("config show", "what it was started with, and its options", a -> config());
    osd.scrubs().load(OsdDaemon::load);
  }

  /**
   * Opens the store (which is made first where there is none), listens, and starts to talk to the
   * monitor. Returns once it listens; the monitor may be reached later.
   *
   * @throws StoreException when the store is another's, in use, or damaged
   * @throws IOException when the address cannot be listened on
   */
  public static OsdDaemon start(OsdConfig config) throws IOException, StoreException {
    checkAddress(config.addr());
    CopyMeter meter = new CopyMeter();
    PipePool pipes = new PipePool(Linux.instance(), meter, config.pipes());
    ObjectStore store = null;
    Messenger messenger = null;
    try {
      store =
          DiskStore.openOrCreate(
              config.dataDir(),
              config.fsid(),
              config.osd(),
              config.storeBytes(),
              StoreConfig.standard(meter).with(pipes));
      int nonce =
          config.nonce() == 0
              ? 1 + new SecureRandom().nextInt(Integer.MAX_VALUE - 1)
              : config.nonce();
      messenger =
          new EpollMessenger(
              new MessengerConfig(
                  EntityName.osd(config.osd()),
                  nonce,
                  config.loops(),
                  Linux.instance(),
                  pipes,
                  null));
      LateDispatcher late = new LateDispatcher();
      EntityAddr addr = messenger.listen(config.addr(), late);
      OsdIdentity identity =
          new OsdIdentity(config.osd(), config.fsid(), addr, config.host(), config.monitors());
      Osd osd = new Osd(identity, messenger, store, pipes, OsdDaemon::halt);
      osd.options().ofHost(config.osdsOfHost());
      late.behind = osd;
      osd.start();
      LOG.info("osd.{} listens on {}", config.osd(), addr);
      OsdDaemon daemon = new OsdDaemon(meter, pipes, store, messenger, addr, osd);
      daemon.note(config);
      return daemon;
    } catch (IOException | StoreException | RuntimeException e) {
      closeAll(messenger, store, pipes);
      throw e;
    }
  }

  private void note(OsdConfig config) {
    settings.put("whoami", config.osd());
    settings.put("fsid", config.fsid().toString());
    settings.put("host", config.host());
    settings.put("osd_data", config.dataDir().toString());
    settings.put("public_addr", addr.toString());
    settings.put("mon_host", config.monitors().toString());
    settings.put("loops", config.loops());
    settings.put("pipes", pipes.maxPipes());
    settings.put("osd_max_object_size", Limits.OBJECT_BYTES);
    settings.put("osd_max_write_size", Limits.WRITE_OP_BYTES >> 20); // MiB, as Ceph's
    settings.put("osd_client_message_size_cap", Limits.CLIENT_BYTES);
  }

  /** Values are text, as Ceph's. */
  private Map<String, Object> config() {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.putAll(osd.options().show());
    all.replaceAll((name, value) -> value.toString());
    return all;
  }

  /**
   * One section, or all of them when no name is given; nothing of one that is not there, as Ceph.
   */
  public static Map<String, Object> section(Map<String, Object> all, String name) {
    if (name.isEmpty()) {
      return all;
    }
    return all.containsKey(name) ? Map.of(name, all.get(name)) : Map.of();
  }

  private Object option(String name) {
    Object value = config().get(name);
    return value == null
        ? DaemonCommands.Answer.refused(
            Errno.ENOENT, "error getting '" + name + "': (2) No such file or directory")
        : Map.of(name, value);
  }

  private static double load() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system.getSystemLoadAverage() / system.getAvailableProcessors();
  }

  private static void checkAddress(EntityAddr addr) throws IOException {
    InetAddress ip = addr.socketAddress().getAddress();
    if (ip.isAnyLocalAddress()) {
      throw new IOException(
          "cannot listen on "
              + ip.getHostAddress()
              + ": give the address at which others reach this machine");
    }
    if (!ip.isLoopbackAddress()) {
      LOG.warn(
          "listening on {}: open to the network, without authentication; whoever reaches it can read and write",
          ip.getHostAddress());
    }
  }

  /**
   * A bug: ends the process at once, without answering anybody; others take over from what is
   * durable.
   */
  private static void halt(Throwable cause) {
    LOG.error("placement group failed; the daemon stops", cause);
    Runtime.getRuntime().halt(EXIT_SOFTWARE);
  }

  private static void closeAll(Messenger messenger, ObjectStore store, PipePool pipes) {
    if (messenger != null) {
      messenger.close();
    }
    if (store != null) {
      store.close();
    }
    pipes.close();
  }

  /** Where it listens, with the nonce of this life. */
  public EntityAddr addr() {
    return addr;
  }

  /** True while the newest map says that it is up. */
  public boolean isUp() {
    return osd.amUp();
  }

  /** Epoch of the newest map it has; 0 before the first. */
  public int epoch() {
    return osd.epoch();
  }

  /** {@code perf dump}: sections zerocopy, osd, store, messenger, pgs. */
  public Map<String, Object> perf() {
    Map<String, Object> zerocopy = new LinkedHashMap<>(meter.snapshot());
    zerocopy.put("pipes_in_use", pipes.inUse());
    zerocopy.put("pipes_pooled", pipes.pooled());
    zerocopy.put("pipes_max", pipes.maxPipes());
    zerocopy.put("owners", meter.ownersByKind());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("zerocopy", zerocopy);
    OsdReport report = osd.report();
    all.put("osd", report.osd(store));
    all.put("store", store.perf());
    all.put("messenger", messenger.counters());
    all.put("pgs", report.pgStates());
    return all;
  }

  /** Averages of section osd: name to seconds to how many operations took less, ascending. */
  public Map<String, Map<Double, Long>> latencies() {
    return osd.report().counters().latencies();
  }

  /** {@code status}. */
  public Map<String, Object> status() {
    return osd.report().status();
  }

  /** Names and help of what {@link #command} knows. */
  public Map<String, String> commands() {
    return osd.commands().help();
  }

  /** The words and parameters of a command, as Ceph's tools read them. */
  public List<Object> signature(String prefix) {
    return osd.commands().signature(prefix);
  }

  /** What a command gives: plain values, ready for JSON. */
  public Object command(String prefix, JsonNode arguments) {
    return osd.commands().run(prefix, arguments);
  }

  /** Says goodbye to the monitor, which marks us down at once, and ends everything in order. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    osd.stop();
    awaitMarkedDown();
    osd.close();
    store.close();
    messenger.close();
    pipes.close();
    heap.close();
    LOG.info("osd at {} stopped", addr);
  }

  private void awaitMarkedDown() {
    long until = System.currentTimeMillis() + GOODBYE_MILLIS;
    try {
      while (osd.amUp() && System.currentTimeMillis() < until) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
