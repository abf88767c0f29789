package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections that break inside a payload that is handed on as it comes: between client and
 * primary, and between primary and replica. Each append happens once, everywhere.
 */
@ExtendWith(NoLeaks.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenSessionTest {
  private static final int LENGTH = (3 << 20) + 777;
  private static final int LARGE = 64 << 10;

  private LiveCluster cluster;
  private LiveClient client;
  private long pool;
  private int appends;

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    cluster = new LiveCluster(shared, 64);
    client = cluster.client();
    pool = cluster.createPool("lazy");
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
  }

  @ParameterizedTest
  @CsvSource({
    "CLIENT,1",
    "CLIENT,70000",
    "CLIENT,1100000",
    "CLIENT,3146504",
    "OSD,1",
    "OSD,70000",
    "OSD,1048575",
    "OSD,-1"
  })
  void shouldApplyOnceWhenTheConnectionBreaksInsideThePayload(String hop, long at)
      throws Exception {
    boolean byClient = hop.equals("CLIENT");
    FrameProxy proxy = cluster.proxy(byClient ? 0 : 1);
    proxy.cut(
        byClient ? FrameProxy.CLIENT : FrameProxy.OSD,
        LARGE,
        frame -> at < 0 ? frame.epilogueAt() + 3 : frame.dataAt() + Math.min(at, frame.data() - 1),
        2);
    assertAppendedOnce(proxy);
  }

  /** It has happened, and nobody knows: not the client, or not the primary. */
  @ParameterizedTest
  @ValueSource(strings = {"CLIENT", "OSD"})
  void shouldApplyOnceWhenTheConnectionBreaksBeforeTheAnswer(String hop) throws Exception {
    boolean byClient = hop.equals("CLIENT");
    FrameProxy proxy = cluster.proxy(byClient ? 0 : 1);
    proxy.cutAnswers(byClient ? FrameProxy.CLIENT : FrameProxy.OSD, 2);
    assertAppendedOnce(proxy);
  }

  private void assertAppendedOnce(FrameProxy proxy) throws Exception {
    String name = "object" + appends++;
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int i = 0; i < 3; i++) {
      byte[] bytes = new byte[LENGTH];
      new Random(appends * 10L + i).nextBytes(bytes);
      expected.writeBytes(bytes);
      assertThat(client.run(pool, name, LiveClient.append(bytes)).result()).isZero();
    }
    assertThat(proxy.struck()).as("frames cut").isEqualTo(2);
    cluster.awaitClean(pool);
    cluster.awaitIdle();
    for (int osd = 0; osd < 2; osd++) {
      assertThat(cluster.stored(osd, pool, name))
          .as("osd." + osd)
          .isEqualTo(expected.toByteArray());
    }
  }
}
