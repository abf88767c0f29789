package io.sluice.osd;

import io.sluice.messenger.Dispatcher;
import io.sluice.types.EntityAddr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The wires between simulated processes: latency, lost connections, partitions. */
final class SimNetwork {
  static final long LATENCY_MIN = 30_000;
  static final long LATENCY_MAX = 400_000;
  static final long TIMEOUT = 1_500_000_000L;

  record Listener(SimMessenger messenger, Dispatcher dispatcher, EntityAddr addr) {}

  private final SimScheduler scheduler;
  private final Map<Integer, Listener> listeners = new LinkedHashMap<>();
  private final List<SimConnection> connections = new ArrayList<>();
  private final Set<String> cut = new LinkedHashSet<>();

  SimNetwork(SimScheduler scheduler) {
    this.scheduler = scheduler;
  }

  SimScheduler scheduler() {
    return scheduler;
  }

  void listen(Listener listener) {
    listeners.put(listener.addr().port(), listener);
  }

  Listener listenerAt(EntityAddr addr) {
    Listener listener = listeners.get(addr.port());
    return listener != null && listener.messenger().process().isAlive() ? listener : null;
  }

  /** True when a process of that life listens there. */
  boolean listens(EntityAddr addr) {
    Listener listener = listenerAt(addr);
    return listener != null && listener.addr().nonce() == addr.nonce();
  }

  void add(SimConnection connection) {
    connections.removeIf(SimConnection::isOver);
    connections.add(connection);
  }

  /** A process is gone: the other ends of its connections notice. */
  void died(SimProcess process) {
    for (SimConnection connection : List.copyOf(connections)) {
      if (connection.process() == process) {
        connection.vanish();
      }
    }
  }

  /** Breaks one connection, somewhere: what is on its way is lost. */
  void breakOne() {
    connections.removeIf(SimConnection::isOver);
    if (!connections.isEmpty()) {
      connections.get(scheduler.random().nextInt(connections.size())).breakOff();
    }
  }

  /** Nothing gets through between the two any more. */
  void cut(String a, String b) {
    cut.add(a + "|" + b);
    cut.add(b + "|" + a);
    for (SimConnection connection : List.copyOf(connections)) {
      if (isCut(connection.process().toString(), connection.peerProcess().toString())) {
        scheduler.after(TIMEOUT, connection::breakOff);
      }
    }
  }

  void heal() {
    cut.clear();
  }

  boolean isCut(String a, String b) {
    return cut.contains(a + "|" + b);
  }
}
