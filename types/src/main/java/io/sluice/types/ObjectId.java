package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * The whole identity of a stored object, on the wire, in logs and in keys. (ceph: ghobject_t)
 *
 * @param hash 32-bit placement hash of the name (or locator key) and namespace
 * @param snap snapshot id, {@link #HEAD} for the object itself
 * @param generation rollback generation, {@link #NO_GENERATION} normally
 * @param shard shard of an erasure-coded group, {@link #NO_SHARD} normally
 */
public record ObjectId(
    long pool,
    String namespace,
    String key,
    String name,
    int hash,
    long snap,
    long generation,
    int shard) {
  public static final long HEAD = -2L; // CEPH_NOSNAP

  /** The object's snapshots as such. (ceph: CEPH_SNAPDIR) */
  public static final long SNAPDIR = -1L;

  public static final long NO_GENERATION = -1L;
  public static final int NO_SHARD = -1;

  public static ObjectId head(long pool, String namespace, String key, String name, int hash) {
    return new ObjectId(pool, namespace, key, name, hash, HEAD, NO_GENERATION, NO_SHARD);
  }

  /** The same object at another snapshot. */
  public ObjectId withSnap(long newSnap) {
    return newSnap == snap
        ? this
        : new ObjectId(pool, namespace, key, name, hash, newSnap, generation, shard);
  }

  /** The object itself, of which this may be a clone. */
  public ObjectId toHead() {
    return withSnap(HEAD);
  }

  public boolean isHead() {
    return snap == HEAD;
  }

  /** hobject_t, v4: {@code key | name | le64 snap | le32 hash | u8 max | namespace | le64 pool}. */
  public void encode(Encoder to) {
    int mark = to.begin(4, 3);
    to.string(key).string(name).le64(snap).le32(hash).u8(0).string(namespace).le64(pool);
    to.end(mark);
  }

  public static ObjectId decode(Decoder from) {
    Decoder.Struct struct = from.begin(4, "hobject_t");
    String key = from.string();
    String name = from.string();
    long snap = from.le64();
    int hash = from.le32();
    from.u8();
    String namespace = from.string();
    long pool = from.le64();
    from.end(struct);
    return new ObjectId(pool, namespace, key, name, hash, snap, NO_GENERATION, NO_SHARD);
  }

  // A record's own equals and hashCode go through method handles, slow until C2 has compiled every
  // caller: keys of maps on the way of each operation say it themselves.

  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectId that
        && hash == that.hash
        && snap == that.snap
        && pool == that.pool
        && generation == that.generation
        && shard == that.shard
        && name.equals(that.name)
        && key.equals(that.key)
        && namespace.equals(that.namespace);
  }

  /** The placement hash is one already; objects that share it are told apart by their names. */
  @Override
  public int hashCode() {
    return ((hash * 31 + name.hashCode()) * 31 + Long.hashCode(snap)) * 31 + Long.hashCode(pool);
  }

  /** As Ceph prints it: {@code pool:reversed-hash:namespace:key:name:snap}. */
  @Override
  public String toString() {
    return pool
        + ":"
        + String.format("%08x", Integer.reverse(hash))
        + ":"
        + namespace
        + ":"
        + key
        + ":"
        + name
        + ":"
        + (snap == HEAD ? "head" : Long.toHexString(snap));
  }
}
