package io.sluice.osd;

import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerPgInfo;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import io.sluice.types.RequestId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The last changes of a placement group in order, in memory, found by version and by request.
 *
 * <p><b>Invariants:</b> versions ascend; at most {@link Limits#LOG_ENTRIES} entries; {@link #tail}
 * is the version before the oldest one kept; a version stands for one change, and for everything
 * before it.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class PgLog {
  private final EntryRing entries = new EntryRing();
  private final Map<RequestId, PeerLogEntry> byRequest = new HashMap<>();
  private EVersion tail = EVersion.ZERO;

  /** Of the last entry, else the tail: asked for several times an operation. */
  private EVersion head = EVersion.ZERO;

  EVersion head() {
    return head;
  }

  EVersion tail() {
    return tail;
  }

  int size() {
    return entries.size();
  }

  /** The entry of that request, or null. */
  PeerLogEntry find(RequestId request) {
    return byRequest.get(request);
  }

  List<PeerLogEntry> all() {
    return entries.from(0);
  }

  List<PeerLogEntry> after(EVersion version) {
    return entries.from(entries.after(version));
  }

  /**
   * Adds the newest entry.
   *
   * @return the oldest ones that had to go
   */
  List<PeerLogEntry> append(PeerLogEntry entry) {
    if (entry.version().compareTo(head()) <= 0) {
      throw new IllegalArgumentException(entry + " after " + head());
    }
    entries.add(entry);
    head = entry.version();
    byRequest.put(entry.requestId(), entry);
    List<PeerLogEntry> trimmed = new ArrayList<>();
    while (entries.size() > Limits.LOG_ENTRIES) {
      PeerLogEntry oldest = entries.removeFirst();
      byRequest.remove(oldest.requestId(), oldest);
      tail = oldest.version();
      trimmed.add(oldest);
    }
    return trimmed;
  }

  /** Takes away everything after that version; returns what went. */
  List<PeerLogEntry> rewind(EVersion to) {
    int kept = entries.after(to);
    List<PeerLogEntry> gone = entries.from(kept);
    entries.truncate(kept);
    findHead();
    gone.forEach(entry -> byRequest.remove(entry.requestId(), entry));
    return gone;
  }

  /** Becomes a copy of another log. */
  void replace(Collection<PeerLogEntry> with, EVersion newTail) {
    entries.clear();
    byRequest.clear();
    tail = newTail;
    NavigableMap<EVersion, PeerLogEntry> ordered = new TreeMap<>();
    with.forEach(entry -> ordered.put(entry.version(), entry));
    for (PeerLogEntry entry : ordered.values()) {
      entries.add(entry);
      byRequest.put(entry.requestId(), entry);
    }
    findHead();
  }

  private void findHead() {
    int size = entries.size();
    head = size == 0 ? tail : entries.get(size - 1).version();
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
