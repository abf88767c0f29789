package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * Where an object name is looked for: pool, namespace, and a key that is hashed instead of the
 * name, or a hash itself. (ceph: object_locator_t v6)
 *
 * <pre>
 * v6, compat 3 (6 when a hash is given) { le64 pool | le32 -1 | string key | string namespace | le64 hash }
 * </pre>
 *
 * @param hash 32 bits, or {@link #NO_HASH}
 */
public record ObjectLocator(long pool, String key, String namespace, long hash) {
  public static final long NO_HASH = -1;
  private static final int VERSION = 6;
  private static final int COMPAT = 3;

  public static ObjectLocator of(long pool, String namespace) {
    return new ObjectLocator(pool, "", namespace, NO_HASH);
  }

  public void encode(Encoder to) {
    int mark = to.begin(VERSION, hash == NO_HASH ? COMPAT : VERSION);
    to.le64(pool).le32(-1).string(key).string(namespace).le64(hash);
    to.end(mark);
  }

  public static ObjectLocator decode(Decoder from) {
    Decoder.Struct struct = from.begin(VERSION, "object_locator_t");
    long pool = from.le64();
    from.skip(4);
    String key = from.string();
    String namespace = struct.version() >= 5 ? from.string() : "";
    long hash = struct.version() >= 6 ? from.le64() : NO_HASH;
    from.end(struct);
    return new ObjectLocator(pool, key, namespace, hash);
  }
}
