package io.sluice.client;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.OsdMap;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  /** What a message of maps leaves to be asked for. */
  enum Missing {
    NOTHING,

    /** Epochs between ours and those that came. */
    EPOCHS,

    /** Changes came that make no map, or not the one they should: a whole one. */
    WHOLE
  }

  private static final Logger LOG = LoggerFactory.getLogger(MapTracker.class);

  /**
   * So many maps at most wait to be told of; when a message brings more, the first of them count as
   * never seen. (Ceph's daemons send 40 at once.)
   */
  private static final int KEPT_MAX = 100;

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
   * Takes the maps of a message that are newer than ours, whole ones and changes to the one before.
   */
  Missing take(MOSDMap message) {
    List<OsdMap> newer = new ArrayList<>();
    boolean gap = false;
    OsdMap last = current;
    Missing missing = Missing.NOTHING;
    for (int epoch : newerEpochs(message)) {
      OsdMap next = map(message, epoch, last);
      if (next == null) {
        boolean changed = last != null && epoch == last.epoch() + 1;
        missing = changed || missing == Missing.WHOLE ? Missing.WHOLE : Missing.EPOCHS;
        continue;
      }
      missing = Missing.NOTHING;
      gap |= last != null && epoch != last.epoch() + 1;
      if (newer.size() == KEPT_MAX) {
        newer.clear();
        gap = true;
      }
      newer.add(next);
      last = next;
    }
    if (!newer.isEmpty()) {
      current = last;
      listener.mapsChanged(newer, gap);
      wake();
    }
    return missing;
  }

  private SortedSet<Integer> newerEpochs(MOSDMap message) {
    SortedSet<Integer> epochs = new TreeSet<>(message.maps().tailMap(epoch() + 1).keySet());
    epochs.addAll(message.incrementals().tailMap(epoch() + 1).keySet());
    return epochs;
  }

  /** Null when the message does not have it whole, and its changes cannot be used. */
  private static OsdMap map(MOSDMap message, int epoch, OsdMap before) {
    byte[] whole = message.maps().get(epoch);
    if (whole != null) {
      OsdMap map = OsdMap.decode(whole);
      if (map.epoch() != epoch) {
        throw new MalformedInputException("map e" + map.epoch() + " was sent as e" + epoch);
      }
      return map;
    }
    if (before == null || before.epoch() + 1 != epoch) {
      return null;
    }
    try {
      return before.after(message.incrementals().get(epoch));
    } catch (MalformedInputException e) {
      LOG.info("the changes of map e{} cannot be used: {}", epoch, e.getMessage());
      return null;
    }
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
