package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.objectstore.MemoryStore;
import io.sluice.objectstore.Transaction;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerPgInfo;
import io.sluice.types.EVersion;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PgMetaTest {
  private static final PgId PG = new PgId(1, 3);
  private static final ObjectId OBJECT = ObjectId.head(1, "", "", "", 3);
  private static final int FULL = Limits.LOG_ENTRIES;

  private final MemoryStore store = new MemoryStore(Runnable::run);
  private final PgMeta meta = new PgMeta(store, PG);
  private final PgLog log = new PgLog();
  private PeerPgInfo info = new PeerPgInfo(EVersion.ZERO, EVersion.ZERO, 7, 7, EVersion.ZERO, 0);

  private static PeerLogEntry entry(int epoch, long version) {
    return new PeerLogEntry(
        PeerLogEntry.Kind.MODIFY,
        new EVersion(epoch, version),
        EVersion.ZERO,
        ObjectId.head(1, "", "", "o" + version, (int) version),
        new RequestId(EntityName.client(epoch), version, 0),
        version,
        0,
        UTime.ZERO,
        List.of(),
        List.of());
  }

  private static List<PeerLogEntry> entries(int epoch, long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(each -> entry(epoch, each)).toList();
  }

  @BeforeEach
  void create() {
    commit(meta::create);
    commit(to -> meta.putInfo(to, info));
  }

  private interface Change {
    void addTo(Transaction to);
  }

  private void commit(Change change) {
    Transaction transaction = new Transaction(meta.collection());
    change.addTo(transaction);
    store.commit(transaction, () -> {});
  }

  private void append(PgMeta to, PgLog toLog, PeerLogEntry entry) {
    byte[] encoded = PgLog.encoded(entry);
    List<EVersion> trimmed = toLog.append(entry, encoded);
    info = info.advanced(entry.version(), toLog.tail(), entry.userVersion());
    commit(
        transaction -> {
          to.removeEntries(transaction, trimmed, entry.version());
          to.putEntry(transaction, entry.version(), encoded, info);
        });
  }

  private void checkReloads(List<PeerLogEntry> expected) {
    PgLog stored = new PgLog();
    assertThat(new PgMeta(store, PG).load(stored)).isEqualTo(info);
    assertThat(stored.all()).isEqualTo(expected);
    assertThat(stored.tail()).isEqualTo(info.logTail());
    assertThat(stored.head()).isEqualTo(info.lastUpdate());
  }

  private int keys() {
    return store.omapList(meta.collection(), OBJECT, new byte[0], 4 * FULL).size();
  }

  @Test
  void shouldKnowLogAndInfoFromTheEntriesAlone() {
    for (long version = 1; version <= 5; version++) {
      append(meta, log, entry(8, version));
      checkReloads(entries(8, 1, version));
    }
    info = info.started(9);
    commit(to -> meta.putInfo(to, info));
    checkReloads(entries(8, 1, 5));
  }

  @Test
  void shouldPutAnEntryInThePlaceOfTheOneThatItPushesOut() {
    for (long version = 1; version <= FULL + 20; version++) {
      append(meta, log, entry(8, version));
    }
    checkReloads(entries(8, 21, FULL + 20));
    assertThat(keys()).isEqualTo(1 + FULL);
  }

  @Test
  void shouldLeaveNothingOfVersionsThatAreFarApart() {
    append(meta, log, entry(8, 1));
    append(meta, log, entry(8, 2));
    append(meta, log, entry(8, FULL + 2));
    checkReloads(List.of(entry(8, FULL + 2)));
    append(meta, log, entry(8, FULL + 5));
    checkReloads(List.of(entry(8, FULL + 2), entry(8, FULL + 5)));
    append(meta, log, entry(8, 3L * FULL));
    checkReloads(List.of(entry(8, 3L * FULL)));
    assertThat(keys()).isEqualTo(2);
  }

  @Test
  void shouldForgetWhatIsRewound() {
    entries(8, 1, 9).forEach(each -> append(meta, log, each));
    List<EVersion> gone = log.rewind(new EVersion(8, 4));
    PeerLogEntry other = entry(9, 5);
    log.append(other, PgLog.encoded(other));
    info = new PeerPgInfo(other.version(), other.version(), 9, 9, log.tail(), 5);
    commit(
        to -> {
          meta.removeEntries(to, gone);
          meta.putEntry(to, other.version(), PgLog.encoded(other));
          meta.putInfo(to, info);
        });
    List<PeerLogEntry> expected = new ArrayList<>(entries(8, 1, 4));
    expected.add(other);
    checkReloads(expected);
    append(meta, log, entry(9, 6));
    expected.add(entry(9, 6));
    checkReloads(expected);
    commit(meta::clearLog);
    assertThat(keys()).isEqualTo(1);
  }

  /** Keys by version, each deleted when its entry went, and the info written each time. */
  private void writeAsOlderVersion(List<PeerLogEntry> entries) {
    commit(
        to -> {
          for (PeerLogEntry each : entries) {
            byte[] key = ByteBuffer.allocate(13).put((byte) 'L').putInt(8).array();
            ByteBuffer.wrap(key).putLong(5, each.version().version());
            to.add(new Transaction.OmapSet(OBJECT, key, PgLog.encoded(each)));
          }
          Encoder bytes = new Encoder();
          info.encode(bytes);
          to.add(new Transaction.OmapSet(OBJECT, new byte[] {'I'}, bytes.toByteArray()));
        });
  }

  @Test
  void shouldGoOnFromWhatAnOlderVersionWrote() {
    info = info.advanced(new EVersion(8, FULL), EVersion.ZERO, FULL);
    writeAsOlderVersion(entries(8, 1, FULL));
    checkReloads(entries(8, 1, FULL));
    PgMeta again = new PgMeta(store, PG);
    PgLog reloaded = new PgLog();
    again.load(reloaded);
    for (long version = FULL + 1; version <= FULL + 5; version++) {
      append(again, reloaded, entry(8, version));
    }
    checkReloads(entries(8, 6, FULL + 5));
    assertThat(keys()).isEqualTo(1 + FULL);
    PgMeta third = new PgMeta(store, PG);
    PgLog last = new PgLog();
    third.load(last);
    for (long version = FULL + 6; version <= 2L * FULL; version++) {
      append(third, last, entry(8, version));
    }
    checkReloads(entries(8, FULL + 1, 2L * FULL));
    assertThat(keys()).isEqualTo(1 + FULL);
  }

  private PgStore storeOf(PgId pg) {
    PgServices services =
        new PgServices(
            0,
            new SimScheduler(1),
            store,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return new PgStore(services, pg, new AtOnce());
  }

  private void checkPart(PgId pg, List<PeerLogEntry> expected) {
    PgStore part = storeOf(pg);
    part.load();
    assertThat(part.log().all()).isEqualTo(expected);
    assertThat(part.info().lastUpdate()).isEqualTo(part.log().head());
    assertThat(part.info().logTail()).isEqualTo(part.log().tail());
    assertThat(part.groups(4)).isEqualTo(8);
  }

  /**
   * Numbers are missing in the log of a group that divided before: it may be longer than a ring.
   */
  @Test
  void shouldDivideWhatHasMoreVersionsThanPlaces() {
    List<PeerLogEntry> all =
        LongStream.of(3, 7, 11, 15, FULL + 3, FULL + 7, FULL + 11)
            .mapToObj(version -> entry(8, version))
            .toList();
    info = info.advanced(new EVersion(8, FULL + 11), EVersion.ZERO, FULL + 11);
    writeAsOlderVersion(all);
    checkReloads(all);
    PgStore parent = storeOf(PG);
    parent.load();
    PgId child = new PgId(1, 7);
    parent.divide(8, List.of(child), () -> {});
    checkPart(PG, LongStream.of(FULL + 3, FULL + 11).mapToObj(v -> entry(8, v)).toList());
    checkPart(child, LongStream.of(15, FULL + 7).mapToObj(v -> entry(8, v)).toList());
  }
}
