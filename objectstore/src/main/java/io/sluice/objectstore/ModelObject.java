package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One object of a {@link StoreModel}: arrays and maps, written once more in the simplest way, so
 * that it does not share the mistakes of a store.
 */
final class ModelObject {
  private static final int PATIENCE_SECONDS = 60;

  byte[] data = new byte[0];
  final TreeMap<String, byte[]> attrs = new TreeMap<>();
  final TreeMap<byte[], byte[]> omap = new TreeMap<>(Arrays::compareUnsigned);
  byte[] header = new byte[0];
  AllocHint hint = AllocHint.NONE;

  void write(int at, byte[] bytes) {
    if (bytes.length > 0) {
      data = Arrays.copyOf(data, Math.max(data.length, at + bytes.length));
      System.arraycopy(bytes, 0, data, at, bytes.length);
    }
  }

  /** Zeros where nothing is. */
  byte[] range(int from, int length) {
    byte[] range = new byte[length];
    int there = Math.max(0, Math.min(length, data.length - from));
    System.arraycopy(data, Math.min(from, data.length), range, 0, there);
    return range;
  }

  ModelObject copy() {
    ModelObject copy = new ModelObject();
    copy.data = data.clone();
    copy.attrs.putAll(attrs);
    copy.omap.putAll(omap);
    copy.header = header;
    copy.hint = hint;
    return copy;
  }

  /**
   * @param from also read from there to the end
   * @throws StoreModel.Mismatch when the store holds anything else
   */
  void compare(ObjectStore store, CollectionId collection, ObjectId object, int from)
      throws Exception {
    String name = object + " in " + collection;
    StoreModel.expect(
        store.stat(collection, object).orElse(null),
        new ObjectStore.ObjectStat(data.length, hint),
        "stat of " + name);
    for (int start : new int[] {0, from}) {
      try (BufferList bytes =
          store
              .read(collection, object, start, Long.MAX_VALUE)
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        byte[] found = bytes.toByteArray(null, null);
        int differs = Arrays.mismatch(found, Arrays.copyOfRange(data, start, data.length));
        StoreModel.expect(differs, -1, "first wrong byte after " + start + " of " + name);
      }
    }
    StoreModel.expect(text(store.attrs(collection, object)), text(attrs), "attributes of " + name);
    StoreModel.expect(
        Arrays.toString(store.omapHeader(collection, object)),
        Arrays.toString(header),
        "omap header of " + name);
    compareOmap(store, collection, object, name);
  }

  private void compareOmap(
      ObjectStore store, CollectionId collection, ObjectId object, String name) {
    byte[] cursor = new byte[0];
    SortedMap<byte[], byte[]> page;
    List<String> found = new ArrayList<>();
    do {
      page = store.omapList(collection, object, cursor, 7);
      page.forEach((key, value) -> found.add(text(key, value)));
      cursor = page.isEmpty() ? cursor : Arrays.copyOf(page.lastKey(), page.lastKey().length + 1);
    } while (!page.isEmpty());
    List<String> expected = new ArrayList<>();
    omap.forEach((key, value) -> expected.add(text(key, value)));
    StoreModel.expect(found, expected, "omap of " + name);
  }

  private static String text(byte[] key, byte[] value) {
    return Arrays.toString(key) + "=" + value.length + ":" + Arrays.hashCode(value);
  }

  private static List<String> text(Map<String, byte[]> attrs) {
    return attrs.entrySet().stream()
        .map(each -> each.getKey() + text(new byte[0], each.getValue()))
        .sorted()
        .toList();
  }
}
