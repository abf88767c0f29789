package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * How full the store is of whom a message comes from.
 *
 * <pre>
 * le32 used_permille | le64 free_bytes
 * </pre>
 *
 * @param usedPermille thousandths in use, 0-1000
 * @param freeBytes what may still be staged there, about
 */
public record StoreRoom(int usedPermille, long freeBytes) {
  /** Appends it. */
  void encode(Encoder to) {
    to.le32(usedPermille).le64(freeBytes);
  }

  static StoreRoom decode(Decoder from) {
    int used = from.le32();
    return new StoreRoom(used, from.le64());
  }
}
