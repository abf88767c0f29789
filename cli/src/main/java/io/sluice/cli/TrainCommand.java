package io.sluice.cli;

import io.sluice.client.Cluster;
import io.sluice.client.ClusterConfig;
import io.sluice.client.IoContext;
import io.sluice.client.MonHosts;
import io.sluice.client.ObjectListing;
import io.sluice.client.StripedFiles;
import io.sluice.monitor.MonitorConfig;
import io.sluice.monitor.MonitorDaemon;
import io.sluice.objectstore.StoreException;
import io.sluice.osd.OsdConfig;
import io.sluice.osd.OsdDaemon;
import io.sluice.types.EntityAddr;
import io.sluice.types.FreePorts;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Runs a monitor, an OSD and a client once in this process, so that a JVM started with {@code
 * -XX:ArchiveClassesAtExit} keeps what they load: daemons then start in half the time.
 */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    hidden = true,
    description = "Loads what daemons and clients load (for what ./sluice keeps beside the jar).")
final class TrainCommand implements Callable<Integer> {
  private static final String POOL = "train";
  private static final long STORE_BYTES = 256L << 20;
  private static final int OBJECT_BYTES = 5 << 20;

  @Parameters(index = "0", paramLabel = "DIR", description = "scratch directory; removed")
  private Path dir;

  @Option(
      names = "--cache",
      paramLabel = "FILE",
      description = "instead: runs OSDs as they are run, of which one leaves an AOT cache")
  private Path cache;

  @Override
  public Integer call() throws Exception {
    if (cache != null) {
      new OsdTraining(dir).leave(cache);
      return 0;
    }
    List<Integer> ports = FreePorts.find(2);
    Files.createDirectories(dir);
    String ip = ClusterDir.LOOPBACK;
    MonitorDaemon monitor =
        new MonitorDaemon(
            MonitorConfig.single("a", dir.resolve("mon").toAbsolutePath(), ip, ports.get(0), 1));
    try (monitor) {
      monitor.start();
      OsdConfig config =
          OsdConfig.of(
              0,
              monitor.fsid(),
              dir.resolve("osd").toAbsolutePath(),
              STORE_BYTES,
              EntityAddr.msgr2(ip, ports.get(1), 0),
              MonHosts.parse(ip + ":" + ports.get(0)));
      try (OsdDaemon osd = OsdDaemon.start(config)) {
        AdminSocket socket =
            new AdminSocket(
                dir.resolve("asok"), Map.of("perf dump", new AdminSocket.Command("", osd::perf)));
        AdminClient.ask(dir.resolve("asok"), "perf dump");
        use(ports.get(0));
        socket.close();
      }
    } catch (StoreException e) {
      throw new CommandFailure(e.getMessage(), e);
    } finally {
      DirectoryTree.remove(dir);
    }
    return 0;
  }

  private static void use(int port) throws IOException {
    ClusterConfig config =
        ClusterConfig.of(MonHosts.parse(ClusterDir.LOOPBACK + ":" + port))
            .withOpTimeout(Duration.ofSeconds(20));
    try (Cluster cluster = Cluster.connect(config)) {
      Cluster.await(
          cluster.command(
              "{\"prefix\":\"osd pool create\",\"pool\":\"" + POOL + "\",\"pg_num\":8}",
              new byte[0]));
      Cluster.await(cluster.command("{\"prefix\":\"status\",\"format\":\"json\"}", new byte[0]));
      IoContext io = Cluster.await(cluster.open(POOL));
      StripedFiles files = new StripedFiles(io, bytes -> {});
      files.put("o", Channels.newChannel(new java.io.ByteArrayInputStream(new byte[OBJECT_BYTES])));
      files.get("o", () -> Channels.newChannel(java.io.OutputStream.nullOutputStream()));
      Cluster.await(io.writeFull("small", new byte[10]));
      Cluster.await(io.stat("small"));
      ObjectListing listing = io.list();
      while (!listing.next().isEmpty()) {
        Cluster.await(io.read("small", 0, 10));
      }
      files.remove("o");
    }
  }
}
