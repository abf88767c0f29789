package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Debian's python3-rados, and so librados itself: guards, compound operations, watches, many in
 * flight.
 */
class PythonRadosTest {
  private static final Path MODULES = Path.of("/usr/lib/python3/dist-packages");
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws java.io.IOException {
    boolean there = isInstalled();
    Tools.skipUnless(there, "python3-rados is not installed (apt-get install python3-rados)");
    cluster = TestCluster.startCalm(3, 3);
    cluster.sluice("pool", "create", "python").ok();
  }

  static boolean isInstalled() throws java.io.IOException {
    try (var modules =
        Files.newDirectoryStream(Files.isDirectory(MODULES) ? MODULES : Path.of("."), "rados.*")) {
      return modules.iterator().hasNext() && Files.isExecutable(Path.of("/usr/bin/python3"));
    }
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void shouldAnswerLibradosAsCephDoes() {
    Path script = Path.of("src", "test", "resources", "librados.py").toAbsolutePath();
    Finished run =
        new Command(List.of("/usr/bin/python3", script.toString(), "python"))
            .env("CEPH_CONF", cluster.dir().resolve("ceph.conf").toString())
            .run();
    assertThat(run.ok().out()).as("%s", run).endsWith("all as Ceph\n");
  }
}
