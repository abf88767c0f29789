package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.messenger.Connection;
import io.sluice.protocol.RepChange;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who watches the objects of one placement group, and the notifications under way.
 *
 * <p>Watches are kept with the object, in its attribute {@value #ATTRIBUTE}, so that the next
 * primary knows them; the client that reconnects there finds its watch. A watch that has not been
 * heard of for its timeout counts no more; it leaves the attribute with the next change there.
 *
 * <pre>
 * v1 { le32 n, n x { entity name | le64 cookie | le32 timeout in seconds | addr } }
 * </pre>
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class Watchers {
  static final String ATTRIBUTE = "watchers";
  private static final int TIMEOUT_SECONDS = 30; // ceph: osd_client_watch_timeout
  private static final int TIMEOUT_SECONDS_MAX = 3600;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** A client may watch an object several times, under different cookies. */
  record Key(EntityName client, long cookie) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparingLong(Key::cookie).thenComparingLong(key -> key.client.number());

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param seenNanos when its client was last heard of
   * @param connection where it is told, or null until its client connects
   */
  record Watch(EntityAddr addr, int timeoutSeconds, long seenNanos, Connection connection) {}

  private final PlacementGroup group;
  private final Map<ObjectId, TreeMap<Key, Watch>> byObject = new HashMap<>();
  private final Map<Long, Notification> notifications = new TreeMap<>();

  Watchers(PlacementGroup group) {
    this.group = group;
  }

  /** The live watches of an object that exists. */
  SortedMap<Key, Watch> of(ObjectId object) {
    TreeMap<Key, Watch> watches = byObject.computeIfAbsent(object, this::load);
    long now = group.loop().clock().nanos();
    watches
        .values()
        .removeIf(watch -> now - watch.seenNanos() > watch.timeoutSeconds() * NANOS_PER_SECOND);
    SortedMap<Key, Watch> live = new TreeMap<>(watches);
    if (live.isEmpty()) {
      byObject.remove(object);
    }
    return live;
  }

  private TreeMap<Key, Watch> load(ObjectId object) {
    long now = group.loop().clock().nanos();
    return group
        .store()
        .objects()
        .attr(object, ATTRIBUTE)
        .map(bytes -> decode(bytes, now))
        .orElseGet(TreeMap::new);
  }

  /** As {@link #change} wrote it: all of them heard of just now. */
  static TreeMap<Key, Watch> decode(byte[] bytes, long nowNanos) {
    TreeMap<Key, Watch> watches = new TreeMap<>();
    Decoder from = new Decoder(bytes);
    from.begin(1, "watchers");
    int count = from.count(20);
    for (int i = 0; i < count; i++) {
      Key key = new Key(EntityName.decode(from), from.le64());
      int timeout = from.le32();
      watches.put(key, new Watch(EntityAddr.decode(from), timeout, nowNanos, null));
    }
    return watches;
  }

  static RepChange change(SortedMap<Key, Watch> watches) {
    if (watches.isEmpty()) {
      return new RepChange.RemoveAttr(ATTRIBUTE);
    }
    Encoder to = new Encoder(32 + 48 * watches.size());
    int mark = to.begin(1, 1);
    to.list(
        watches.entrySet(),
        (out, entry) -> {
          entry.getKey().client().encode(out);
          out.le64(entry.getKey().cookie()).le32(entry.getValue().timeoutSeconds());
          entry.getValue().addr().encode(out);
        });
    return new RepChange.SetAttr(ATTRIBUTE, to.end(mark).toByteArray());
  }

  /** A watch as a client asks for it, over the connection that it will be told by. */
  Watch watch(Connection connection, int timeoutSeconds) {
    List<EntityAddr> addrs = connection.peerAddrs().addrs();
    int timeout =
        timeoutSeconds <= 0 ? TIMEOUT_SECONDS : Math.min(timeoutSeconds, TIMEOUT_SECONDS_MAX);
    EntityAddr addr = addrs.isEmpty() ? EntityAddr.BLANK : addrs.get(0);
    return new Watch(addr, timeout, group.loop().clock().nanos(), connection);
  }

  /** The client is there, from now on or again: it hears what it has missed. */
  void connect(ObjectId object, Key key, Watch watch) {
    of(object);
    byObject.computeIfAbsent(object, none -> new TreeMap<>()).put(key, watch);
    for (Notification notification : notifications.values()) {
      if (notification.object().equals(object)) {
        notification.tell(key, watch);
      }
    }
  }

  void disconnect(ObjectId object, Key key) {
    TreeMap<Key, Watch> watches = byObject.get(object);
    if (watches != null) {
      watches.remove(key);
    }
    for (Notification notification : List.copyOf(notifications.values())) {
      if (notification.object().equals(object)) {
        notification.forget(key);
      }
    }
  }

  /** Tells every watcher, and the one who asked when all have answered. */
  void notify(Notification notification) {
    notifications.put(notification.id(), notification);
    notification.start(of(notification.object()), () -> notifications.remove(notification.id()));
  }

  void acknowledge(long notification, Key key, byte[] reply) {
    Notification found = notifications.get(notification);
    if (found != null) {
      found.acknowledge(key, reply);
    }
  }

  /** Somebody else is primary: clients watch and notify there. */
  void clear() {
    byObject.clear();
    new ArrayList<>(notifications.values()).forEach(Notification::cancel);
    notifications.clear();
  }
}
