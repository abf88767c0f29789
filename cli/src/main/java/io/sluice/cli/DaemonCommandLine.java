package io.sluice.cli;

import io.sluice.cli.ClusterSpec.Daemon;
import io.sluice.objectstore.DiskStore;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a daemon of a local cluster is started: this same Java and jar, a small heap, and its
 * options.
 */
final class DaemonCommandLine {
  /**
   * An idle OSD stays under 350 MiB of resident memory: a small heap that is given back, few
   * arenas, room in direct memory for the payloads of senders that are not ours. What small writes
   * leave behind dies young in a nursery of its own size, and the old generation has room before it
   * is full: with 24 MiB of heap and a tenth free the collector took 1.8 times the CPU. Half of
   * what a young collection moves is moved once more if it may stay, and a nursery of 32 MiB is
   * twice as long in one go: pauses of 13 ms instead of 6.5, for the same CPU a write. (ADR 33)
   */
  private static final List<String> OSD_MEMORY =
      List.of(
          "-Xms64m",
          "-Xmn16m",
          "-XX:MaxTenuringThreshold=1",
          "-Xmx192m",
          "-XX:MinHeapFreeRatio=30",
          "-XX:MaxHeapFreeRatio=60",
          "-XX:MaxDirectMemorySize=768m",
          "-XX:ReservedCodeCacheSize=64m");

  private static final List<String> MON_MEMORY =
      List.of(
          "-Xms24m",
          "-Xmx192m",
          "-XX:MinHeapFreeRatio=10",
          "-XX:MaxHeapFreeRatio=30",
          "-XX:MaxDirectMemorySize=128m",
          "-XX:ReservedCodeCacheSize=64m");

  /**
   * What is hot and compiled already is called, not compiled again into each of its callers. With
   * the JVM's own bounds (325, 2500) an OSD spends 10 to 13 s of CPU in C2 before it is warm, with
   * these 4; an operation may cost somewhat more afterwards. (ADR 23)
   */
  private static final List<String> COMPILER =
      List.of("-XX:FreqInlineSize=100", "-XX:InlineSmallCode=800");

  private static final List<String> ALL =
      List.of(
          "-XX:+UseSerialGC",
          "-Xss512k",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "-Djava.awt.headless=true");

  /**
   * More for the JVMs of daemons, by spaces: {@code -Dsluice.owners=enforce}, {@code
   * -Dsluice.tripwire=crc}.
   */
  static final String OPTIONS = "SLUICE_DAEMON_OPTS";

  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private DaemonCommandLine() {}

  static List<String> of(ClusterDir dir, ClusterSpec spec, Daemon daemon) {
    List<String> line = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      line.add(
          "/usr/bin/setsid"); // out of our terminal's process group: Ctrl-C here does not reach it
    }
    line.addAll(attached(dir, spec, daemon, KeptStarts.flags(code(), !daemon.isMon())));
    return line;
  }

  /**
   * One that stays in our session.
   *
   * @param kept what its JVM does about what is kept beside the jar
   */
  static List<String> attached(ClusterDir dir, ClusterSpec spec, Daemon daemon, List<String> kept) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvm(daemon.isMon()));
    line.addAll(words(System.getenv(OPTIONS)));
    line.addAll(program(kept));
    line.addAll(daemon.isMon() ? monOptions(spec, daemon) : osdOptions(dir, spec, daemon));
    if (daemon.metricsPort() != 0) {
      line.addAll(List.of("--metrics-port", Integer.toString(daemon.metricsPort())));
    }
    line.addAll(List.of("--data", dir.data(daemon.name()).toString()));
    line.addAll(List.of("--admin-socket", dir.adminSocket(daemon.name()).toString()));
    return line;
  }

  /** What the JVM of each daemon is told. */
  static List<String> jvm(boolean isMon) {
    List<String> flags = new ArrayList<>(ALL);
    flags.addAll(COMPILER);
    flags.addAll(isMon ? MON_MEMORY : OSD_MEMORY);
    if (!isMon && mayAskForHugePages(HUGE_PAGES)) {
      flags.add("-XX:+UseTransparentHugePages");
    }
    flags.addAll(versionFlags(Runtime.version().feature()));
    return flags;
  }

  /**
   * Whether the kernel gives huge pages to who asks for them; where it does not, the JVM would
   * warn. An OSD spends up to a tenth less CPU on small operations. (ADR 52)
   *
   * @param setting as Linux has it: {@code always [madvise] never}
   */
  static boolean mayAskForHugePages(Path setting) {
    try {
      return !Files.readString(setting).contains("[never]");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What newer JVMs want to hear so that they do not warn; older ones would refuse to start with
   * it.
   */
  static List<String> versionFlags(int feature) {
    return feature >= 23 ? List.of("--sun-misc-unsafe-memory-access=allow") : List.of();
  }

  static List<String> words(String text) {
    return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  private static List<String> program(List<String> kept) {
    Path code = code();
    List<String> line = new ArrayList<>();
    if (Files.isRegularFile(code)) {
      line.addAll(kept);
      line.addAll(List.of("-jar", code.toString()));
    } else {
      line.add("--enable-native-access=ALL-UNNAMED"); // the jar says so in its manifest
      line.addAll(
          List.of("-cp", absolute(System.getProperty("java.class.path")), Main.class.getName()));
    }
    return line;
  }

  /** Where we run from: the jar, or a directory of classes in tests. */
  static Path code() {
    try {
      return Path.of(
          DaemonCommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private static List<String> monOptions(ClusterSpec spec, Daemon daemon) {
    List<String> line = new ArrayList<>();
    spec.monPeers().forEach(peer -> line.addAll(List.of("--peer", peer)));
    line.addAll(
        0,
        List.of(
            "mon",
            "--id",
            daemon.id(),
            "--addr",
            address(daemon),
            "--fsid",
            spec.fsid().toString(),
            "--failure-domain",
            "osd",
            "--pool-size",
            Integer.toString(spec.size())));
    return line;
  }

  private static List<String> osdOptions(ClusterDir dir, ClusterSpec spec, Daemon daemon) {
    long share = dir.root().toFile().getUsableSpace() / spec.osds().size(); // of one disk
    return List.of(
        "osd",
        "--id",
        daemon.id(),
        "--addr",
        address(daemon),
        "--mon-host",
        spec.monHost(),
        "--fsid",
        spec.fsid().toString(),
        "--host",
        "localhost",
        "--pipe-sharers",
        Integer.toString(spec.osds().size() + 1), // and a client
        "--store-size",
        Long.toString(DiskStore.sizeFor(share)));
  }

  private static String address(Daemon daemon) {
    return ClusterDir.LOOPBACK + ":" + daemon.port();
  }
}
