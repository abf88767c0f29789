package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/**
 * Where a placement group keeps its info and log: the omap of an object of its own, written in the
 * same transaction as the data.
 *
 * <pre>
 * object: no name, hash = number of the group | keys: 'I' info | 'L' be32 epoch be64 version: one log entry
 *                                                     'S' what the last scrubs found
 *                                                     'N' le32 number of groups its objects are divided by
 * </pre>
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class PgMeta {
  private static final byte[] INFO = {'I'};

  /** The only key whose value is each member's own. */
  static final byte[] SCRUBS = {'S'};

  /**
   * With how many groups in the pool this copy's objects were divided last; absent in a copy that
   * is as old as its pool. A copy that did not divide when others did may have a smaller number.
   */
  static final byte[] GROUPS = {'N'};

  private static final byte[] LOG_FIRST = {'L'};
  private static final byte[] LOG_END = {'M'};

  private final ObjectStore store;
  private final CollectionId collection;
  private final ObjectId object;

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

  /** The stored info; {@link PeerPgInfo#EMPTY} for a group that is new here. */
  PeerPgInfo loadInfo() {
    if (!store.exists(collection)) {
      return PeerPgInfo.EMPTY;
    }
    return store
        .omapGet(collection, object, INFO)
        .map(bytes -> PeerPgInfo.decode(new Decoder(bytes)))
        .orElse(PeerPgInfo.EMPTY);
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
    log.forEach(entry -> putEntry(parent, entry));
    int bits = ObjectHash.bits(pg.seed(), pgNum);
    parent.add(new Transaction.SplitCollection(bits, pg.seed(), collection));
  }

  void putScrubs(Transaction to, ScrubFacts facts) {
    Encoder bytes = new Encoder(96);
    facts.encode(bytes);
    to.add(new Transaction.OmapSet(object, SCRUBS, bytes.toByteArray()));
  }

  void loadLog(PgLog into, EVersion tail) {
    if (!store.exists(collection)) {
      return;
    }
    SortedMap<byte[], byte[]> stored =
        store.omapList(collection, object, LOG_FIRST, 2 * Limits.LOG_ENTRIES);
    List<PeerLogEntry> entries = new ArrayList<>(stored.size());
    stored.forEach(
        (key, value) -> {
          if (key[0] == LOG_FIRST[0]) {
            entries.add(PeerLogEntry.decode(new Decoder(value)));
          }
        });
    into.replace(entries, tail);
  }

  void create(Transaction to) {
    to.add(new Transaction.CreateCollection()).add(new Transaction.Touch(object));
  }

  void putInfo(Transaction to, PeerPgInfo info) {
    Encoder bytes = new Encoder(96);
    info.encode(bytes);
    to.add(new Transaction.OmapSet(object, INFO, bytes.toByteArray()));
  }

  void putEntry(Transaction to, PeerLogEntry entry) {
    Encoder bytes = new Encoder(192);
    entry.encode(bytes);
    to.add(new Transaction.OmapSet(object, key(entry.version()), bytes.toByteArray()));
  }

  void removeEntries(Transaction to, Collection<PeerLogEntry> entries) {
    for (PeerLogEntry entry : entries) {
      to.add(new Transaction.OmapRemove(object, key(entry.version())));
    }
  }

  void clearLog(Transaction to) {
    to.add(new Transaction.OmapRemoveRange(object, LOG_FIRST, LOG_END));
  }

  /** Big-endian, so that the store's order is the versions' order. */
  private static byte[] key(EVersion version) {
    Encoder key = new Encoder(16);
    key.u8(LOG_FIRST[0]);
    for (int shift = 24; shift >= 0; shift -= 8) {
      key.u8(version.epoch() >>> shift);
    }
    for (int shift = 56; shift >= 0; shift -= 8) {
      key.u8((int) (version.version() >>> shift));
    }
    return key.toByteArray();
  }
}
