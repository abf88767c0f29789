package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** All that a store holds, a line for each collection and object, to be compared with another. */
final class StoreDigest {
  private static final int OBJECTS_MAX = 1000;
  private static final int KEYS_MAX = 10_000;

  private StoreDigest() {}

  static List<String> of(ObjectStore store) throws Exception {
    List<String> lines = new ArrayList<>();
    for (CollectionId collection : store.collections()) {
      lines.add(collection.toString());
      for (ObjectId object : store.list(collection, null, OBJECTS_MAX).objects()) {
        lines.add(collection + " " + object + " " + of(store, collection, object));
      }
    }
    return lines;
  }

  private static String of(ObjectStore store, CollectionId collection, ObjectId object)
      throws Exception {
    long size = store.stat(collection, object).orElseThrow().size();
    byte[] bytes;
    try (BufferList data = store.read(collection, object, 0, size).get(60, TimeUnit.SECONDS)) {
      bytes = data.toByteArray(null, null);
    }
    return size
        + " bytes "
        + Integer.toHexString(Crc32c.update(Crc32c.SEED, bytes))
        + " attrs "
        + of(store.attrs(collection, object))
        + " omap "
        + of(store.omapList(collection, object, new byte[0], KEYS_MAX));
  }

  private static String of(Map<?, byte[]> pairs) {
    int hash = 1;
    for (Map.Entry<?, byte[]> pair : pairs.entrySet()) {
      Object key = pair.getKey();
      hash = 31 * hash + (key instanceof byte[] raw ? Arrays.hashCode(raw) : key.hashCode());
      hash = 31 * hash + Arrays.hashCode(pair.getValue());
    }
    return pairs.size() + ":" + Integer.toHexString(hash);
  }
}
