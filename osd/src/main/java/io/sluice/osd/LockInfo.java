package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.UTime;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who holds one advisory lock of an object, as the attribute {@code lock.NAME} keeps it and as
 * clients are told. (ceph: rados::cls::lock::lock_info_t)
 *
 * <pre>
 * v1 { le32 n, n x { v1 {entity name | string cookie} v1 {utime expiration | addr | string description} }
 *      u8 type | string tag }
 * </pre>
 *
 * @param type {@link #EXCLUSIVE}, {@link #SHARED}, {@link #EPHEMERAL}; 0 when never taken
 */
record LockInfo(TreeMap<Id, Holder> holders, int type, String tag) {
  static final int EXCLUSIVE = 1;
  static final int SHARED = 2;
  static final int EPHEMERAL = 3;

  /** A client may hold a lock several times, under different cookies. */
  record Id(EntityName client, String cookie) implements Comparable<Id> {
    private static final Comparator<Id> ORDER =
        Comparator.comparingInt((Id id) -> id.client.type())
            .thenComparingLong(id -> id.client.number())
            .thenComparing(Id::cookie);

    @Override
    public int compareTo(Id other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param expiration zero: never
   */
  record Holder(UTime expiration, EntityAddr addr, String description) {}

  static boolean isValid(int type) {
    return type >= EXCLUSIVE && type <= EPHEMERAL;
  }

  /** Nobody else may hold it. */
  static boolean isExclusive(int type) {
    return type == EXCLUSIVE || type == EPHEMERAL;
  }

  byte[] encode() {
    Encoder to = new Encoder(128);
    int mark = to.begin(1, 1);
    to.list(holders.entrySet(), LockInfo::encodeHolder);
    return to.u8(type).string(tag).end(mark).toByteArray();
  }

  private static void encodeHolder(Encoder to, Map.Entry<Id, Holder> entry) {
    int id = to.begin(1, 1);
    entry.getKey().client().encode(to);
    to.string(entry.getKey().cookie()).end(id);
    int holder = to.begin(1, 1);
    entry.getValue().expiration().encode(to);
    entry.getValue().addr().encode(to);
    to.string(entry.getValue().description()).end(holder);
  }

  /** Without the holders whose time is over. */
  static LockInfo decode(byte[] bytes, UTime now) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(1, "lock_info_t");
    TreeMap<Id, Holder> holders = new TreeMap<>();
    int count = from.count(40);
    for (int i = 0; i < count; i++) {
      Decoder.Struct idStruct = from.begin(1, "locker_id_t");
      Id id = new Id(EntityName.decode(from), from.string());
      from.end(idStruct);
      Decoder.Struct holderStruct = from.begin(1, "locker_info_t");
      Holder holder = new Holder(UTime.decode(from), EntityAddr.decode(from), from.string());
      from.end(holderStruct);
      if (holder.expiration().equals(UTime.ZERO) || holder.expiration().compareTo(now) >= 0) {
        holders.put(id, holder);
      }
    }
    LockInfo info = new LockInfo(holders, from.u8(), from.string());
    from.end(struct);
    return info;
  }
}
