package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.objectstore.StoreException;
import io.sluice.osd.FrameProxy.Frame;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgScrub;
import io.sluice.protocol.PoolInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A byte that changes somewhere between a client's memory and the platter, in every kind of place:
 * on the wire to the primary, on the wire to the replica, in a data file. When each OSD looks at
 * what arrives, nothing of it is ever stored; when none does, the first read or a scrub finds it.
 */
@ExtendWith(NoLeaks.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChangedPayloadTest {
  private static final int LENGTH = (1 << 20) + 300_777;
  private static final int LARGE = 64 << 10;
  private static final int PIPES = 64;

  /** Every part of a frame with payload. */
  private enum Place {
    PREAMBLE(frame -> 3),
    PREAMBLE_CRC(frame -> 29),
    HEADER(frame -> FrameProxy.PREAMBLE_BYTES + 9),
    HEADER_CRC(frame -> frame.crcAt() + 1),
    FRONT(frame -> frame.frontAt() + frame.front() / 2),
    VECTOR(frame -> frame.middleAt() + frame.middle() / 2),
    DATA_FIRST(Frame::dataAt),
    DATA_INSIDE(frame -> frame.dataAt() + frame.data() / 2 + 5),
    DATA_LAST(frame -> frame.epilogueAt() - 1),
    LATE_STATUS(Frame::epilogueAt),
    FRONT_CRC(frame -> frame.epilogueAt() + 2),
    VECTOR_CRC(frame -> frame.epilogueAt() + 6),
    DATA_CRC(frame -> frame.epilogueAt() + 10);

    private final ToLongFunction<Frame> in;

    Place(ToLongFunction<Frame> in) {
      this.in = in;
    }

    boolean isData() {
      return this == DATA_FIRST || this == DATA_INSIDE || this == DATA_LAST;
    }
  }

  private LiveCluster cluster;
  private LiveClient client;
  private long lazy;
  private long ingest;

  /** Received into memory files, as from librados. */
  private long slots;

  private int objects;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    cluster = new LiveCluster(dir, PIPES);
    client = cluster.client();
    lazy = cluster.createPool("lazy");
    ingest = cluster.createPool("ingest");
    slots =
        cluster.createPool("slots", PoolInfo.integrityTag("ingest"), PoolInfo.receiveTag("slot"));
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
  }

  private long pool(String mode) {
    return mode.equals("lazy") ? lazy : mode.equals("slots") ? slots : ingest;
  }

  private byte[] content() {
    byte[] bytes = new byte[LENGTH];
    new Random(++objects).nextBytes(bytes);
    return bytes;
  }

  private String write(long pool, byte[] bytes) throws Exception {
    String name = "object" + objects;
    assertThat(client.run(pool, name, LiveClient.writeFull(bytes)).result()).isZero();
    return name;
  }

  private void flip(boolean toPrimary, Place place) {
    if (toPrimary) {
      cluster.proxy(0).flip(FrameProxy.CLIENT, LARGE, place.in, 1);
    } else {
      cluster.proxy(1).flip(FrameProxy.OSD, LARGE, place.in, 1);
    }
  }

  static Stream<Arguments> seenOnArrival() {
    return Stream.of("ingest", "slots", "lazy")
        .flatMap(
            mode ->
                Stream.of(Place.values())
                    .filter(place -> !mode.equals("lazy") || !place.isData())
                    .flatMap(
                        place ->
                            Stream.of(
                                Arguments.of(mode, true, place),
                                Arguments.of(mode, false, place))));
  }

  @ParameterizedTest
  @MethodSource("seenOnArrival")
  void shouldStoreTheRightBytesEverywhereWhenAByteChangesOnTheWire(
      String mode, boolean toPrimary, Place place) throws Exception {
    int resends = client.resends();
    long[] free = {cluster.free(0), cluster.free(1)};
    byte[] bytes = content();
    flip(toPrimary, place);
    String name = write(pool(mode), bytes);
    assertThat(cluster.proxy(toPrimary ? 0 : 1).struck()).as("frames changed").isOne();
    if (toPrimary
        || !mode.equals("slots")) { // pages of a file are sent again by the session itself
      assertThat(client.resends()).as("seen, so sent again").isGreaterThan(resends);
    }
    cluster.awaitClean(pool(mode));
    cluster.awaitIdle();
    for (int osd = 0; osd < 2; osd++) {
      assertThat(cluster.stored(osd, pool(mode), name)).as("osd." + osd).isEqualTo(bytes);
    }
    assertNothingLeft(pool(mode), name, free);
  }

  /** Neither of it, when it is deleted, nor of the attempt that was refused. */
  private void assertNothingLeft(long pool, String name, long[] free) throws Exception {
    assertThat(client.run(pool, name, OsdOp.of(OpCode.DELETE, OpArgs.NONE)).result()).isZero();
    for (int osd = 0; osd < 2; osd++) {
      int which = osd;
      // More, when what an earlier case had freed was not back yet at the beginning.
      LiveCluster.await("extents of osd." + osd, () -> cluster.free(which) >= free[which]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DATA_FIRST", "DATA_INSIDE", "DATA_LAST"})
  void shouldAnswerEioWhenAByteChangedBeforeThePrimaryAndNobodyLooked(String place)
      throws Exception {
    byte[] bytes = content();
    flip(true, Place.valueOf(place));
    String name = write(lazy, bytes);
    for (int osd = 0; osd < 2; osd++) {
      int which = osd;
      assertThatThrownBy(() -> cluster.stored(which, lazy, name))
          .as("osd." + osd)
          .hasCauseInstanceOf(StoreException.class)
          .hasMessageContaining("checksum");
    }
    assertThat(client.run(lazy, name, LiveClient.read()).result()).isEqualTo(Errno.EIO.result());
    assertThat(client.run(lazy, name, LiveClient.writeFull(bytes)).result()).isZero();
    assertThat(client.run(lazy, name, LiveClient.read()).data()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DATA_FIRST", "DATA_INSIDE", "DATA_LAST"})
  void shouldFindAndMendTheReplicaWhenAByteChangedOnItsWireAndNobodyLooked(String place)
      throws Exception {
    byte[] bytes = content();
    flip(false, Place.valueOf(place));
    String name = write(lazy, bytes);
    assertThatThrownBy(() -> cluster.stored(1, lazy, name))
        .hasCauseInstanceOf(StoreException.class)
        .hasMessageContaining("checksum");
    assertThat(client.run(lazy, name, LiveClient.read()).data()).isEqualTo(bytes);
    long errors = cluster.osd(0).counter("scrub_errors");
    PlacementGroup group = cluster.primary(lazy);
    cluster.osd(0).osd.onScrub(new PgScrub(group.id(), true, true));
    LiveCluster.await(
        "the scrub to find it", () -> cluster.osd(0).counter("scrub_errors") > errors);
    LiveCluster.await("the scrub to end", () -> !group.scrubber().isRunning());
    LiveCluster.await("the replica to be mended", () -> holds(1, lazy, name, bytes));
  }

  private boolean holds(int osd, long pool, String name, byte[] bytes) throws Exception {
    try {
      return Arrays.equals(cluster.stored(osd, pool, name), bytes);
    } catch (ExecutionException notYet) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({"ingest,0", "ingest,700000", "lazy,5000", "lazy,1349352"})
  void shouldAnswerFromTheReplicaAndMendWhenTheDataFileChanged(String mode, int at)
      throws Exception {
    byte[] bytes = content();
    String name = write(pool(mode), bytes);
    cluster.changeStored(0, bytes, at);
    assertThatThrownBy(() -> cluster.stored(0, pool(mode), name))
        .hasCauseInstanceOf(StoreException.class)
        .hasMessageContaining("checksum");
    assertThat(client.run(pool(mode), name, LiveClient.read()).data()).isEqualTo(bytes);
    LiveCluster.await("the primary to be mended", () -> holds(0, pool(mode), name, bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingest", "lazy"})
  void shouldReadEachByteOnceOnEachOsdOrNotAtAll(String mode) throws Exception {
    long[] read = new long[2];
    for (int osd = 0; osd < 2; osd++) {
      read[osd] = cluster.osd(osd).meter.readBytes();
    }
    byte[] bytes = content();
    write(pool(mode), bytes);
    for (int osd = 0; osd < 2; osd++) {
      // What comes together with a head is checked there, and too small to be counted.
      long least = mode.equals("ingest") ? LENGTH - LARGE : 0;
      assertThat(cluster.osd(osd).meter.readBytes() - read[osd])
          .as("osd." + osd)
          .isBetween(least, mode.equals("ingest") ? LENGTH : 0L);
    }
  }
}
