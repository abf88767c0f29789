package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * fio's own rados engine writes at random offsets, reads everything back and compares checksums.
 */
class FioRadosTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    Tools.require("fio", "fio");
    Finished engines = new Command(List.of("fio", "--enghelp")).run();
    Tools.skipUnless(engines.out().contains("rados"), "this fio has no rados engine");
    cluster = TestCluster.startCalm(3, 3);
    cluster.sluice("pool", "create", "fio").ok();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void shouldReadBackWhatItWroteWhenOffsetsAreRandom() throws IOException {
    fio("verify", "randwrite", "4k-64k", "8m", 8);
  }

  @Test
  void shouldReadBackWhatItWroteWhenReadsAndWritesOfAllSizesAreMixed() throws IOException {
    fio("mixed", "randrw", "4k-1m", "32m", 32);
  }

  private static void fio(String name, String how, String blocks, String size, int depth)
      throws IOException {
    Finished run =
        new Command(
                List.of(
                    "fio",
                    "--name=" + name,
                    "--ioengine=rados",
                    "--pool=fio",
                    "--clientname=admin",
                    "--conf=" + cluster.dir().resolve("ceph.conf"),
                    "--rw=" + how,
                    "--bsrange=" + blocks,
                    "--size=" + size,
                    "--nr_files=4",
                    "--iodepth=" + depth,
                    "--verify=crc32c",
                    "--do_verify=1",
                    "--verify_fatal=1",
                    "--output-format=json",
                    "--randseed=6"))
            .in(cluster.dir())
            .run();
    String out = run.ok().out();
    JsonNode job = JSON.readTree(out.substring(out.indexOf('{'))).at("/jobs/0");
    assertThat(job.at("/error").asInt(-1)).as("%s", run).isZero();
    long written = job.at("/write/io_bytes").asLong();
    assertThat(written).as("%s", run).isPositive();
    // Reads that verify are among these: each byte that was written, once at least.
    assertThat(job.at("/read/io_bytes").asLong()).as("%s", run).isGreaterThanOrEqualTo(written);
  }
}
