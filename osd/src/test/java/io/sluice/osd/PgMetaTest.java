package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
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
  private final PgLog log = new PgLog(new LogRoom(Limits.LOGS_BYTES));
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
    PgLog stored = new PgLog(new LogRoom(Limits.LOGS_BYTES));
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
    PgLog reloaded = new PgLog(new LogRoom(Limits.LOGS_BYTES));
    again.load(reloaded);
    for (long version = FULL + 1; version <= FULL + 5; version++) {
      append(again, reloaded, entry(8, version));
    }
    checkReloads(entries(8, 6, FULL + 5));
    assertThat(keys()).isEqualTo(1 + FULL);
    PgMeta third = new PgMeta(store, PG);
    PgLog last = new PgLog(new LogRoom(Limits.LOGS_BYTES));
    third.load(last);
    for (long version = FULL + 6; version <= 2L * FULL; version++) {
      append(third, last, entry(8, version));
    }
    checkReloads(entries(8, FULL + 1, 2L * FULL));
    assertThat(keys()).isEqualTo(1 + FULL);
  }

  @Test
  void shouldReloadALogThatTheHeapHadNoRoomFor() {
    LogRoom room = new LogRoom(32 << 10);
    room.count(1);
    PgLog small = new PgLog(room);
    for (long version = 1; version <= 2L * FULL; version++) {
      append(meta, small, entry(8, version));
      if (version % 500 == 0) {
        checkReloads(small.all());
      }
    }
    assertThat(small.size()).isBetween(Limits.LOG_ENTRIES_MIN, FULL / 4);
    assertThat(keys()).as("short ones stay until their place is taken").isEqualTo(1 + FULL);
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
            null,
            null,
            new LogRoom(Limits.LOGS_BYTES),
            null);
    return new PgStore(services, pg, new AtOnce());
  }

  /** Its tail is the last version that had no place, before or after it is loaded. */
  private void checkPart(PgId pg, PgStore part, long... expected) {
    EVersion tail = new EVersion(8, 11);
    List<PeerLogEntry> entries = LongStream.of(expected).mapToObj(v -> entry(8, v)).toList();
    assertThat(part.log().all()).isEqualTo(entries);
    assertThat(part.log().tail()).as("tail of %s", pg).isEqualTo(tail);
    assertThat(part.info().logTail()).isEqualTo(tail);
    assertThat(part.info().lastUpdate())
        .isEqualTo(entries.isEmpty() ? tail : entries.get(entries.size() - 1).version())
        .isEqualTo(part.log().head());
    assertThat(part.groups(4)).isEqualTo(16);
  }

  private PgStore loaded(PgId pg) {
    PgStore part = storeOf(pg);
    part.load();
    return part;
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
    PgId none = new PgId(1, 7);
    PgId one = new PgId(1, 11);
    PgId two = new PgId(1, 15);
    parent.divide(16, List.of(none, one, two), () -> {});
    checkPart(PG, parent, FULL + 11);
    checkPart(PG, loaded(PG), FULL + 11);
    checkPart(none, loaded(none));
    checkPart(one, loaded(one), FULL + 3);
    checkPart(two, loaded(two), 15, FULL + 7);
  }

  @Test
  void shouldTakeNothingForItsLogThatIsNotBetweenTailAndHead() {
    entries(8, 1, 9).forEach(each -> append(meta, log, each));
    EVersion tail = new EVersion(8, 2);
    info = new PeerPgInfo(new EVersion(8, 10), new EVersion(8, 10), 8, 8, tail, 9);
    commit(
        to -> {
          meta.putInfo(to, info);
          meta.putEntry(to, new EVersion(8, 10), PgLog.encoded(entry(8, 10)));
          meta.putEntry(to, new EVersion(8, 11), PgLog.encoded(entry(8, 11)));
        });
    checkReloads(entries(8, 3, 10));
  }

  /** As this version writes the info, but for how many places the ring has; 0 = says nothing. */
  private void putInfoWithPlaces(int places) {
    Encoder bytes = new Encoder();
    int mark = bytes.begin(places == 0 ? 2 : 3, 2);
    info.encode(bytes);
    if (places > 0) {
      bytes.le32(places);
    }
    byte[] value = bytes.end(mark).toByteArray();
    commit(to -> to.add(new Transaction.OmapSet(OBJECT, new byte[] {'I'}, value)));
  }

  @Test
  void shouldRefuseALogWithAnotherNumberOfPlaces() {
    putInfoWithPlaces(FULL);
    byte[] written = store.omapGet(meta.collection(), OBJECT, new byte[] {'I'}).orElseThrow();
    commit(to -> meta.putInfo(to, info));
    assertThat(store.omapGet(meta.collection(), OBJECT, new byte[] {'I'}).orElseThrow())
        .isEqualTo(written);
    checkReloads(List.of());
    putInfoWithPlaces(0);
    checkReloads(List.of());
    putInfoWithPlaces(FULL + 1);
    assertThatThrownBy(() -> new PgMeta(store, PG).load(new PgLog(new LogRoom(Limits.LOGS_BYTES))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("3001 places");
  }
}
