package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;

/**
 * The lines of {@code ceph-commands.txt}: the exit code that {@code compare-commands --record} had
 * from Ceph 16.2.15 for each, ours behind a slash and with a reason where it is another one, {@code
 * *} where Ceph has none to compare with.
 */
final class TypedCommands {
  private static final Path LIST =
      Path.of("src", "test", "resources", "ceph-commands.txt").toAbsolutePath();
  private static final Pattern LINE =
      Pattern.compile("(\\d+|\\*)(?:/(\\d+))? (\\S.*?)(?:  # (\\S.*))?");
  private static final int HANGS = 124;

  private final SortedMap<Integer, Line> lines = new TreeMap<>();

  /**
   * One command.
   *
   * @param ours the exit code that we have a reason for, or null where it must be Ceph's
   */
  record Line(String ceph, String ours, String words, String reason) {
    /** What was typed must have ended as wanted, and have said something where it failed. */
    void check(String got, SoftAssertions all) {
      int exit = Integer.parseInt(got.split(" ")[0]);
      all.assertThat(exit).as("124: hangs, 128 on: died: %s", got).isLessThan(HANGS);
      if (!ceph.equals("*") || ours != null) {
        String wanted = ours == null ? ceph : ours;
        all.assertThat("" + exit).as("exit code of %s", got).isEqualTo(wanted);
      }
      if (exit != 0) {
        all.assertThat(got.substring(got.indexOf(": ") + 2)).as(got).isNotBlank();
      }
    }
  }

  /** By number in the file, from 1, without comments and "wait". */
  static TypedCommands listed() throws IOException {
    TypedCommands typed = new TypedCommands();
    List<String> all = Files.readAllLines(LIST);
    for (int i = 0; i < all.size(); i++) {
      String text = all.get(i);
      if (text.isBlank() || text.startsWith("#") || text.equals("wait")) {
        continue;
      }
      Matcher found = LINE.matcher(text);
      assertThat(found.matches()).as(text).isTrue();
      Line line = new Line(found.group(1), found.group(2), found.group(3), found.group(4));
      assertThat(line.reason() != null || line.ours() == null).as("a reason: " + text).isTrue();
      assertThat(line.ceph()).as("the reason is gone: " + text).isNotEqualTo(line.ours());
      typed.lines.put(i + 1, line);
    }
    return typed;
  }

  SortedMap<Integer, Line> lines() {
    return lines;
  }

  /** Types all of them. Returns "EXIT WORDS: LAST LINE OF ITS OUTPUT" by number. */
  Map<Integer, String> typeOn(TestCluster cluster, String pool, String pg) {
    List<String> line =
        List.of(
            "/usr/bin/python3",
            LIST.resolveSibling("every-command.py").toString(),
            LIST.toString(),
            "POOL=" + pool,
            "PG=" + pg,
            "DIR=" + cluster.dir(),
            "MGR=a",
            "OUT=" + cluster.path("every"));
    String conf = cluster.path("ceph.conf").toString();
    Map<Integer, String> got = new TreeMap<>();
    for (String each : new Command(line).env("CEPH_CONF", conf).run().ok().out().lines().toList()) {
      int space = each.indexOf(' ');
      got.put(Integer.parseInt(each.substring(0, space)), each.substring(space + 1));
    }
    return got;
  }
}
