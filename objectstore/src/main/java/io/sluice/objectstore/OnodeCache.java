package io.sluice.objectstore;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Committed onodes, the least recently used of which give way.
 *
 * <p>A reader that missed reads the database and may bring the result; a commit in between makes
 * that stale, so it is taken only if nothing was published since the reader began ({@link
 * #version}).
 *
 * <p><b>Threads:</b> any. <b>Invariants:</b> an onode in the cache is what the database holds, or
 * will be replaced by the publication of the batch that is being written.
 */
final class OnodeCache {
  /** Bytes of a key, and their hash: asked for again each time that the table grows. */
  private static final class Key {
    /** So many of a key are in what an onode counts. */
    private static final int BYTES_COUNTED = 100;

    private final byte[] bytes;
    private final int hash;

    private Key(byte[] bytes) {
      this.bytes = bytes;
      this.hash = Arrays.hashCode(bytes);
    }

    /** Of both, in bytes: a name may take much more than the onode. */
    private int weightWith(Onode onode) {
      return onode == null ? 0 : onode.weight() + Math.max(0, bytes.length - BYTES_COUNTED);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && hash == that.hash && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final long maxWeight;
  private final Map<Key, Onode> onodes = new LinkedHashMap<>(256, 0.75f, true);
  private long weight;
  private long version;

  /**
   * @param maxWeight in bytes, roughly
   */
  OnodeCache(long maxWeight) {
    this.maxWeight = maxWeight;
  }

  synchronized long version() {
    return version;
  }

  Onode get(byte[] key) {
    Key sought = new Key(key);
    synchronized (this) {
      return onodes.get(sought);
    }
  }

  /** From a reader that asked for the version before it looked into the database. */
  synchronized void offer(byte[] key, Onode onode, long versionBefore) {
    if (version == versionBefore) {
      put(key, onode);
    }
  }

  /** From the committer: what is durable now; null = removed. */
  synchronized void publish(Map<byte[], Onode> changed) {
    version++;
    changed.forEach(this::put);
  }

  private void put(byte[] key, Onode onode) {
    Key kept = new Key(key);
    Onode before = onode == null ? onodes.remove(kept) : onodes.put(kept, onode);
    weight += kept.weightWith(onode) - kept.weightWith(before);
    Iterator<Map.Entry<Key, Onode>> eldest = onodes.entrySet().iterator();
    while (weight > maxWeight && eldest.hasNext()) {
      Map.Entry<Key, Onode> gone = eldest.next();
      weight -= gone.getKey().weightWith(gone.getValue());
      eldest.remove();
    }
  }

  /** What is published later comes in again. */
  synchronized void clear() {
    onodes.clear();
    weight = 0;
  }

  synchronized long weight() {
    return weight;
  }
}
