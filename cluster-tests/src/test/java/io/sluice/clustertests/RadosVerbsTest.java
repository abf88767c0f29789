package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The verbs of Debian's {@code rados} beyond put and get: answers and exit codes as Ceph 16.2.15
 * gives them.
 */
class RadosVerbsTest {
  private static TestCluster cluster;
  private static Path hello;

  @BeforeAll
  static void start() throws IOException {
    Tools.require("rados", "ceph-common");
    cluster = TestCluster.startCalm(3, 3);
    cluster.sluice("pool", "create", "verbs").ok();
    hello = Files.writeString(cluster.path("hello"), "hello\n");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Finished rados(String... words) {
    List<String> line = new ArrayList<>(List.of("-p", "verbs"));
    line.addAll(List.of(words));
    return cluster.ceph("rados", line.toArray(new String[0]));
  }

  private static void put(String object) {
    rados("put", object, hello.toString()).ok();
  }

  @Test
  void shouldChangeSizesWhenAppendedAndTruncated() {
    rados("create", "sizes").ok();
    assertThat(rados("create", "sizes").exit()).isEqualTo(1);
    rados("append", "sizes", hello.toString()).ok();
    rados("append", "sizes", hello.toString()).ok();
    assertThat(rados("stat", "sizes").ok().out()).contains("size 12");
    rados("truncate", "sizes", "3").ok();
    assertThat(rados("stat2", "sizes").ok().out()).contains("size 3");
    rados("touch", "touched").ok();
    assertThat(rados("stat", "touched").ok().out()).contains("size 0");
  }

  @Test
  void shouldKeepAttributesAndOmap() {
    put("meta");
    rados("setxattr", "meta", "k", "v").ok();
    assertThat(rados("listxattr", "meta").ok().out()).isEqualTo("k\n");
    assertThat(rados("getxattr", "meta", "k").ok().out()).isEqualTo("v");
    assertThat(rados("getxattr", "meta", "none").err()).contains("(61) No data available");
    rados("rmxattr", "meta", "k").ok();
    rados("setomapval", "meta", "a", "1").ok();
    rados("setomapval", "meta", "b", "2").ok();
    assertThat(rados("listomapkeys", "meta").ok().out()).isEqualTo("a\nb\n");
    assertThat(rados("getomapval", "meta", "a").ok().out()).contains("31");
    rados("rmomapkey", "meta", "a").ok();
    rados("setomapheader", "meta", "head").ok();
    assertThat(rados("getomapheader", "meta").ok().out()).contains("header (4 bytes)");
    rados("clearomap", "meta").ok();
    assertThat(rados("listomapkeys", "meta").ok().out()).isEmpty();
  }

  @Test
  void shouldSayNoSuchFileWhateverIsAskedOfNobody() {
    for (String[] words :
        new String[][] {
          {"listxattr", "nobody"},
          {"listomapkeys", "nobody"},
          {"stat", "nobody"},
          {"listwatchers", "nobody"},
          {"rm", "nobody"}
        }) {
      Finished answer = rados(words);
      assertThat(answer.exit()).as("%s", answer).isEqualTo(1);
      assertThat(answer.err() + answer.out()).contains("(2) No such file or directory");
    }
  }

  @Test
  void shouldCopyWithAttributesAndOmap() {
    put("original");
    rados("setxattr", "original", "k", "v").ok();
    rados("setomapval", "original", "x", "y").ok();
    rados("cp", "original", "copy").ok();
    assertThat(rados("stat", "copy").ok().out()).contains("size 6");
    assertThat(rados("getxattr", "copy", "k").ok().out()).isEqualTo("v");
    assertThat(rados("listomapkeys", "copy").ok().out()).isEqualTo("x\n");
    Finished self = rados("cp", "copy", "copy");
    assertThat(self.err())
        .contains("error copying verbs/copy => verbs/copy: (22) Invalid argument");
    assertThat(rados("cp", "nobody", "copy").err()).contains("(2) No such file or directory");
  }

  @Test
  void shouldKeepNamespacesApart() {
    rados("-N", "one", "put", "spaced", hello.toString()).ok();
    assertThat(rados("-N", "one", "ls").ok().out()).isEqualTo("spaced\n");
    assertThat(rados("ls").ok().out().lines()).doesNotContain("spaced");
    assertThat(rados("--all", "ls").ok().out().lines()).contains("one\tspaced");
    assertThat(rados("stat", "spaced").exit()).isEqualTo(1);
  }

  @Test
  void shouldLockForOneClientAtATime() {
    put("locked");
    rados("lock", "get", "locked", "l").ok();
    assertThat(rados("lock", "get", "locked", "l").err()).contains("(16) Device or resource busy");
    String info = rados("lock", "info", "locked", "l").ok().out();
    assertThat(info).contains("\"type\":\"exclusive\"", "\"name\":\"client.");
    String client = info.replaceAll("(?s).*(client\\.[0-9]+).*", "$1");
    assertThat(rados("lock", "list", "locked").ok().out()).contains("{\"name\":\"l\"}");
    rados("lock", "break", "locked", "l", client).ok();
    rados("lock", "get", "locked", "l", "--lock-type", "shared", "--lock-tag", "t").ok();
    rados("lock", "get", "locked", "l", "--lock-type", "shared", "--lock-tag", "t").ok();
  }

  @Test
  void shouldComeBackFromExport() throws IOException {
    cluster.sluice("pool", "create", "exported").ok();
    Path whole = RandomFiles.create(cluster.path("whole"), (9 << 20) + 5, 4);
    String text = HexFormat.of().formatHex(Files.readAllBytes(whole), 0, 30_000);
    exported("put", "moved", whole.toString()).ok();
    exported("create", "bare").ok();
    for (String key : List.of("a", "b")) {
      exported("setxattr", "moved", key, text + key).ok();
      exported("setomapval", "moved", "omap-" + key, text + key).ok();
    }
    exported("setomapheader", "moved", "head").ok();
    List<String> before = everythingOf("moved");
    Path file = cluster.path("export");
    cluster.ceph("rados", "-p", "exported", "export", file.toString()).ok();
    exported("rm", "moved").ok();
    exported("rm", "bare").ok();
    assertThat(exported("ls").ok().out()).isEmpty();
    cluster.ceph("rados", "-p", "exported", "import", file.toString()).ok();
    assertThat(exported("ls").ok().out().lines()).containsExactlyInAnyOrder("moved", "bare");
    assertThat(exported("stat", "bare").ok().out()).contains("size 0");
    Path got = cluster.path("got");
    exported("get", "moved", got.toString()).ok();
    assertThat(Files.mismatch(got, whole)).as("first byte that differs").isEqualTo(-1);
    assertThat(everythingOf("moved")).isEqualTo(before);
  }

  private static Finished exported(String... words) {
    List<String> line = new ArrayList<>(List.of("-p", "exported", "-N", "space"));
    line.addAll(List.of(words));
    return cluster.ceph("rados", line.toArray(new String[0]));
  }

  /** What an object has beside its bytes, as {@code rados} prints it. */
  private static List<String> everythingOf(String object) {
    String header = exported("getomapheader", object).ok().out();
    String keys = exported("listomapkeys", object).ok().out();
    String names = exported("listxattr", object).ok().out();
    assertThat(List.of(header, keys, names)).allSatisfy(each -> assertThat(each).isNotBlank());
    String values = exported("listomapvals", object).ok().out();
    String a = exported("getxattr", object, "a").ok().out();
    String b = exported("getxattr", object, "b").ok().out();
    assertThat(List.of(values, a, b)).allSatisfy(each -> assertThat(each).hasSizeGreaterThan(9999));
    return List.of(header, keys, names, values, a, b);
  }

  @Test
  void shouldCountWhatIsInThePools() throws InterruptedException {
    cluster.sluice("pool", "create", "counted").ok();
    for (int i = 0; i < 5; i++) {
      cluster.ceph("rados", "-p", "counted", "put", "o" + i, hello.toString()).ok();
    }
    String found = "";
    for (int tries = 0;
        tries < 180 && !found.matches("(?s).*counted +90 B +5 +0 +15 .*");
        tries++) {
      Thread.sleep(500);
      found = cluster.ceph("rados", "df").ok().out();
    }
    assertThat(found)
        .as("bytes, objects, clones, copies")
        .matches("(?s).*counted +90 B +5 +0 +15 .*");
  }

  @Test
  void shouldScrubWhenAsked() {
    Finished asked = cluster.ceph("ceph", "pg", "deep-scrub", "1.0");
    assertThat(asked.ok().err() + asked.out()).contains("instructing pg 1.0 on osd.");
    assertThat(cluster.ceph("ceph", "pg", "repair", "99.0").exit()).isEqualTo(2);
  }

  /** Including those that Ceph itself refuses here, and those that Sluice has not. */
  @Test
  void shouldAnswerEverySubcommandAsCephDoes() throws IOException {
    cluster.sluice("pool", "create", "every").ok();
    Path list = Path.of("src", "test", "resources", "rados-verbs.txt").toAbsolutePath();
    Path script = list.resolveSibling("every-verb.sh");
    String pool = cluster.ceph("ceph", "osd", "pool", "stats", "every").ok().out();
    String pg = pool.replaceAll("(?s).*every id ([0-9]+).*", "$1") + ".0";
    List<String> line =
        List.of("bash", script.toString(), list.toString(), "every", pg, cluster.dir().toString());
    String conf = cluster.path("ceph.conf").toString();
    List<String> got = new Command(line).env("CEPH_CONF", conf).run().ok().out().lines().toList();
    List<String> wanted =
        Files.readAllLines(list).stream().filter(each -> !each.startsWith("#")).toList();
    assertThat(got).hasSameSizeAs(wanted);
    for (int i = 0; i < got.size(); i++) {
      String exit = wanted.get(i).substring(0, wanted.get(i).indexOf(' ') + 1);
      assertThat(got.get(i)).as("hangs").doesNotStartWith("124 ");
      if (!exit.equals("* ")) {
        assertThat(got.get(i)).as("wanted '%s'", wanted.get(i)).startsWith(exit);
      }
    }
  }
}
