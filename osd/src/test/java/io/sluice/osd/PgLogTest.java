package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerPgInfo;
import io.sluice.types.EVersion;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class PgLogTest {
  private final PgLog log = new PgLog(new LogRoom(Limits.LOGS_BYTES));

  private static PeerLogEntry entry(int epoch, long version, String name) {
    return new PeerLogEntry(
        PeerLogEntry.Kind.MODIFY,
        new EVersion(epoch, version),
        EVersion.ZERO,
        ObjectId.head(1, "", "", name, name.hashCode()),
        new RequestId(EntityName.client(epoch), version, 0),
        version,
        0,
        UTime.ZERO,
        List.of(),
        List.of());
  }

  private static List<EVersion> append(PgLog to, PeerLogEntry entry) {
    return to.append(entry, PgLog.encoded(entry));
  }

  private static PeerPgInfo infoOf(PgLog of) {
    return PeerPgInfo.EMPTY.advanced(of.head(), of.tail(), 0);
  }

  private static ObjectId object(String name) {
    return entry(1, 1, name).object();
  }

  @Test
  void shouldKeepTheLastEntriesOnly() {
    for (int i = 1; i <= Limits.LOG_ENTRIES; i++) {
      assertThat(append(log, entry(1, i, "a"))).isEmpty();
    }
    PeerLogEntry first = log.all().get(0);
    assertThat(append(log, entry(1, Limits.LOG_ENTRIES + 1, "a"))).containsExactly(first.version());
    assertThat(log.size()).isEqualTo(Limits.LOG_ENTRIES);
    assertThat(log.tail()).isEqualTo(first.version());
    assertThat(log.find(first.requestId())).isNull();
    assertThat(log.find(log.all().get(0).requestId())).isNotNull();
  }

  @Test
  void shouldRefuseVersionsThatDoNotAscend() {
    append(log, entry(2, 5, "a"));
    assertThatThrownBy(() -> append(log, entry(2, 5, "a")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> append(log, entry(1, 6, "a")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldFindWhatDivergedOnBothSides() {
    PgLog other = new PgLog(new LogRoom(Limits.LOGS_BYTES));
    for (int i = 1; i <= 3; i++) {
      append(log, entry(1, i, "same" + i));
      append(other, entry(1, i, "same" + i));
    }
    append(log, entry(1, 4, "ours"));
    append(other, entry(2, 4, "theirs"));
    LogDiff diff = log.compare(infoOf(other), other.all());
    assertThat(diff.overlap()).isTrue();
    assertThat(diff.common()).isEqualTo(new EVersion(1, 3));
    assertThat(diff.objects()).containsExactlyInAnyOrder(object("ours"), object("theirs"));
  }

  @Test
  void shouldKnowAnEmptyLogForABeginning() {
    append(log, entry(1, 1, "a"));
    LogDiff diff = log.compare(PeerPgInfo.EMPTY, List.of());
    assertThat(diff.overlap()).isTrue();
    assertThat(diff.common()).isEqualTo(EVersion.ZERO);
    assertThat(diff.objects()).containsExactly(object("a"));
  }

  @Test
  void shouldSayThatLogsDoNotMeet() {
    for (int i = 1; i <= Limits.LOG_ENTRIES + 10; i++) {
      append(log, entry(1, i, "a"));
    }
    assertThat(log.compare(PeerPgInfo.EMPTY, List.of()).overlap()).isFalse();
    PgLog old = new PgLog(new LogRoom(Limits.LOGS_BYTES));
    append(old, entry(1, 1, "a"));
    assertThat(log.compare(infoOf(old), old.all()).overlap()).isFalse();
  }

  @Test
  void shouldForgetTheRequestsOfWhatIsRewound() {
    append(log, entry(1, 1, "a"));
    PeerLogEntry gone = entry(1, 2, "b");
    append(log, gone);
    assertThat(log.rewind(new EVersion(1, 1))).containsExactly(gone.version());
    assertThat(log.head()).isEqualTo(new EVersion(1, 1));
    assertThat(log.find(gone.requestId())).isNull();
    append(log, entry(2, 2, "c"));
    assertThat(log.after(new EVersion(1, 1))).hasSize(1);
  }

  @Test
  void shouldNameClonesThatWereMadeBesideTheirObject() {
    PgLog ours = new PgLog(new LogRoom(Limits.LOGS_BYTES));
    PeerLogEntry first = entry(1, 1, "a");
    PeerLogEntry plain = entry(1, 2, "b");
    PeerLogEntry cloned =
        new PeerLogEntry(
            plain.kind(),
            plain.version(),
            plain.prior(),
            plain.object(),
            plain.requestId(),
            plain.userVersion(),
            0,
            plain.mtime(),
            List.of(4L),
            List.of());
    append(ours, first);
    append(ours, cloned);
    PeerPgInfo theirs = new PeerPgInfo(first.version(), first.version(), 1, 1, EVersion.ZERO, 1);
    assertThat(ours.compare(theirs, List.of(first)).objects())
        .containsExactlyInAnyOrder(plain.object(), plain.object().withSnap(4));
  }

  @Test
  void shouldKeepFewerOfLongNamesAndRemoveThemFromTheStore() {
    LogRoom room = new LogRoom(2 << 20);
    room.count(2);
    PgLog longNames = new PgLog(room);
    long removed = 0;
    for (int i = 1; i <= 1000; i++) {
      for (EVersion gone : append(longNames, entry(1, i, i + "x".repeat(Limits.NAME_BYTES)))) {
        assertThat(gone.version()).isEqualTo(++removed);
      }
      assertThat(longNames.bytes()).isLessThanOrEqualTo(room.share());
      assertThat(longNames.tail().version()).isEqualTo(removed);
    }
    assertThat(longNames.size()).isBetween(400, 500);
    assertThat(longNames.find(entry(1, 1000, "").requestId())).isNotNull();
    assertThat(longNames.find(entry(1, removed, "").requestId())).isNull();
    room.count(100);
    append(longNames, entry(1, 1001, "a"));
    assertThat(longNames.size()).isEqualTo(Limits.LOG_ENTRIES_MIN);
  }

  @Test
  void shouldLeaveShortEntriesInTheStoreThatTheHeapHasNoRoomFor() {
    LogRoom room = new LogRoom(64 << 10);
    room.count(1);
    PgLog small = new PgLog(room);
    for (int i = 1; i <= 1000; i++) {
      assertThat(append(small, entry(1, i, "a"))).isEmpty();
      assertThat(small.bytes()).isLessThanOrEqualTo(room.share());
    }
    assertThat(small.size()).isGreaterThan(200);
    assertThat(small.tail().version()).isEqualTo(1000 - small.size());
    assertThat(small.compare(PeerPgInfo.EMPTY, List.of()).overlap()).isFalse();
    small.rewind(new EVersion(1, 990));
    small.replace(List.of(), EVersion.ZERO);
    assertThat(small.bytes()).isZero();
  }
}
