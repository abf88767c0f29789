package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerPgInfo;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import io.sluice.types.RequestId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The last changes of a placement group in order, in memory, found by version and by request.
 *
 * <p><b>Invariants:</b> versions and their numbers ascend; those of the entries are less than
 * {@link Limits#LOG_ENTRIES} apart, so that each has a place of its own in a ring of as many
 * ({@link PgMeta}), and take no more than a share of the {@link LogRoom}, or are the last {@link
 * Limits#LOG_ENTRIES_MIN}; {@link #tail} is the version before the oldest one kept; a version
 * stands for one change, and for everything before it.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class PgLog {
  private final EntryRing entries = new EntryRing();
  private final LogRoom room;
  private EVersion tail = EVersion.ZERO;

  /** Of the last entry, else the tail: asked for several times an operation. */
  private EVersion head = EVersion.ZERO;

  PgLog(LogRoom room) {
    this.room = room;
  }

  EVersion head() {
    return head;
  }

  EVersion tail() {
    return tail;
  }

  int size() {
    return entries.size();
  }

  /** What the entries take in the heap. */
  long bytes() {
    return entries.bytes();
  }

  /** The entry of that request, or null. */
  PeerLogEntry find(RequestId request) {
    return entries.find(request);
  }

  List<PeerLogEntry> all() {
    return entries.from(0);
  }

  List<PeerLogEntry> after(EVersion version) {
    return entries.from(entries.after(version));
  }

  /** An entry's bytes, as they are kept and stored. */
  static byte[] encoded(PeerLogEntry entry) {
    Encoder bytes = new Encoder(192);
    entry.encode(bytes);
    return bytes.toByteArray();
  }

  /**
   * Adds the newest entry.
   *
   * @param encoded its bytes, kept
   * @return as {@link #trim}
   */
  List<EVersion> append(PeerLogEntry entry, byte[] encoded) {
    if (entry.version().compareTo(head()) <= 0) {
      throw new IllegalArgumentException(entry + " after " + head());
    }
    entries.add(entry, encoded);
    head = entry.version();
    return trim();
  }

  /**
   * Takes out the oldest ones that there is no place for, or no room. After {@link #append} there
   * are none of the former, but a log that an older version kept may be longer, where numbers are
   * missing.
   *
   * @return versions of what had to go and is to be removed from the store: short entries that only
   *     the heap has no room for stay there until their place is taken, which costs nothing
   */
  List<EVersion> trim() {
    List<EVersion> trimmed = new ArrayList<>();
    while (entries.size() > 0 && (isFirstTooOld() || isTooMuch())) {
      boolean remove = isFirstTooOld() || entries.bytes(0) > Limits.LOG_ENTRY_SHORT_BYTES;
      tail = entries.removeFirst();
      if (remove) {
        trimmed.add(tail);
      }
    }
    return trimmed;
  }

  private boolean isFirstTooOld() {
    return head.version() - entries.version(0).version() >= Limits.LOG_ENTRIES;
  }

  private boolean isTooMuch() {
    return entries.bytes() > room.share() && entries.size() > Limits.LOG_ENTRIES_MIN;
  }

  /** Takes away everything after that version; returns the versions of what went. */
  List<EVersion> rewind(EVersion to) {
    int kept = entries.after(to);
    List<EVersion> gone = new ArrayList<>();
    for (int i = kept; i < entries.size(); i++) {
      gone.add(entries.version(i));
    }
    entries.truncate(kept);
    findHead();
    return gone;
  }

  /** Becomes a copy of another log, all of whose entries have a place here. */
  void replace(Collection<PeerLogEntry> with, EVersion newTail) {
    entries.clear();
    tail = newTail;
    NavigableMap<EVersion, PeerLogEntry> ordered = new TreeMap<>();
    with.forEach(entry -> ordered.put(entry.version(), entry));
    ordered.values().forEach(entry -> entries.add(entry, encoded(entry)));
    findHead();
  }

  private void findHead() {
    int size = entries.size();
    head = size == 0 ? tail : entries.version(size - 1);
  }

  /** How another copy's log differs from this one. */
  LogDiff compare(PeerPgInfo theirs, List<PeerLogEntry> theirEntries) {
    EVersion common = newestCommon(theirs, theirEntries);
    if (common == null) {
      return new LogDiff(false, EVersion.ZERO, Set.of());
    }
    Set<ObjectId> objects = new LinkedHashSet<>();
    after(common).forEach(entry -> objects.addAll(entry.changed()));
    theirEntries.stream()
        .filter(entry -> entry.version().compareTo(common) > 0)
        .forEach(entry -> objects.addAll(entry.changed()));
    return new LogDiff(true, common, objects);
  }

  private EVersion newestCommon(PeerPgInfo theirs, List<PeerLogEntry> theirEntries) {
    EVersion newest = knows(theirs.logTail()) ? theirs.logTail() : null;
    for (PeerLogEntry entry : theirEntries) {
      EVersion version = entry.version();
      if (knows(version) && (newest == null || version.compareTo(newest) > 0)) {
        newest = version;
      }
    }
    return newest;
  }

  private boolean knows(EVersion version) {
    return version.equals(tail) || entries.contains(version);
  }

  @Override
  public String toString() {
    return "log (" + tail + ", " + head() + "] of " + entries.size();
  }
}
