package io.sluice.objectstore;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * The value of a collection's key: how much is in it.
 *
 * <pre>
 * u8 struct_v 2 | u8 struct_compat 1 | le32 length of the rest
 *   | le64 objects | le64 sum of their sizes in bytes              nothing of this in version 1
 * </pre>
 */
final class CollectionRecord {
  private static final int STRUCT_V = 2;

  private CollectionRecord() {}

  static byte[] encode(ObjectStore.Usage usage) {
    Encoder to = new Encoder(24);
    int mark = to.begin(STRUCT_V, 1);
    return to.le64(usage.objects()).le64(usage.bytes()).end(mark).toByteArray();
  }

  /**
   * Null when the record is of version 1: somebody must count.
   *
   * @throws io.sluice.bufferlist.MalformedInputException when the bytes are damaged or too new
   */
  static ObjectStore.Usage decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(STRUCT_V, "collection");
    ObjectStore.Usage usage = null;
    if (struct.version() >= 2) {
      long objects = from.le64();
      usage = new ObjectStore.Usage(objects, from.le64());
    }
    from.end(struct);
    return usage;
  }
}
