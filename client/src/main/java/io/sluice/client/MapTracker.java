package io.sluice.client;

import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.OsdMap;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The newest OSD map, and who waits for which.
 *
 * <p><b>Invariant:</b> epochs only grow. <b>Threads:</b> the client's loop; {@link #current} any.
 */
final class MapTracker {
  /** Told of every map in order; {@code gap} when epochs between were never seen. */
  interface Listener {
    void mapsChanged(List<OsdMap> maps, boolean gap);
  }

  private final SortedMap<Integer, List<CompletableFuture<OsdMap>>> waiting = new TreeMap<>();
  private Listener listener = (maps, gap) -> {};
  private volatile OsdMap current;

  void listener(Listener newListener) {
    listener = newListener;
  }

  /** Null before the first. */
  OsdMap current() {
    return current;
  }

  int epoch() {
    OsdMap map = current;
    return map == null ? 0 : map.epoch();
  }

  /**
   * Takes the maps of a message that are newer than ours.
   *
   * @return false when the message had newer ones that cannot be used: differences to a map we do
   *     not have
   */
  boolean take(MOSDMap message) {
    List<OsdMap> newer = new ArrayList<>();
    boolean gap = false;
    int last = epoch();
    for (var entry : message.maps().entrySet()) {
      if (entry.getKey() > last) {
        gap |= last != 0 && entry.getKey() != last + 1;
        newer.add(OsdMap.decode(entry.getValue()));
        last = entry.getKey();
      }
    }
    if (!newer.isEmpty()) {
      current = newer.get(newer.size() - 1);
      listener.mapsChanged(newer, gap);
      wake();
    }
    return message.incrementals().isEmpty() || message.incrementals().lastKey() <= last;
  }

  private void wake() {
    SortedMap<Integer, List<CompletableFuture<OsdMap>>> reached = waiting.headMap(epoch() + 1);
    List<CompletableFuture<OsdMap>> ready = new ArrayList<>();
    reached.values().forEach(ready::addAll);
    reached.clear();
    ready.forEach(future -> future.complete(current));
  }

  /** Completes when the newest map is at least of that epoch. */
  CompletableFuture<OsdMap> atLeast(int epoch) {
    CompletableFuture<OsdMap> future = new CompletableFuture<>();
    if (epoch() >= epoch && current != null) {
      future.complete(current);
    } else {
      waiting.computeIfAbsent(epoch, e -> new ArrayList<>()).add(future);
    }
    return future;
  }

  /** Nothing will come any more. */
  void fail(RadosException reason) {
    List<CompletableFuture<OsdMap>> all = new ArrayList<>();
    waiting.values().forEach(all::addAll);
    waiting.clear();
    all.forEach(future -> future.completeExceptionally(reason));
  }
}
