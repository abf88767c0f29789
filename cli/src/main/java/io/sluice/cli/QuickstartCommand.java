package io.sluice.cli;

import io.sluice.cli.ClusterSpec.Daemon;
import io.sluice.client.IoContext;
import io.sluice.client.StripedFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sluice quickstart [FILE]}: from nothing to a file stored three times and read back, with
 * the proof.
 */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description =
        "Starts a cluster, stores a file three times, reads it back, and shows which way its bytes went.",
    footerHeading = Main.EXAMPLES,
    footer = {"  sluice quickstart", "  sluice quickstart /boot/vmlinuz --dir /srv/sluice"})
final class QuickstartCommand implements Callable<Integer> {
  private static final String POOL = "quickstart";
  private static final int REPLICAS = 3;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "what to store (default: sluice's own jar)")
  private Path file;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws Exception {
    ClusterDir dir = Main.of(spec).dir();
    Path source = file == null ? ownJar() : file;
    FileInput.open(source.toString()).close(); // complain before anything is started
    ClusterSpec cluster = cluster(dir);
    try (ClusterClient client = ClusterClient.connect(dir)) {
      client.command("{\"prefix\":\"osd pool create\",\"pool\":\"" + POOL + "\"}");
      client.command(
          "{\"prefix\":\"osd pool application enable\",\"pool\":\""
              + POOL
              + "\",\"app\":\"rados\"}");
      store(dir, cluster, client.open(POOL), source);
    }
    memory(dir, cluster);
    whatNext(dir, source);
    return 0;
  }

  private static Path ownJar() {
    Path code = DaemonCommandLine.code();
    if (!Files.isRegularFile(code)) {
      throw CommandFailure.usage(
          "quickstart: say which FILE to store (this is not run from the jar)");
    }
    return code;
  }

  private ClusterSpec cluster(ClusterDir dir) throws IOException {
    if (dir.exists()) {
      ClusterSpec known = dir.load();
      long running =
          known.daemons().stream()
              .filter(d -> new DaemonProcess(dir, d).running().isPresent())
              .count();
      if (running == known.daemons().size()) {
        out.println("cluster    using the one running in " + dir.root());
        return known;
      }
    }
    long begin = System.nanoTime();
    ClusterSpec started = new ClusterStart(dir).start(new ClusterStart.Wish(null, null, null));
    out.printf(
        "cluster    %d monitor + %d OSDs, each a process, in %s: serving after %.1f s%n",
        started.mons().size(), started.osds().size(), dir.root(), ClusterCommand.seconds(begin));
    return started;
  }

  private void store(ClusterDir dir, ClusterSpec cluster, IoContext io, Path source)
      throws IOException {
    String name = source.getFileName().toString();
    ZeroCopy before = ZeroCopy.now(dir, cluster);
    long begin = System.nanoTime();
    long size;
    try (FileInput input = FileInput.open(source.toString());
        Progress progress = Progress.of("storing", input.size())) {
      size = new StripedFiles(io, progress::add).put(name, input.channel());
    }
    double storing = ClusterCommand.seconds(begin);
    ZeroCopy stored = ZeroCopy.now(dir, cluster).since(before);
    int replicas = io.cluster().map().pool(io.poolId()).size();
    out.printf(
        "stored     %s: %s as %d objects of 4 MiB in pool %s, %d replicas each, durable after %.2f s (%.0f MB/s)%n",
        name,
        ZeroCopy.size(size),
        Math.max(1, (size + (4 << 20) - 1) / (4 << 20)),
        POOL,
        replicas,
        storing,
        size / storing / 1e6);
    begin = System.nanoTime();
    Digesting back = new Digesting();
    try (Progress progress = Progress.of("reading back", size)) {
      new StripedFiles(io, progress::add).get(name, () -> back);
    }
    double reading = ClusterCommand.seconds(begin);
    String was = sha256(source);
    String is = back.hex();
    if (!was.equals(is)) {
      throw new CommandFailure("what was read back differs: SHA-256 " + is + " instead of " + was);
    }
    out.printf(
        "read back  in %.2f s (%.0f MB/s), SHA-256 the same: %s%n%n",
        reading, size / reading / 1e6, is);
    out.print(stored.report(size * replicas));
    if (replicas != REPLICAS) {
      out.println("(this cluster keeps " + replicas + " replicas)");
    }
  }

  private void memory(ClusterDir dir, ClusterSpec cluster) {
    StringBuilder text = new StringBuilder("memory    ");
    for (Daemon daemon : cluster.daemons()) {
      new DaemonProcess(dir, daemon)
          .running()
          .ifPresent(
              p ->
                  text.append(' ')
                      .append(daemon.name())
                      .append(' ')
                      .append(ResidentSet.ofPid(p.pid()))
                      .append(','));
    }
    text.setLength(text.length() - 1);
    out.println();
    out.println(text);
  }

  private void whatNext(ClusterDir dir, Path source) {
    String option =
        System.getenv("SLUICE_DIR") == null && !dir.equals(new ClusterDir(Path.of(".sluice")))
            ? " --dir " + dir.root()
            : "";
    out.println();
    out.println("The cluster stays up. Try next:");
    out.println("  export CEPH_CONF=" + dir.conf());
    out.println("  rados -p " + POOL + " ls                      # Ceph's own client");
    out.println(
        "  ./sluice rados -p "
            + POOL
            + " get --striped "
            + source.getFileName()
            + " copy"
            + option);
    out.println("  ./sluice cluster kill osd.1 -9" + option + " && ./sluice status" + option);
    out.println("  ./sluice cluster revive osd.1" + option);
    out.println("  ./sluice daemon osd.0 perf dump" + option);
    out.println("  ./sluice cluster stop" + option);
  }

  private static String sha256(Path source) throws IOException {
    Digesting digest = new Digesting();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    try (FileInput input = FileInput.open(source.toString())) {
      while (input.channel().read(buffer.clear()) >= 0) {
        digest.write(buffer.flip());
      }
    }
    return digest.hex();
  }

  /** Swallows bytes and keeps their SHA-256. */
  private static final class Digesting implements WritableByteChannel {
    private final MessageDigest digest;

    Digesting() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }

    @Override
    public int write(ByteBuffer bytes) {
      int count = bytes.remaining();
      digest.update(bytes);
      return count;
    }

    String hex() {
      return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
