package io.sluice.cli;

import io.sluice.cli.ClusterSpec.Daemon;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.client.RadosException;
import io.sluice.types.FreePorts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * A cluster of a monitor and two OSDs that lives for seconds, in which one OSD records what it
 * loads and what its methods meet: the AOT cache that its JVM leaves makes later OSDs fast from
 * their first second (ADR 44). The OSD runs with a daemon's own flags, and is primary of some
 * groups and replica of others.
 *
 * <p><b>Invariants:</b> the cache appears whole or not at all; no daemon outlives {@value
 * #LIFE_SECONDS_MAX} s and the minute in which it ends, whatever becomes of this process.
 */
final class OsdTraining {
  private static final int LIFE_SECONDS_MAX = 150;
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  /** Its JVM starts another one that makes the cache, and waits for it: 5 to 7 s of CPU. */
  private static final int ASSEMBLY_SECONDS_MAX = 60;

  /** {@code timeout} is to end them then, not we: it would leave its child behind. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(ASSEMBLY_SECONDS_MAX + 15);

  private static final int IN_FLIGHT = 16;

  /** What a pool is set to: librados' payload arrives in slots. */
  private static final Map<String, String> POOLS =
      Map.of("lazy", "integrity lazy", "ingest", "integrity ingest", "slot", "receive slot");

  /** Bytes of objects and how many of them, in each pool. */
  private static final Map<Integer, Integer> LOADS =
      new LinkedHashMap<>(Map.of(4 << 10, 2000, 64 << 10, 300, 4 << 20, 12));

  private final ClusterDir dir;
  private final ClusterSpec spec;
  private final Path draft;

  OsdTraining(Path scratch) {
    dir = new ClusterDir(scratch);
    List<Integer> ports = FreePorts.find(3);
    spec =
        new ClusterSpec(
            UUID.randomUUID(),
            2,
            List.of(
                new Daemon("mon.a", ports.get(0)),
                new Daemon("osd.0", ports.get(1)),
                new Daemon("osd.1", ports.get(2))));
    draft = dir.root().resolve("draft.aot");
  }

  /** Blocks until the cache is there, or says why there is none. Removes its scratch directory. */
  void leave(Path cache) throws IOException {
    dir.create(spec);
    Map<DaemonProcess, Process> started = new LinkedHashMap<>();
    DaemonProcess recorded = new DaemonProcess(dir, spec.daemon("osd.0"));
    try {
      for (Daemon daemon : spec.daemons()) {
        DaemonProcess process = new DaemonProcess(dir, daemon);
        started.put(process, process.start(line(daemon, process.equals(recorded))));
      }
      new ClusterWait(dir, started, START_PATIENCE).untilServing();
      load();
      recorded.stop(STOP_PATIENCE);
      Files.move(draft, cache, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      started.keySet().forEach(process -> process.stop(STOP_PATIENCE));
      DirectoryTree.remove(dir.root());
    }
  }

  private List<String> line(Daemon daemon, boolean records) {
    List<String> line = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/timeout"))) {
      line.addAll(
          List.of("/usr/bin/timeout", "-k", "" + ASSEMBLY_SECONDS_MAX, "" + LIFE_SECONDS_MAX));
    }
    List<String> kept =
        records
            ? KeptStarts.recording(draft)
            : KeptStarts.flags(DaemonCommandLine.code(), !daemon.isMon());
    line.addAll(DaemonCommandLine.attached(dir, spec, daemon, kept));
    return line;
  }

  private void load() throws IOException {
    try (ClusterClient client = ClusterClient.connect(dir)) {
      for (Map.Entry<String, String> pool : POOLS.entrySet()) {
        IoContext io = pool(client, pool.getKey(), pool.getValue());
        for (Map.Entry<Integer, Integer> load : LOADS.entrySet()) {
          use(io, load.getKey(), load.getValue());
        }
      }
    }
  }

  private static IoContext pool(ClusterClient client, String name, String setting)
      throws RadosException {
    String[] words = setting.split(" ");
    client.command("{\"prefix\":\"osd pool create\",\"pool\":\"" + name + "\",\"pg_num\":8}");
    client.command(
        String.format(
            "{\"prefix\":\"osd pool set\",\"pool\":\"%s\",\"var\":\"%s\",\"val\":\"%s\"}",
            name, words[0], words[1]));
    return client.open(name);
  }

  private static void use(IoContext io, int bytes, int count) throws RadosException {
    byte[] content = new byte[bytes];
    ByteBuffer into = ByteBuffer.allocateDirect(bytes);
    ByteBuffer part = ByteBuffer.wrap(content, 0, bytes / 2);
    IntFunction<String> name = i -> bytes + "." + i % Math.max(1, count / 2); // half of them anew
    each(count, i -> io.writeFull(name.apply(i), content));
    each(count, i -> i % 8 == 0 ? io.stat(name.apply(i)) : io.read(name.apply(i), 0, into.slice()));
    each(count / 8, i -> io.setXattr(name.apply(i), "a", new byte[8]));
    each(count / 8, i -> io.xattr(name.apply(i), "a"));
    each(count / 8, i -> io.write(name.apply(i), 100, io.cluster().payloads().copyOf(part)));
    each(count / 8, i -> io.remove(name.apply(i)));
  }

  private static void each(int count, IntFunction<CompletableFuture<?>> operation)
      throws RadosException {
    Queue<CompletableFuture<?>> flying = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      if (flying.size() == IN_FLIGHT) {
        Cluster.await(flying.poll());
      }
      flying.add(operation.apply(i));
    }
    for (CompletableFuture<?> last : flying) {
      Cluster.await(last);
    }
  }
}
