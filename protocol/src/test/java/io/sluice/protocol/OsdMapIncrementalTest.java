package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.PgId;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a real cluster said of each of its epochs makes the maps that it had. */
class OsdMapIncrementalTest {
  /** Before the client section: u8 v | u8 compat | le32 length. */
  private static final int HEADER = 6;

  private static final int CRCS = 8;

  /**
   * What only upgrades, stretched clusters and placements that are no sooner made than gone change,
   * and a cluster's snapshot, which nobody can take any more.
   */
  private static final Set<String> NEVER =
      Set.of("clusterSnapshot", "newStretch", "newPrimaryTemp", "newRequireOsdRelease");

  @Test
  void shouldMakeEveryMapThatARealClusterHad() {
    OsdMap map = null;
    for (RecordedEpochs recorded : RecordedEpochs.all()) {
      if (map != null) {
        OsdMap next = map.after(recorded.incremental());
        assertThat(next.encode()).as("map e%d", recorded.epoch()).isEqualTo(recorded.map());
      }
      map = OsdMap.decode(recorded.map());
      assertThat(map.encode()).as("map e%d again", recorded.epoch()).isEqualTo(recorded.map());
    }
    assertThat(RecordedEpochs.all()).hasSizeGreaterThan(100);
  }

  @Test
  void shouldMakeTheLastMapWithoutEverSeeingAWholeOneAgain() {
    List<RecordedEpochs> all = RecordedEpochs.all();
    OsdMap map = OsdMap.decode(all.get(0).map());
    for (RecordedEpochs recorded : all.subList(1, all.size())) {
      map = map.after(recorded.incremental());
    }
    assertThat(map.encode()).isEqualTo(all.get(all.size() - 1).map());
  }

  /** The recording proves nothing of a field that it never has. */
  @Test
  void shouldHaveSeenEveryFieldChange() throws Exception {
    Set<String> never = new TreeSet<>();
    for (Field field : OsdMapIncremental.class.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && field.getType() != Decoder.class) {
        never.add(field.getName());
      }
    }
    for (RecordedEpochs recorded : RecordedEpochs.all()) {
      OsdMapIncremental changes = OsdMapIncremental.decode(recorded.incremental());
      for (String name : List.copyOf(never)) {
        if (says(OsdMapIncremental.class.getDeclaredField(name).get(changes))) {
          never.remove(name);
        }
      }
    }
    never.removeAll(NEVER);
    assertThat(never).isEmpty();
  }

  private static boolean says(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue() >= 0;
    }
    return value != null
        && !(value instanceof Collection<?> some && some.isEmpty())
        && !(value instanceof Map<?, ?> some && some.isEmpty())
        && !(value instanceof String text && text.isEmpty())
        && !(value instanceof byte[] bytes && bytes.length == 0);
  }

  @Test
  void shouldApplyWhatTheRecordingDoesNotHave() {
    RecordedEpochs last = RecordedEpochs.all().get(RecordedEpochs.all().size() - 2);
    OsdMapFields before = OsdMapDecoder.decode(last.map());
    PgId pg = new PgId(before.pools.lastKey(), 0);
    OsdMapFields with = apply(before, changes -> changes.newPrimaryTemp.put(pg, 1));
    assertThat(new OsdMap(with).primary(pg)).isEqualTo(1);
    with.epoch--;
    assertThat(apply(with, changes -> changes.newPrimaryTemp.put(pg, -1)).primaryTemp).isEmpty();
    before.flags = 1 << 18 | OsdMap.NOUP;
    OsdMapFields released = apply(before, changes -> changes.newRequireOsdRelease = 16);
    assertThat(released.flags)
        .isEqualTo(OsdMap.NOUP | OsdMap.RECOVERY_DELETES | OsdMap.PGLOG_HARDLIMIT);
    OsdMapFields.Stretch stretch = new OsdMapFields.Stretch(true, 2, 0, 0, 8);
    OsdMapFields stretched = apply(before, changes -> changes.newStretch = stretch);
    assertThat(OsdMapDecoder.decode(OsdMapEncoder.encode(stretched)).stretch).isEqualTo(stretch);
    assertThat(apply(before, changes -> changes.clusterSnapshot = "s").clusterSnapshotEpoch)
        .isEqualTo(before.epoch + 1);
  }

  private static OsdMapFields apply(OsdMapFields before, Consumer<OsdMapIncremental> change) {
    RecordedEpochs last = RecordedEpochs.all().get(RecordedEpochs.all().size() - 1);
    OsdMapIncremental changes = OsdMapIncremental.decode(last.incremental());
    change.accept(changes);
    return new OsdMapUpdate(before, changes).apply();
  }

  @Test
  void shouldRefuseChangesToAnotherMap() {
    List<RecordedEpochs> all = RecordedEpochs.all();
    byte[] third = all.get(2).incremental();
    assertThatThrownBy(() -> OsdMap.decode(all.get(0).map()).after(third))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("e3");
    OsdMap elsewhere = MapSamples.cluster(3, 1).next(MapSamples.NOW).build();
    assertThatThrownBy(() -> elsewhere.after(third))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(MapSamples.FSID.toString());
  }

  @Test
  void shouldRefuseChangesThatMakeAnotherMapThanTheirSenderHas() {
    RecordedEpochs before = RecordedEpochs.all().get(20);
    byte[] changes = RecordedEpochs.all().get(21).incremental().clone();
    changes[changes.length - 1] ^= 1; // of the next map's checksum
    OsdMap map = OsdMap.decode(before.map());
    assertThatThrownBy(() -> map.after(sealed(changes)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("OSD map e" + (before.epoch() + 1) + ": checksum");
  }

  @Test
  void shouldRefuseChangesWithAnyOneByteChanged() {
    RecordedEpochs before = RecordedEpochs.all().get(20);
    OsdMap map = OsdMap.decode(before.map());
    byte[] changes = RecordedEpochs.all().get(21).incremental();
    for (int at = 0; at < changes.length; at++) {
      byte[] damaged = changes.clone();
      damaged[at] ^= 0x10;
      assertThatThrownBy(() -> map.after(damaged))
          .as("byte %d", at)
          .isInstanceOf(MalformedInputException.class);
    }
  }

  @Test
  void shouldSkipWhatALaterVersionAdds() {
    for (RecordedEpochs recorded : RecordedEpochs.all().subList(1, 40)) {
      OsdMap before = OsdMap.decode(RecordedEpochs.all().get(recorded.epoch() - 2).map());
      assertThat(before.epoch()).isEqualTo(recorded.epoch() - 1);
      OsdMap next = before.after(laterVersion(recorded.incremental()));
      assertThat(next.encode()).isEqualTo(recorded.map());
    }
  }

  /** The same changes with a field more at the end of each section. */
  private static byte[] laterVersion(byte[] changes) {
    Decoder from = new Decoder(changes).skip(HEADER);
    byte[] client = section(from);
    byte[] osd = section(from);
    byte[] crcs = from.raw(CRCS);
    Encoder to = new Encoder();
    int whole = to.begin(8, 7);
    int first = to.begin(9, 1);
    to.raw(client).string("of Reef").end(first);
    int second = to.begin(12, 1);
    to.raw(osd).zeros(18).u8(0).string("of Squid").end(second);
    return sealed(to.raw(crcs).end(whole).toByteArray());
  }

  private static byte[] section(Decoder from) {
    from.skip(2);
    return from.blob();
  }

  /** With the checksum that its bytes have. */
  static byte[] sealed(byte[] changes) {
    byte[] bytes = changes.clone();
    if (bytes.length >= CRCS) {
      int crcAt = bytes.length - CRCS;
      int crc = Crc32c.update(Crc32c.SEED, Arrays.copyOf(bytes, crcAt));
      crc = Crc32c.update(crc, bytes, crcAt + 4, 4);
      for (int i = 0; i < 4; i++) {
        bytes[crcAt + i] = (byte) (crc >>> 8 * i);
      }
    }
    return bytes;
  }
}
