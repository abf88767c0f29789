package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bar of a long transfer: there where standard error is a terminal, and nowhere else. */
class ProgressTest {
  private static final long MIB = 1L << 20;

  @TempDir private Path dir;

  /** What transfers do with their bar, in a process whose standard error the test chooses. */
  static final class Transfer {
    private Transfer() {}

    public static void main(String[] args) {
      long bytes = Long.parseLong(args[0]);
      try (Progress progress = Progress.of("holiday.tar", bytes)) {
        for (long done = 0; done < bytes; done += MIB) {
          progress.add(MIB);
        }
      }
      try (Progress progress = Progress.counting("a load", bytes / MIB, " s")) {
        progress.reach(bytes / MIB);
      }
      System.out.println("transferred");
    }
  }

  private static List<String> transfer(long bytes) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    return List.of(java, "-cp", classes, Transfer.class.getName(), "" + bytes);
  }

  /** As in a terminal: {@code script} gives it one. */
  private String onTerminal(long bytes) throws Exception {
    Path script = Path.of("/usr/bin/script");
    Assumptions.assumeTrue(Files.isExecutable(script), "skipped: " + script + " is not there");
    List<String> quoted = new ArrayList<>();
    transfer(bytes).forEach(word -> quoted.add("'" + word + "'"));
    String command = String.join(" ", quoted);
    List<String> line = List.of(script.toString(), "-q", "-e", "-c", command, "/dev/null");
    ShortProcess ended = ShortProcess.run(dir.resolve("shown"), line);
    assertThat(ended.exit()).as(ended.words()).isZero();
    return ended.words();
  }

  @Test
  void shouldShowABarThatFillsOnATerminal() throws Exception {
    assertThat(onTerminal(64 * MIB))
        .contains("holiday.tar", "100%", "64/64 MiB", "a load", "64/64 s", "transferred");
  }

  @Test
  void shouldShowNoneForWhatIsDoneBeforeAnybodyCouldReadIt() throws Exception {
    assertThat(onTerminal(31 * MIB)).contains("transferred").doesNotContain("holiday.tar");
  }

  @Test
  void shouldShowNoneWhereErrorsGoToAFile() throws Exception {
    ShortProcess ended = ShortProcess.run(dir.resolve("said"), transfer(64 * MIB));
    assertThat(ended.words().strip()).isEqualTo("transferred");
  }

  @Test
  void shouldShowNoneWhereErrorsGoIntoAPipe() throws Exception {
    List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" 2>&1 | cat", "sh"));
    line.addAll(transfer(64 * MIB));
    ShortProcess ended = ShortProcess.run(dir.resolve("piped"), line);
    assertThat(ended.words().strip()).isEqualTo("transferred");
  }
}
