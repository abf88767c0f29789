package io.sluice.objectstore;

import io.sluice.bufferlist.Encoder;

/**
 * Changes of metadata that become durable together, in the order in which they were added.
 *
 * <p>Kept as RocksDB's own serialized batch, so that it crosses into native code in one call:
 *
 * <pre>
 * le64 0 (sequence number, RocksDB's) | le32 count | count x one of
 *   u8 1  | varint length, key | varint length, value        put
 *   u8 0  | varint length, key                               delete
 *   u8 15 | varint length, first key | varint length, end    delete [first, end)
 * </pre>
 *
 * <p>Deletes are plain ones, never RocksDB's SingleDelete: the two must not meet on one key.
 * <b>Threads:</b> one owner.
 */
final class MetadataBatch {
  private static final int COUNT_AT = 8;
  private static final int PUT = 1;
  private static final int DELETE = 0;
  private static final int DELETE_RANGE = 15;

  private final Encoder to = new Encoder(4096).le64(0).le32(0);
  private int count;

  MetadataBatch put(byte[] key, byte[] value) {
    return record(PUT, key, value);
  }

  MetadataBatch delete(byte[] key) {
    return record(DELETE, key, null);
  }

  MetadataBatch deleteRange(byte[] first, byte[] end) {
    return record(DELETE_RANGE, first, end);
  }

  private MetadataBatch record(int kind, byte[] first, byte[] second) {
    to.u8(kind);
    sized(first);
    if (second != null) {
      sized(second);
    }
    count++;
    return this;
  }

  private void sized(byte[] bytes) {
    int left = bytes.length;
    while (left >= 0x80) {
      to.u8(left & 0x7f | 0x80);
      left >>>= 7;
    }
    to.u8(left);
    to.raw(bytes);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Bytes of the serialized batch so far. */
  int length() {
    return to.length();
  }

  byte[] serialized() {
    return to.patchLe32(COUNT_AT, count).toByteArray();
  }
}
