package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * What is in a pool and what was done to it: the fields of pool_stat_t that Sluice keeps; the
 * others travel as zero. (ceph: pool_stat_t v7, object_stat_collection_t v2, object_stat_sum_t v20,
 * store_statfs_t v1)
 *
 * @param bytes of user data, counted once
 * @param objects counted once
 * @param copies objects times replicas
 * @param storedBytes in the stores, every replica
 * @param allocatedBytes on the disks, every replica
 * @param stores how many OSDs counted
 */
public record PoolStats(
    long bytes,
    long objects,
    long copies,
    long reads,
    long readKib,
    long writes,
    long writtenKib,
    long storedBytes,
    long allocatedBytes,
    int stores) {
  public static final PoolStats ZERO = new PoolStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** object_stat_sum_t: fields behind {@code num_wr_kb}: 17 le64, 4 le32, 8 le64. */
  private static final int REST_OF_SUM = 17 * 8 + 4 * 4 + 8 * 8;

  void encode(Encoder to) {
    int mark = to.begin(7, 5);
    int collection = to.begin(2, 2);
    int sum = to.begin(20, 14);
    to.le64(bytes).le64(objects).le64(0).le64(copies).zeros(3 * 8);
    to.le64(reads).le64(readKib).le64(writes).le64(writtenKib).zeros(REST_OF_SUM);
    to.end(sum).le32(0).end(collection);
    to.le64(0).le64(0).le32(0).le32(0);
    int store = to.begin(1, 1);
    to.zeros(3 * 8).le64(allocatedBytes).le64(storedBytes).zeros(5 * 8);
    to.end(store).le32(stores).end(mark);
  }

  static PoolStats decode(Decoder from) {
    Decoder.Struct struct = from.begin(7, "pool_stat_t");
    Decoder.Struct collection = from.begin(2, "object_stat_collection_t");
    Decoder.Struct sum = from.begin(20, "object_stat_sum_t");
    long bytes = from.le64();
    long objects = from.le64();
    long copies = from.skip(8).le64();
    long reads = from.skip(3 * 8).le64();
    long readKib = from.le64();
    long writes = from.le64();
    long writtenKib = from.le64();
    from.end(sum).end(collection).skip(2 * 8 + 2 * 4);
    Decoder.Struct store = from.begin(1, "store_statfs_t");
    long allocated = from.skip(3 * 8).le64();
    long stored = from.le64();
    int stores = from.end(store).le32();
    from.end(struct);
    return new PoolStats(
        bytes, objects, copies, reads, readKib, writes, writtenKib, stored, allocated, stores);
  }
}
