package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our {@code sluice rados} against a real Ceph cluster, which it starts: half a minute. */
@Tag("slow")
class RealCephTest {
  private static final Path PEER =
      Path.of("..", "benchmarks", "peer", "ceph-cluster").toAbsolutePath().normalize();

  @TempDir Path dir;

  private Finished rados(String... words) {
    List<String> line = new ArrayList<>(Command.sluice());
    line.addAll(List.of("rados", "-c", dir.resolve("ceph/ceph.conf").toString(), "-p", "bench"));
    line.addAll(List.of(words));
    return new Command(line).run();
  }

  @Test
  void shouldStoreAndReadObjectsOfRealCeph() throws Exception {
    for (String tool : List.of("ceph-mon", "ceph-mgr", "ceph-osd", "rados")) {
      Tools.require(tool, "ceph-mon ceph-mgr ceph-osd ceph-common");
    }
    Path file = RandomFiles.create(dir.resolve("file"), 5_000_000, 1);
    String ceph = dir.resolve("ceph").toString();
    try {
      new Command(List.of(PEER.toString(), "start", ceph, "1", "memstore", "1", "13900"))
          .run()
          .ok();
      rados("put", "object", file.toString()).ok();
      rados("get", "object", dir.resolve("back").toString()).ok();
      assertThat(Files.mismatch(file, dir.resolve("back"))).isEqualTo(-1);
      assertThat(rados("ls").ok().out()).contains("object");
      assertThat(rados("stat", "object").ok().out()).contains("size 5000000");
      assertThat(rados("bench", "1", "write", "-t", "4", "--no-cleanup").ok().out())
          .contains("Total writes made:");
      assertThat(rados("bench", "1", "seq").ok().out()).contains("Total reads made:");
      rados("rm", "object").ok();
      assertThat(rados("stat", "object").exit()).isEqualTo(1);
    } finally {
      new Command(List.of(PEER.toString(), "stop", ceph)).run();
    }
  }
}
