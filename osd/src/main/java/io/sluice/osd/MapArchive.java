package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.MOSDMap;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The recent OSD maps, still encoded, for clients that lag.
 *
 * <p><b>Threads:</b> any.
 */
final class MapArchive {
  private final ConcurrentNavigableMap<Integer, byte[]> maps = new ConcurrentSkipListMap<>();
  private volatile UUID fsid;
  private volatile int newest;

  void add(ClusterMap map, UUID cluster) {
    fsid = cluster;
    maps.put(map.epoch(), map.osdMap());
    newest = maps.lastKey();
    while (maps.size() > Limits.MAPS_KEPT) {
      maps.pollFirstEntry();
    }
  }

  int oldest() {
    return maps.isEmpty() ? 0 : maps.firstKey();
  }

  int newest() {
    return newest;
  }

  /** Sends a client that is at {@code epoch} every later map it has not been sent. */
  void share(Connection client, int epoch) {
    if (Integer.compareUnsigned(epoch, newest()) < 0) {
      client.loop().execute(() -> ClientSession.of(client).sendMaps(this, epoch));
    }
  }

  /** All kept maps after that epoch, as messages of the size that clients expect. */
  List<MOSDMap> after(int epoch) {
    List<MOSDMap> messages = new ArrayList<>();
    SortedMap<Integer, byte[]> part = new TreeMap<>();
    for (var map : maps.tailMap(epoch, false).entrySet()) {
      part.put(map.getKey(), map.getValue());
      if (part.size() == MOSDMap.MAX_MAPS) {
        messages.add(MOSDMap.ofMaps(fsid, part, oldest(), newest()));
        part = new TreeMap<>();
      }
    }
    if (!part.isEmpty()) {
      messages.add(MOSDMap.ofMaps(fsid, part, oldest(), newest()));
    }
    return messages;
  }
}
