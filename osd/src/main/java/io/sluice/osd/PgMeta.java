package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.Transaction;
import io.sluice.protocol.ObjectHash;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerPgInfo;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Where a placement group keeps its info and log: the omap of an object of its own, written in the
 * same transaction as the data.
 *
 * <pre>
 * object: no name, hash = number of the group | keys:
 *   'R' be16 version modulo {@link Limits#LOG_ENTRIES}: one log entry | the info with it, or nothing
 *   'I' v3 { info | le32 places of the ring }, v2 without these, or v1: the info alone
 *   'S' what the last scrubs found
 *   'N' le32 number of groups its objects are divided by
 *   'L' be32 epoch be64 version: one log entry, of a store that an older version wrote
 * </pre>
 *
 * <p>A write puts one record, in the place of the entry that it pushes out of the log: it brings
 * the info along, and nothing has to be deleted. The info is what the newest record says, unless
 * the one under 'I' is as new: that is written when it changes without an entry.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class PgMeta {
  private static final byte[] INFO = {'I'};

  /** An older version, which knows nothing of the ring, must not take a stale info for the last. */
  private static final int INFO_COMPAT = 2;

  /** Says how many places the ring has. */
  private static final int INFO_V = 3;

  /** The only key whose value is each member's own. */
  static final byte[] SCRUBS = {'S'};

  /**
   * With how many groups in the pool this copy's objects were divided last; absent in a copy that
   * is as old as its pool. A copy that did not divide when others did may have a smaller number.
   */
  static final byte[] GROUPS = {'N'};

  private static final byte[] FORMER_FIRST = {'L'};
  private static final byte[] FORMER_END = {'M'};
  private static final byte[] RING_FIRST = {'R'};
  private static final byte[] RING_END = {'S'};

  private final ObjectStore store;
  private final CollectionId collection;
  private final ObjectId object;

  /** Entries up to here are not in the ring. */
  private EVersion formerHead = EVersion.ZERO;

  PgMeta(ObjectStore store, PgId pg) {
    this.store = store;
    this.collection = new CollectionId(pg);
    this.object = ObjectId.head(pg.pool(), "", "", "", pg.seed());
  }

  /** True for the object that is ours and no client's: clients' objects have names. */
  static boolean isMeta(ObjectId object) {
    return object.name().isEmpty();
  }

  CollectionId collection() {
    return collection;
  }

  /** True for a copy; a collection alone is none, but one that is about to get its objects. */
  boolean isThere() {
    return store.exists(collection) && store.omapGet(collection, object, INFO).isPresent();
  }

  /**
   * The stored log, and info; {@link PeerPgInfo#EMPTY} for a group that is new here.
   *
   * @throws MalformedInputException when the log's entries are not where they are looked for
   */
  PeerPgInfo load(PgLog into) {
    if (!store.exists(collection)) {
      return PeerPgInfo.EMPTY;
    }
    PeerPgInfo info =
        store.omapGet(collection, object, INFO).map(PgMeta::infoOf).orElse(PeerPgInfo.EMPTY);
    List<PeerLogEntry> entries = new ArrayList<>();
    SortedMap<byte[], byte[]> stored =
        store.omapList(collection, object, FORMER_FIRST, 3 * Limits.LOG_ENTRIES);
    for (Map.Entry<byte[], byte[]> each : stored.entrySet()) {
      Decoder value = new Decoder(each.getValue());
      if (each.getKey()[0] == FORMER_FIRST[0]) {
        entries.add(PeerLogEntry.decode(value));
        formerHead = entries.get(entries.size() - 1).version();
      } else if (each.getKey()[0] == RING_FIRST[0]) {
        entries.add(PeerLogEntry.decode(value));
        PeerPgInfo then = value.remaining() == 0 ? info : PeerPgInfo.decode(value);
        info = then.lastUpdate().compareTo(info.lastUpdate()) > 0 ? then : info;
      }
    }
    EVersion tail = info.logTail();
    EVersion head = info.lastUpdate();
    entries.removeIf(
        entry -> entry.version().compareTo(tail) <= 0 || entry.version().compareTo(head) > 0);
    into.replace(entries, tail);
    return info;
  }

  /** What stands under 'I'. */
  static PeerPgInfo infoOf(byte[] stored) {
    if (stored.length > 0 && stored[0] == 1) {
      return PeerPgInfo.decode(new Decoder(stored));
    }
    Decoder from = new Decoder(stored);
    Decoder.Struct struct = from.begin(INFO_V, "pg info");
    PeerPgInfo info = PeerPgInfo.decode(from);
    int places = struct.version() < INFO_V ? Limits.LOG_ENTRIES : from.le32();
    if (places != Limits.LOG_ENTRIES) {
      throw new MalformedInputException(
          "a log of " + places + " places, this version knows " + Limits.LOG_ENTRIES);
    }
    from.end(struct);
    return info;
  }

  ScrubFacts loadScrubs() {
    if (!store.exists(collection)) {
      return ScrubFacts.NONE;
    }
    return store
        .omapGet(collection, object, SCRUBS)
        .map(bytes -> ScrubFacts.decode(new Decoder(bytes)))
        .orElse(ScrubFacts.NONE);
  }

  /** 0 when it is not noted. */
  int loadGroups() {
    return store
        .omapGet(collection, object, GROUPS)
        .map(bytes -> new Decoder(bytes).le32())
        .orElse(0);
  }

  void putGroups(Transaction to, int pgNum) {
    to.add(new Transaction.OmapSet(object, GROUPS, new Encoder(4).le32(pgNum).toByteArray()));
  }

  /**
   * In a transaction on the collection of the group that divides: puts this group's info and log
   * there, and moves them here with all objects whose hash says so. Our collection exists.
   */
  void moveFrom(Transaction parent, PgId pg, int pgNum, PeerPgInfo info, List<PeerLogEntry> log) {
    parent.add(new Transaction.Touch(object));
    putInfo(parent, info);
    putGroups(parent, pgNum);
    log.forEach(entry -> putEntry(parent, entry.version(), PgLog.encoded(entry)));
    int bits = ObjectHash.bits(pg.seed(), pgNum);
    parent.add(new Transaction.SplitCollection(bits, pg.seed(), collection));
  }

  void putScrubs(Transaction to, ScrubFacts facts) {
    Encoder bytes = new Encoder(96);
    facts.encode(bytes);
    to.add(new Transaction.OmapSet(object, SCRUBS, bytes.toByteArray()));
  }

  void create(Transaction to) {
    to.add(new Transaction.CreateCollection()).add(new Transaction.Touch(object));
  }

  void putInfo(Transaction to, PeerPgInfo info) {
    Encoder bytes = new Encoder(96);
    int mark = bytes.begin(INFO_V, INFO_COMPAT);
    info.encode(bytes);
    bytes.le32(Limits.LOG_ENTRIES);
    to.add(new Transaction.OmapSet(object, INFO, bytes.end(mark).toByteArray()));
  }

  /** An entry in its place, whatever is there. */
  void putEntry(Transaction to, EVersion version, byte[] encoded) {
    to.add(new Transaction.OmapSet(object, key(version), encoded));
  }

  /** An entry in its place, and the info as it is with it. */
  void putEntry(Transaction to, EVersion version, byte[] encoded, PeerPgInfo info) {
    Encoder bytes = new Encoder(encoded.length + 64).raw(encoded);
    info.encode(bytes);
    putEntry(to, version, bytes.toByteArray());
  }

  /** Entries that are no longer in the log; before any is put that is. */
  void removeEntries(Transaction to, Collection<EVersion> versions) {
    versions.forEach(version -> removeEntry(to, version, true));
  }

  /** The same, as far as the entry that is put next does not take their place. */
  void removeEntries(Transaction to, Collection<EVersion> versions, EVersion next) {
    versions.forEach(version -> removeEntry(to, version, place(version) != place(next)));
  }

  private void removeEntry(Transaction to, EVersion version, boolean fromRing) {
    if (version.compareTo(formerHead) <= 0) {
      to.add(new Transaction.OmapRemove(object, formerKey(version)));
    }
    if (fromRing) {
      to.add(new Transaction.OmapRemove(object, key(version)));
    }
  }

  void clearLog(Transaction to) {
    to.add(new Transaction.OmapRemoveRange(object, FORMER_FIRST, FORMER_END));
    to.add(new Transaction.OmapRemoveRange(object, RING_FIRST, RING_END));
  }

  private static int place(EVersion version) {
    return (int) Long.remainderUnsigned(version.version(), Limits.LOG_ENTRIES);
  }

  private static byte[] key(EVersion version) {
    int place = place(version);
    return new byte[] {RING_FIRST[0], (byte) (place >>> 8), (byte) place};
  }

  private static byte[] formerKey(EVersion version) {
    return ByteBuffer.allocate(1 + Integer.BYTES + Long.BYTES)
        .put(FORMER_FIRST)
        .putInt(version.epoch())
        .putLong(version.version())
        .array();
  }
}
