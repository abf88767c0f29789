package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.ClusterSpec.Daemon;
import io.sluice.client.CephConf;
import io.sluice.types.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * What the command says to wrong command lines and directories: one line, and the right exit code.
 */
class MainTest {
  /** Two are picocli's own, one is hidden. */
  private static final String NEEDS_NONE = "help|train";

  @TempDir private Path dir;

  private record Ended(int exit, String err) {}

  private Ended run(String... args) {
    PrintStream before = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      return new Ended(Main.run(args), err.toString(StandardCharsets.UTF_8).strip());
    } finally {
      System.setErr(before);
    }
  }

  private void assertOneLine(Ended ended, int exit, String... words) {
    assertThat(ended.exit()).as(ended.err()).isEqualTo(exit);
    assertThat(ended.err()).isNotEmpty().doesNotContain("\n").contains(words);
  }

  @Test
  void shouldSayUsageWhenCommandLineIsWrong() {
    assertOneLine(run(), 2, "quickstart");
    assertOneLine(run("frobnicate"), 2, "frobnicate");
    assertOneLine(run("rados", "-p", "p", "frobnicate"), 2, "frobnicate");
    assertOneLine(run("rados", "ls"), 2, "pool name");
    assertOneLine(run("rados", "-p", "p", "put", "only-object"), 2, "FILE");
    assertOneLine(run("cluster"), 2, "start");
    assertOneLine(run("cluster", "start", "--osds", "0", "--dir", dir.toString()), 2, "--osds");
    assertOneLine(
        run("cluster", "start", "--osds", "2", "--size", "3", "--dir", dir.toString()),
        2,
        "--size");
    assertOneLine(run("mon"), 2, "--data");
    assertOneLine(run("osd"), 2, "--data");
    assertOneLine(run("osd", "--data", dir.toString()), 2, "--mon-host");
    assertOneLine(
        run("osd", "--id", "0", "--mon-host", "nonsense", "--data", dir.toString()), 2, "nonsense");
    assertOneLine(run("mon", "--data", dir.toString(), "--addr", "1.2.3.4:99999"), 2, "port");
  }

  @Test
  void shouldTakeThePoolBeforeAndBehindTheVerb() {
    String none = dir.resolve("none").toString();
    assertOneLine(run("rados", "-p", "p", "ls", "-c", none), 1, "cannot read " + none);
    assertOneLine(run("rados", "ls", "-p", "p", "-c", none), 1, "cannot read " + none);
    assertOneLine(run("rados", "-c", none, "bench", "1", "seq", "-p", "p"), 1, "cannot read");
    assertOneLine(run("rados", "bench", "1", "seq"), 2, "pool name");
  }

  @Test
  void shouldGiveAnExampleInTheHelpOfEveryCommand() {
    List<String> without = new ArrayList<>();
    addWithoutExample(Main.of(Main.COMMANDS.values()), without);
    assertThat(without).isEmpty();
  }

  /** Where a command that is named first is looked for. */
  @Test
  void shouldKnowEachCommandByItsName() {
    assertThat(Main.of(Main.COMMANDS.values()).getSubcommands().keySet())
        .containsExactlyElementsOf(Main.COMMANDS.keySet());
  }

  private static void addWithoutExample(CommandLine line, List<String> without) {
    CommandLine.Model.CommandSpec spec = line.getCommandSpec();
    String footer = String.join("\n", spec.usageMessage().footer());
    boolean example = footer.matches("(?s).*sluice .*\\b" + spec.name() + "\\b.*");
    if (line.getParent() != null && !spec.name().matches(NEEDS_NONE) && !example) {
      without.add(spec.qualifiedName());
    }
    line.getSubcommands().values().forEach(each -> addWithoutExample(each, without));
  }

  @Test
  void shouldSayThereIsNoClusterWhenDirectoryHasNone() {
    for (String command : List.of("status", "pool", "cluster")) {
      String second =
          command.equals("pool") ? "ls" : command.equals("cluster") ? "stop" : "--format";
      String third = command.equals("status") ? "json" : "--debug";
      Ended ended =
          run(
              command,
              second,
              third.equals("--debug") ? "--dir" : third,
              third.equals("--debug") ? dir.toString() : "--dir=" + dir);
      assertOneLine(ended, 1, "no cluster in " + dir);
    }
    assertOneLine(
        run("daemon", "osd.0", "perf", "dump", "--dir", dir.toString()), 1, "osd.0 is not running");
    assertOneLine(run("fsck", dir.resolve("none").toString()), 1, "none");
  }

  @Test
  void shouldComplainOfInputBeforeAskingTheCluster() {
    assertOneLine(
        run("rados", "-p", "p", "put", "x", dir.resolve("missing").toString()),
        1,
        "error reading input file " + dir.resolve("missing") + ": (2) No such file or directory");
    assertOneLine(run("rados", "-p", "p", "put", "x", dir.toString()), 1, "(21) Is a directory");
    assertOneLine(
        run("quickstart", dir.resolve("missing").toString(), "--dir", dir.toString()),
        1,
        "missing");
  }

  @Test
  void shouldSayItIsNotRunningWhenTheClusterWasStopped() {
    ClusterDir cluster = new ClusterDir(dir);
    cluster.create(
        new ClusterSpec(
            new UUID(1, 2), 1, List.of(new Daemon("mon.a", 3301), new Daemon("osd.0", 6801))));
    assertOneLine(
        run("status", "--dir", dir.toString()), 1, "is not running", "sluice cluster start");
    assertOneLine(
        run("cluster", "kill", "osd.7", "--dir", dir.toString()), 1, "there is no osd.7", "osd.0");
    assertOneLine(
        run("cluster", "kill", "osd.0", "--dir", dir.toString()), 1, "osd.0 is not running");
    assertOneLine(run("cluster", "start", "--osds", "3", "--dir", dir.toString()), 1, "has 1 OSDs");
  }

  @Test
  void shouldKeepWhatTheClusterConsistsOf() throws IOException {
    ClusterDir cluster = new ClusterDir(dir.resolve("new"));
    ClusterSpec spec = new ClusterStart.Wish(2, null, null).fresh();
    cluster.create(spec);
    assertThat(cluster.load()).isEqualTo(spec);
    assertThat(spec.size()).isEqualTo(2);
    CephConf conf = CephConf.read(cluster.conf());
    assertThat(conf.global("fsid")).isEqualTo(spec.fsid().toString());
    assertThat(conf.monHosts().get(0).msgr2().port()).isEqualTo(spec.mons().get(0).port());
    Files.writeString(cluster.specFile(), "{");
    assertThat(run("status", "--dir", cluster.root().toString()).err())
        .contains("cluster.json is damaged");
  }

  @Test
  void shouldFindPortsThatAreFreeAndDifferent() throws IOException {
    List<Integer> ports = FreePorts.find(20);
    assertThat(new HashSet<>(ports)).hasSize(20);
    try (ServerSocket taken = new ServerSocket(ports.get(0), 1, InetAddress.getLoopbackAddress())) {
      assertThat(taken.isBound()).isTrue();
    }
  }
}
