package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Snapshots of both kinds, through Debian's {@code rados} and python3-rados.
 *
 * <p>{@code snapshots-SEED.txt} is what Ceph 16.2.15 printed for {@code snapshots.py NAMED MANAGED
 * SEED 40}; ours must print the same.
 */
class SnapshotTest {
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    Tools.require("rados", "ceph-common");
    cluster = TestCluster.startCalm(3, 3);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Finished rados(String pool, String... words) {
    List<String> line = new ArrayList<>(List.of("-p", pool));
    line.addAll(List.of(words));
    return cluster.ceph("rados", line.toArray(new String[0]));
  }

  @Test
  void shouldShowThePastWithRados() throws IOException {
    cluster.sluice("pool", "create", "past").ok();
    Path old = Files.writeString(cluster.path("old"), "old");
    Path fresh = Files.writeString(cluster.path("fresh"), "fresh content");
    Path found = cluster.path("found");
    rados("past", "put", "o", old.toString()).ok();
    assertThat(rados("past", "mksnap", "s").ok().out()).isEqualTo("created pool past snap s\n");
    assertThat(rados("past", "mksnap", "s").exit()).isEqualTo(1);
    rados("past", "put", "o", fresh.toString()).ok();
    assertThat(rados("past", "lssnap").ok().out()).contains("\ts\t", "1 snaps");
    rados("past", "-s", "s", "get", "o", found.toString()).ok();
    assertThat(found).hasContent("old");
    rados("past", "get", "o", found.toString()).ok();
    assertThat(found).hasContent("fresh content");
    assertThat(rados("past", "listsnaps", "o").ok().out()).contains("1\t1\t3\t[]", "head\t-\t13");
    rados("past", "rollback", "o", "s").ok();
    rados("past", "get", "o", found.toString()).ok();
    assertThat(found).hasContent("old");
    rados("past", "rm", "o").ok();
    assertThat(rados("past", "ls").ok().out())
        .as("its clone keeps it, as in Ceph")
        .isEqualTo("o\n");
    assertThat(rados("past", "stat", "o").exit()).isEqualTo(1);
    rados("past", "-s", "s", "get", "o", found.toString()).ok();
    assertThat(rados("past", "rmsnap", "s").ok().out()).isEqualTo("removed pool past snap s\n");
    assertThat(rados("past", "rmsnap", "s").exit()).isEqualTo(1);
  }

  @Test
  void shouldAnswerAsCephDoes() throws IOException {
    Tools.skipUnless(
        PythonRadosTest.isInstalled(),
        "python3-rados is not installed (apt-get install python3-rados)");
    cluster.sluice("pool", "create", "named").ok();
    cluster.sluice("pool", "create", "managed").ok();
    Path resources = Path.of("src", "test", "resources").toAbsolutePath();
    String script = resources.resolve("snapshots.py").toString();
    Finished run =
        new Command(List.of("/usr/bin/python3", script, "named", "managed", "1", "40"))
            .env("CEPH_CONF", cluster.dir().resolve("ceph.conf").toString())
            .run();
    assertThat(run.ok().out().lines().toList())
        .isEqualTo(Files.readAllLines(resources.resolve("snapshots-1.txt")));
  }
}
