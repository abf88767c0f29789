package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.Messenger;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.SnapContext;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A client as librados is one: sends an operation to the primary, and again only when the primary
 * changes or the connection breaks.
 */
final class SimClient implements Dispatcher {
  private static final int FLAGS = OpFlags.ON_DISK | OpFlags.KNOWN_IF_REDIRECTED;
  private static final long RECONNECT = 100_000_000L;

  private static final class Pending {
    private final ObjectId object;
    private final boolean write;
    private final List<OsdOp> steps;
    private final BiConsumer<MOSDOpReply, byte[]> done;
    private final long tid;
    private final SnapContext snaps;
    private int attempt;
    private int target = -1;

    private Pending(
        ObjectId object,
        boolean write,
        List<OsdOp> steps,
        BiConsumer<MOSDOpReply, byte[]> done,
        long tid,
        SnapContext snaps) {
      this.snaps = snaps;
      this.object = object;
      this.write = write;
      this.steps = steps;
      this.done = done;
      this.tid = tid;
    }
  }

  private final Messenger messenger;
  private final AddrVec monitorAddrs;
  private final Function<MOSDOp, Envelope> encoder;
  private final long reconnectNanos;
  private final Map<Integer, Connection> osds = new TreeMap<>();
  private final Map<Long, Pending> pending = new TreeMap<>();
  private Connection monitor;
  private OsdMap map;
  private SnapContext snaps = SnapContext.EMPTY;
  private long lastTid;
  private int resends;
  private int moreFlags;
  private int toLose;
  private Consumer<IncomingMessage> others = message -> {};
  private int elsewhere = -1;

  SimClient(SimNetwork network, long number) {
    this(
        new SimMessenger(
            network,
            new SimProcess(network.scheduler(), "client" + number),
            EntityName.client(number)),
        AddrVec.of(SimMonitor.ADDR),
        MOSDOp::toEnvelope,
        RECONNECT);
  }

  /**
   * Over any messenger with one loop, on which it is to be called.
   *
   * @param encoder how operations with their payloads leave
   */
  SimClient(
      Messenger messenger,
      AddrVec monitorAddrs,
      Function<MOSDOp, Envelope> encoder,
      long reconnectNanos) {
    this.messenger = messenger;
    this.reconnectNanos = reconnectNanos;
    this.monitorAddrs = monitorAddrs;
    this.encoder = encoder;
    connectToMonitor();
  }

  private void connectToMonitor() {
    monitor = messenger.connect(EntityName.mon(0), monitorAddrs, this, null);
  }

  @Override
  public void onReady(Connection connection) {
    if (connection == monitor) {
      connection.send(new ClusterMapSubscribe(map == null ? 0 : map.epoch() + 1).toEnvelope());
    }
  }

  /** The object of that name in the pool, once the client has a map. */
  ObjectId object(long pool, String name) {
    OsdMap.Location place = map.locate(pool, name, "", "");
    return ObjectId.head(pool, "", "", name, place.hash());
  }

  boolean hasPool(long pool) {
    return map != null && map.pool(pool) != null;
  }

  int resends() {
    return resends;
  }

  int pendingOps() {
    return pending.size();
  }

  String describePending() {
    StringBuilder text = new StringBuilder();
    pending
        .values()
        .forEach(
            p ->
                text.append(p.object)
                    .append(' ')
                    .append(p.steps)
                    .append(" at ")
                    .append(p.target)
                    .append("; "));
    return text.toString();
  }

  /** What writes from now on preserve. */
  void snaps(SnapContext newSnaps) {
    snaps = newSnaps;
  }

  /** What operations from now on say beside what every client says. */
  void flags(int more) {
    moreFlags = more;
  }

  /** Who looks at messages that answer no operation. */
  void onOther(Consumer<IncomingMessage> looks) {
    others = looks;
  }

  /** The next answer gets lost, so the operation is sent again. */
  void loseOneAnswer() {
    toLose = 1;
  }

  /** Operations from now on go there and not to the primary; -1: to the primary. */
  void sendTo(int osd) {
    elsewhere = osd;
  }

  /** Carries out steps on an object; {@code done} gets the reply and its data. */
  void submit(ObjectId object, List<OsdOp> steps, BiConsumer<MOSDOpReply, byte[]> done) {
    boolean write = steps.stream().anyMatch(step -> step.code().writes());
    Pending op = new Pending(object, write, steps, done, ++lastTid, snaps);
    pending.put(op.tid, op);
    send(op);
  }

  private void send(Pending op) {
    PgId pg = map.pool(op.object.pool()).pgOf(op.object.hash());
    op.target = elsewhere >= 0 ? elsewhere : map.primary(pg);
    if (op.target < 0 || !map.isUp(op.target)) {
      return;
    }
    int flags = FLAGS | moreFlags | (op.write ? OpFlags.WRITE : OpFlags.READ);
    MOSDOp message =
        MOSDOp.of(op.object, pg, map.epoch(), flags, op.steps)
            .withTid(op.tid)
            .withSnaps(op.snaps)
            .resent(pg, map.epoch(), op.attempt++);
    if (op.attempt > 1) {
      resends++;
    }
    connectionTo(op.target).send(encoder.apply(message));
  }

  private Connection connectionTo(int osd) {
    return osds.computeIfAbsent(
        osd, o -> messenger.connect(EntityName.osd(o), map.addrs(o), this, null));
  }

  @Override
  public void onMessage(Connection connection, IncomingMessage incoming) {
    try (incoming) {
      int type = incoming.head().type();
      if (type == MessageType.SLUICE_CLUSTER_MAP) {
        onMap(ClusterMap.decode(incoming.head().version(), incoming.head().front()).osdMap());
      } else if (type == MessageType.OSD_MAP) {
        MOSDMap maps = MOSDMap.decode(incoming.head().version(), incoming.head().front());
        maps.maps().values().forEach(this::onMap);
      } else if (type == MessageType.OSD_OP_REPLY) {
        onReply(connection, incoming);
      } else {
        others.accept(incoming);
      }
    }
  }

  private void onMap(byte[] encoded) {
    OsdMap next = OsdMap.decode(encoded);
    if (map != null && next.epoch() <= map.epoch()) {
      return;
    }
    OsdMap before = map;
    map = next;
    for (int osd : List.copyOf(osds.keySet())) {
      if (!map.isUp(osd)) {
        osds.remove(osd).close("the map says it is down");
      }
    }
    Set<Integer> connected = Set.copyOf(osds.keySet()); // the first to be sent again connects
    for (Pending op : List.copyOf(pending.values())) {
      PgId pg = map.pool(op.object.pool()).pgOf(op.object.hash());
      boolean divided = divides(op.object, before.pool(op.object.pool()));
      if (divided || map.primary(pg) != op.target || !connected.contains(op.target)) {
        send(op);
      }
    }
  }

  /** As librados: an object's group has fewer objects from now on. */
  private boolean divides(ObjectId object, PoolInfo before) {
    PoolInfo pool = map.pool(object.pool());
    return !pool.children(before.pgOf(object.hash()), before.pgNum()).isEmpty();
  }

  private void onReply(Connection connection, IncomingMessage incoming) {
    MOSDOpReply reply =
        MOSDOpReply.decode(
            incoming.head().version(),
            incoming.head().tid(),
            incoming.head().front(),
            incoming.head().dataLength());
    Pending op = pending.get(incoming.head().tid());
    if (op == null || osds.get(op.target) != connection || reply.retryAttempt() != op.attempt - 1) {
      return;
    }
    if (toLose > 0) {
      toLose--;
      send(op);
      return;
    }
    pending.remove(op.tid);
    byte[] data = new byte[0];
    if (!incoming.runs().isEmpty()) {
      BufferList bytes = incoming.runs().get(0).bytes();
      data = bytes.toByteArray(null, Inspection.DEBUG);
    }
    op.done.accept(reply, data);
  }

  @Override
  public void onClosed(Connection connection, String reason) {
    if (connection == monitor) {
      messenger.loop(0).schedule(reconnectNanos, this::connectToMonitor);
      return;
    }
    for (int osd : List.copyOf(osds.keySet())) { // an entry of a tree that loses it may change
      if (osds.get(osd) == connection) {
        osds.remove(osd);
        messenger.loop(0).schedule(reconnectNanos, () -> sendAgain(osd));
      }
    }
  }

  private void sendAgain(int osd) {
    for (Pending op : List.copyOf(pending.values())) {
      if (op.target == osd) {
        send(op);
      }
    }
  }
}
