package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our {@code sluice rados} against a real Ceph cluster of three OSDs, which it starts: a minute.
 */
@Tag("slow")
class RealCephTest {
  private static final Path PEER =
      Path.of("..", "benchmarks", "peer", "ceph-cluster").toAbsolutePath().normalize();

  @TempDir static Path dir;

  @BeforeAll
  static void start() {
    for (String tool : List.of("ceph-mon", "ceph-mgr", "ceph-osd", "rados")) {
      Tools.require(tool, "ceph-mon ceph-mgr ceph-osd ceph-common");
    }
    peer("start", "3", "bluestore", "3", "13900").ok();
  }

  @AfterAll
  static void stop() {
    peer("stop");
  }

  private static Finished peer(String verb, String... more) {
    List<String> line = new ArrayList<>(List.of(PEER.toString(), verb, ceph().toString()));
    line.addAll(List.of(more));
    return new Command(line).run();
  }

  private static Path ceph() {
    return dir.resolve("ceph");
  }

  private static Command command(String... words) {
    List<String> line = new ArrayList<>(Command.sluice());
    line.addAll(List.of("rados", "-c", ceph().resolve("ceph.conf").toString()));
    line.addAll(List.of(words));
    return new Command(line);
  }

  private static Finished rados(String... words) {
    return command(Stream.concat(Stream.of("-p", "bench"), Stream.of(words)).toArray(String[]::new))
        .run();
  }

  /** A command of Ceph's own, which changes the cluster's map. */
  private static void ceph(String words) {
    Command ceph =
        new Command(Stream.concat(Stream.of("ceph"), Stream.of(words.split(" "))).toList());
    ceph.env("CEPH_CONF", ceph().resolve("ceph.conf").toString()).run().ok();
  }

  @Test
  void shouldStoreAndReadObjectsOfRealCeph() throws Exception {
    Path file = RandomFiles.create(dir.resolve("file"), 5_000_000, 1);
    rados("put", "object", file.toString()).ok();
    rados("get", "object", dir.resolve("back").toString()).ok();
    assertThat(Files.mismatch(file, dir.resolve("back"))).isEqualTo(-1);
    assertThat(rados("ls").ok().out()).contains("object");
    assertThat(rados("stat", "object").ok().out()).contains("size 5000000");
    rados("rm", "object").ok();
    rados("stat", "object").failedWith(1, "(2) No such file or directory");
  }

  @Test
  void shouldLoseNothingWhileTheMapOfRealCephChanges() throws Exception {
    Path log = dir.resolve("bench.log");
    Process bench =
        command("-p", "bench", "bench", "15", "write", "-t", "8", "-b", "4096", "--no-cleanup")
            .startInto(log);
    try {
      for (String change :
          List.of(
              "osd pool create other 8 8",
              "osd out 1",
              "osd pool set bench pg_num 40",
              "osd in 1",
              "osd down 2",
              "osd primary-affinity 0 0.5",
              "osd set-require-min-compat-client luminous",
              "osd pg-upmap-items 2.1 0 2",
              "osd pool mksnap bench before")) {
        ceph(change);
      }
      killAndRestart(1);
      ceph("config set mon mon_allow_pool_delete true");
      ceph("osd pool rm other other --yes-i-really-really-mean-it");
      assertThat(bench.waitFor()).as("%s", Files.readString(log)).isZero();
    } finally {
      bench.destroyForcibly();
    }
    assertThat(Files.readString(log)).contains("Total writes made:");
    assertThat(rados("bench", "60", "seq").ok().out()).contains("Total reads made:");
  }

  /** Without a chance to say goodbye. */
  private static void killAndRestart(int osd) throws Exception {
    Path pidFile = ceph().resolve("osd." + osd + ".pid");
    ProcessHandle daemon =
        ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip())).orElseThrow();
    daemon.destroyForcibly();
    daemon.onExit().join();
    ceph("osd down " + osd);
    new Command(List.of("ceph-osd", "-i", Integer.toString(osd)))
        .env("CEPH_CONF", ceph().resolve("ceph.conf").toString())
        .run()
        .ok();
  }
}
