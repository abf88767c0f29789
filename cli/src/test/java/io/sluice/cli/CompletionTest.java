package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bash offers when TAB is pressed behind some words. */
class CompletionTest {
  private static final Path BASH = Path.of("/bin/bash");

  /** Gives a process a terminal. */
  private static final Path SCRIPT = Path.of("/usr/bin/script");

  /** As bash calls the function; {@code compopt} works nowhere else. */
  private static final String ASK =
      "source \"$0\"; compopt() { :; };"
          + " COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1));"
          + " function=$(complete -p sluice | sed 's/.*-F \\([^ ]*\\) .*/\\1/');"
          + " $function; printf '%s\\n' \"${COMPREPLY[@]}\"";

  @TempDir private static Path dir;

  @BeforeAll
  static void generate() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(BASH), "skipped: there is no " + BASH);
    PrintStream before = System.out;
    ByteArrayOutputStream script = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(script, true, StandardCharsets.UTF_8));
      assertThat(Main.run("generate-completion")).isZero();
    } finally {
      System.setOut(before);
    }
    Files.write(dir.resolve("completion"), script.toByteArray());
  }

  private static List<String> offered(String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of(BASH.toString(), "--norc", "-c", ASK));
    line.add(dir.resolve("completion").toString());
    line.add("sluice");
    line.addAll(List.of(words));
    ShortProcess ended = ShortProcess.run(dir.resolve("offered"), line);
    assertThat(ended.exit()).as(ended.words()).isZero();
    return ended.words().strip().lines().toList();
  }

  @Test
  void shouldOfferCommands() throws Exception {
    assertThat(offered("")).contains("quickstart", "cluster", "rados").doesNotContain("train");
    assertThat(offered("ra")).containsExactly("rados");
    assertThat(offered("store")).containsExactly("store-stress");
  }

  @Test
  void shouldOfferSubcommands() throws Exception {
    assertThat(offered("cluster", ""))
        .containsExactlyInAnyOrder("start", "stop", "status", "kill", "revive");
    assertThat(offered("rados", "pu")).containsExactly("put");
    assertThat(offered("cluster", "nonsense")).isEmpty();
  }

  @Test
  void shouldOfferSubcommandsBehindOptionsAndTheirValues() throws Exception {
    String[] verbs = {"bench", "append", "get", "ls", "lspools", "put", "rm", "stat", "truncate"};
    assertThat(offered("rados", "-c", "conf", "")).containsExactlyInAnyOrder(verbs);
    assertThat(offered("rados", "-p", "bench", "")).containsExactlyInAnyOrder(verbs);
    assertThat(offered("rados", "-p", "pool", "pu")).containsExactly("put");
    assertThat(offered("rados", "--pool", "=", "pool", "-c", "cluster", "b"))
        .containsExactly("bench");
    assertThat(offered("--dir", "osd", "rados", "-f", "json", "ls"))
        .containsExactlyInAnyOrder("ls", "lspools");
    assertThat(offered("--debug", "--dir", "rados", "cluster", "sta"))
        .containsExactlyInAnyOrder("start", "status");
  }

  @Test
  void shouldTakeNoOtherWordForACommand() throws Exception {
    assertThat(offered("rados", "-p", "p", "put", "bench", "--st")).containsExactly("--striped");
    assertThat(offered("rados", "-p", "p", "bench", "10", "put", "--no"))
        .containsExactly("--no-cleanup");
    assertThat(offered("rados", "--format", "J")).containsExactly("JSON");
    assertThat(offered("rados", "--format", "=", "J")).containsExactly("JSON");
  }

  /** A line that is typed into a bash of its own, at a terminal of its own. */
  @Test
  void shouldCompleteWhatIsTypedAtATerminal() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "skipped: there is no " + SCRIPT);
    Path keys = dir.resolve("keys");
    Files.writeString(
        keys,
        "sluice() { echo \"typed: $*.\"; }; source "
            + dir.resolve("completion")
            + "\nsluice --dir bench rad\t-c conf -p pool trunc\tx\n./sluice ra\tpu\t\nexit\n");
    String typed = "exec " + BASH + " --norc --noprofile -i";
    List<String> line = List.of(SCRIPT.toString(), "-qefc", typed, "/dev/null");
    ShortProcess ended = ShortProcess.run(keys, dir.resolve("typed"), line);
    assertThat(ended.words())
        .as(ended.words())
        .contains("typed: --dir bench rados -c conf -p pool truncate x.", "./sluice rados put ");
  }

  @Test
  void shouldOfferOptions() throws Exception {
    assertThat(offered("cluster", "start", "--o")).containsExactly("--osds");
    assertThat(offered("osd", "--m")).containsExactlyInAnyOrder("--mon-host", "--metrics-port");
  }
}
