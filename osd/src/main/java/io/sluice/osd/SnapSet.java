package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.SnapContext;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * What an object was at the snapshots of its pool: its clones. Kept with the head, in its attribute
 * {@value #ATTRIBUTE}. (ceph: SnapSet v3)
 *
 * <pre>
 * v3 { le64 seq | u8 1 | le32 0 | le32 n, n x le64 clone | le32 n, n x {le64 clone | ranges overlap}
 *      le32 n, n x {le64 clone | le64 size} | le32 n, n x {le64 clone | le32 m, m x le64 snap} }
 * </pre>
 *
 * <p><b>Invariants:</b> a clone is named by the newest snapshot that it was made for; its snapshots
 * descend; clones of one object share none. Immutable.
 *
 * @param seq newest snapshot id known at the last write: what the object was at a newer one, it is
 *     still
 * @param clones by id, ascending
 */
record SnapSet(long seq, SortedMap<Long, Clone> clones) {
  static final String ATTRIBUTE = "snapset";
  static final SnapSet EMPTY = new SnapSet(0, new TreeMap<>());

  /**
   * One former state.
   *
   * @param size in bytes
   * @param snaps for which it stands, newest first
   * @param overlap where the next newer clone, or the head, has the same bytes
   */
  record Clone(long size, List<Long> snaps, Ranges overlap) {
    Clone {
      snaps = List.copyOf(snaps);
    }
  }

  SnapSet {
    clones = Collections.unmodifiableSortedMap(new TreeMap<>(clones));
  }

  boolean isEmpty() {
    return seq == 0 && clones.isEmpty();
  }

  /**
   * Which stored object holds what the object was at a snapshot. (ceph: find_object_context)
   *
   * @return a clone's id, {@link ObjectId#HEAD}, or 0 when there was no object
   */
  long at(long snap) {
    if (Long.compareUnsigned(snap, seq) > 0) {
      return ObjectId.HEAD;
    }
    SortedMap<Long, Clone> notOlder = clones.tailMap(snap);
    if (notOlder.isEmpty()) {
      return 0;
    }
    List<Long> snaps = notOlder.get(notOlder.firstKey()).snaps();
    boolean covered = !snaps.isEmpty() && snaps.get(snaps.size() - 1) <= snap;
    return covered ? notOlder.firstKey() : 0;
  }

  /** What a write leaves. */
  record Written(SnapSet after, long newClone) {}

  /**
   * The set after a write. (ceph: make_writeable)
   *
   * @param size of the object before; negative when there was none
   * @param context the snapshots that exist as far as the writer, or the pool, knows
   * @param changed bytes that the write changes
   */
  Written written(long size, SnapContext context, Ranges changed) {
    if (clones.isEmpty() && context.snaps().isEmpty() && context.sequence() == seq) {
      return new Written(this, 0); // no snapshots, nearly always
    }
    NavigableMap<Long, Clone> next = new TreeMap<>(clones);
    boolean late = Long.compareUnsigned(seq, context.sequence()) > 0;
    List<Long> unseen = late ? List.of() : context.snaps().stream().filter(s -> s > seq).toList();
    long made = 0;
    if (size >= 0 && !unseen.isEmpty()) {
      made = context.sequence();
      next.put(made, new Clone(size, unseen, Ranges.of(0, size)));
    }
    if (!next.isEmpty() && !changed.isEmpty()) {
      Clone newest = next.lastEntry().getValue();
      Ranges overlap = newest.overlap().minus(changed);
      next.put(next.lastKey(), new Clone(newest.size(), newest.snaps(), overlap));
    }
    return new Written(new SnapSet(late ? seq : context.sequence(), next), made);
  }

  /** Where a clone and the head have the same bytes. */
  Ranges sharedWithHead(long clone) {
    Ranges shared = clones.get(clone).overlap();
    for (Clone newer : clones.tailMap(clone).values()) {
      shared = shared.and(newer.overlap());
    }
    return shared;
  }

  boolean hasAny(LongPredicate removed) {
    return clones.values().stream().anyMatch(c -> c.snaps().stream().anyMatch(removed::test));
  }

  /** The set without snapshots that were removed, and without clones that stood for no other. */
  SnapSet without(LongPredicate removed) {
    NavigableMap<Long, Clone> left = new TreeMap<>();
    Ranges gone = null;
    List<Long> newestFirst = new ArrayList<>(clones.keySet());
    Collections.reverse(newestFirst);
    for (long id : newestFirst) {
      Clone clone = clones.get(id);
      Ranges overlap = gone == null ? clone.overlap() : clone.overlap().and(gone);
      List<Long> snaps = clone.snaps().stream().filter(s -> !removed.test(s)).toList();
      if (snaps.isEmpty()) {
        gone = overlap; // the next older one now borders on what this one bordered on
      } else {
        left.put(id, new Clone(clone.size(), snaps, overlap));
        gone = null;
      }
    }
    return new SnapSet(seq, left);
  }

  byte[] encode() {
    Encoder to = new Encoder(64 + 96 * clones.size());
    int mark = to.begin(3, 2);
    to.le64(seq).bool(true).le32(0).list(clones.keySet(), Encoder::le64);
    to.le32(clones.size());
    clones.forEach((id, clone) -> clone.overlap().encode(to.le64(id)));
    to.le32(clones.size());
    clones.forEach((id, clone) -> to.le64(id).le64(clone.size()));
    to.le32(clones.size());
    clones.forEach((id, clone) -> to.le64(id).list(clone.snaps(), Encoder::le64));
    return to.end(mark).toByteArray();
  }

  static SnapSet decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(3, "SnapSet");
    long seq = from.le64();
    from.skip(1).list(Decoder::le64);
    List<Long> ids = from.list(Decoder::le64);
    SortedMap<Long, Ranges> overlaps = new TreeMap<>();
    for (int left = from.count(12); left > 0; left--) {
      overlaps.put(from.le64(), Ranges.decode(from));
    }
    SortedMap<Long, Long> sizes = new TreeMap<>();
    for (int left = from.count(16); left > 0; left--) {
      sizes.put(from.le64(), from.le64());
    }
    SortedMap<Long, List<Long>> snaps = new TreeMap<>();
    for (int left = from.count(12); left > 0; left--) {
      snaps.put(from.le64(), from.list(Decoder::le64));
    }
    from.end(struct);
    SortedMap<Long, Clone> clones = new TreeMap<>();
    for (long id : ids) {
      if (!sizes.containsKey(id) || !snaps.containsKey(id) || !overlaps.containsKey(id)) {
        throw new MalformedInputException("clone " + id + " is not described");
      }
      clones.put(id, new Clone(sizes.get(id), snaps.get(id), overlaps.get(id)));
    }
    return new SnapSet(seq, clones);
  }
}
