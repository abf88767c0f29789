package io.sluice.objectstore;

import java.nio.ByteBuffer;
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
  private final long maxWeight;
  private final Map<ByteBuffer, Onode> onodes = new LinkedHashMap<>(256, 0.75f, true);
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

  synchronized Onode get(byte[] key) {
    return onodes.get(ByteBuffer.wrap(key));
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
    ByteBuffer wrapped = ByteBuffer.wrap(key);
    Onode before = onode == null ? onodes.remove(wrapped) : onodes.put(wrapped, onode);
    weight += (onode == null ? 0 : onode.weight()) - (before == null ? 0 : before.weight());
    Iterator<Onode> eldest = onodes.values().iterator();
    while (weight > maxWeight && eldest.hasNext()) {
      weight -= eldest.next().weight();
      eldest.remove();
    }
  }

  synchronized long weight() {
    return weight;
  }
}
