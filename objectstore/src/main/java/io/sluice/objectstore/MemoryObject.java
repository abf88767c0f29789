package io.sluice.objectstore;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * One object of a {@link MemoryStore}: bytes, attributes, omap. <b>Threads:</b> guarded by its
 * store.
 */
final class MemoryObject {
  final TreeMap<String, byte[]> attrs = new TreeMap<>();
  final TreeMap<byte[], byte[]> omap = new TreeMap<>(Arrays::compareUnsigned);
  byte[] omapHeader = new byte[0];
  AllocHint hint = AllocHint.NONE;
  private static final BlobRefs NOT_COUNTED =
      new BlobRefs() {
        @Override
        public void ref(long blob) {}

        @Override
        public void unref(long blob) {}
      };

  private final ExtentMap written = new ExtentMap();
  private byte[] bytes = new byte[0];
  private int size;

  MemoryObject copy() {
    MemoryObject copy = new MemoryObject();
    copy.attrs.putAll(attrs);
    copy.omap.putAll(omap);
    copy.omapHeader = omapHeader;
    copy.hint = hint;
    copy.bytes = Arrays.copyOf(bytes, size);
    copy.size = size;
    written.all().forEach(copy.written::add);
    return copy;
  }

  void clearOmap() {
    omap.clear();
    omapHeader = new byte[0];
  }

  int size() {
    return size;
  }

  void write(long offset, byte[] data) {
    if (data.length == 0) {
      return;
    }
    grow(offset + data.length);
    System.arraycopy(data, 0, bytes, (int) offset, data.length);
    written.put(new Extent(offset, data.length, 0, offset), NOT_COUNTED);
  }

  void cloneRange(MemoryObject source, long sourceOffset, long length, long offset) {
    MemoryObject before = source == this ? copy() : source;
    zero(offset, length);
    for (ObjectStore.Range run : before.runs(sourceOffset, sourceOffset + length)) {
      write(run.offset() - sourceOffset + offset, before.read(run.offset(), run.length()));
    }
  }

  void zero(long offset, long length) {
    if (length == 0) {
      return;
    }
    grow(offset + length);
    Arrays.fill(bytes, (int) offset, (int) (offset + length), (byte) 0);
    written.punch(offset, offset + length, NOT_COUNTED);
  }

  List<ObjectStore.Range> runs(long from, long to) {
    return written.runs(from, to);
  }

  void truncate(long newSize) {
    written.punch(newSize, Long.MAX_VALUE, NOT_COUNTED);
    if (newSize > size) {
      grow(newSize);
    } else {
      Arrays.fill(bytes, (int) newSize, size, (byte) 0);
      size = (int) newSize;
    }
  }

  /** A copy, cut at the end of the object. */
  byte[] read(long offset, long length) {
    int from = (int) Math.min(offset, size);
    int to = (int) Math.min(size, from + Math.min(length, size));
    return Arrays.copyOfRange(bytes, from, to);
  }

  private void grow(long end) {
    int needed = Math.toIntExact(end);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes,
              (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, bytes.length * 3L / 2)));
    }
    size = Math.max(size, needed);
  }
}
