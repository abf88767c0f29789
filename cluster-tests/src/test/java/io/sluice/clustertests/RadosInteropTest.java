package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Debian's own {@code rados}, unmodified, against a cluster of ours. */
class RadosInteropTest {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    Tools.require("rados", "ceph-common");
    cluster = TestCluster.startCalm(3, 3);
    cluster.sluice("pool", "create", "interop").ok();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Finished rados(String... args) {
    return cluster.ceph("rados", args);
  }

  @Test
  void shouldGiveBackWhatWasPutWhenFileIsTenMegabytes() {
    Path source = RandomFiles.create(cluster.path("ten"), 10_000_000, 10);
    rados("-p", "interop", "put", "ten", source.toString()).ok();
    assertThat(rados("-p", "interop", "stat", "ten").ok().out()).contains("size 10000000");
    assertThat(rados("-p", "interop", "ls").ok().out().lines()).contains("ten");
    Path back = cluster.path("ten.back");
    rados("-p", "interop", "get", "ten", back.toString()).ok();
    assertThat(RandomFiles.sha256(back)).isEqualTo(RandomFiles.sha256(source));
    rados("-p", "interop", "rm", "ten").ok();
    assertThat(rados("-p", "interop", "ls").ok().out().lines()).doesNotContain("ten");
    assertThat(rados("-p", "interop", "stat", "ten").exit()).isNotZero();
  }

  @Test
  void shouldSayNoSuchFileWhenObjectOrPoolIsUnknown() {
    Finished object = rados("-p", "interop", "get", "nobody", cluster.path("nobody").toString());
    assertThat(object.exit()).isNotZero();
    assertThat(object.err()).contains("(2) No such file or directory");
    Finished pool = rados("-p", "nopool", "ls");
    assertThat(pool.exit()).isNotZero();
    assertThat(pool.err()).contains("(2) No such file or directory");
  }

  @Test
  void shouldWriteThenVerifyWhenBenchRuns() {
    Finished write = rados("-p", "interop", "bench", "5", "write", "--no-cleanup").ok();
    assertThat(write.out()).contains("Bandwidth (MB/sec)");
    Finished read = rados("-p", "interop", "bench", "5", "seq").ok();
    assertThat(read.out()).contains("Bandwidth (MB/sec)");
    assertThat(read.out() + read.err()).doesNotContain("not correct");
    rados("-p", "interop", "cleanup").ok();
    System.out.println("rados bench 5 write -> " + line(write) + " | seq -> " + line(read));
  }

  @Test
  void shouldShareObjectsWhenOurClientAndTheirsMeet() {
    Path source = RandomFiles.create(cluster.path("shared"), 5_000_001, 11);
    cluster.sluice("rados", "-p", "interop", "put", "ours", source.toString()).ok();
    Path theirs = cluster.path("shared.theirs");
    rados("-p", "interop", "get", "ours", theirs.toString()).ok();
    assertThat(RandomFiles.sha256(theirs)).isEqualTo(RandomFiles.sha256(source));
    rados("-p", "interop", "put", "theirs", source.toString()).ok();
    Path ours = cluster.path("shared.ours");
    cluster.sluice("rados", "-p", "interop", "get", "theirs", ours.toString()).ok();
    assertThat(RandomFiles.sha256(ours)).isEqualTo(RandomFiles.sha256(source));
  }

  @Test
  void shouldRefuseWhenNamesAreNotTextRatherThanMixThemUp() {
    Path source = RandomFiles.create(cluster.path("raw"), 1_000, 12);
    String conf = cluster.path("ceph.conf").toString();
    for (String name : new String[] {"\\377\\376", "\\200x"}) {
      String put = "rados -c " + conf + " -p interop put \"$(printf '" + name + "')\" " + source;
      Finished refused = new Command(java.util.List.of("bash", "-c", put)).run();
      assertThat(refused.exit()).isNotZero();
      assertThat(refused.err()).contains("(22) Invalid argument");
    }
  }

  private static String line(Finished bench) {
    return bench
        .out()
        .lines()
        .filter(l -> l.startsWith("Bandwidth (MB/sec)"))
        .findFirst()
        .orElse("?");
  }
}
