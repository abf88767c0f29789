package io.sluice.monitor;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.MMonCommand;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.Message;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdBeacon;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdLease;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.ManualLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A monitor on a loop whose time the test moves, over consensus in memory, with peers the test
 * speaks for.
 */
final class MonitorBench {
  static final UUID FSID = UUID.fromString("6b1e6a2c-1111-4000-8000-000000000001");
  static final long MS = 1_000_000L;

  final ManualLoop loop = new ManualLoop(false);
  final GlobalIdPool globalIds = new GlobalIdPool();
  final Map<Integer, Prober.Answer> ports = new HashMap<>();
  final Monitor monitor;
  final LocalConsensus consensus;
  int probes;

  /** Ranks of the other monitors that are not heard. */
  Set<Integer> silent = Set.of();

  private List<Runnable> held;
  private long tid;

  MonitorBench() {
    this("a");
  }

  /** The monitor under test is the first of those named; the others are not there. */
  MonitorBench(String... names) {
    TreeMap<String, AddrVec> mons = new TreeMap<>();
    for (String name : names) {
      mons.put(name, AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6789 + mons.size(), 0)));
    }
    Prober prober =
        (addr, answer) -> {
          probes++;
          answer.accept(ports.getOrDefault(addr.port(), Prober.Answer.ACCEPTED));
        };
    monitor = new Monitor(new Monitor.Identity("a", FSID, mons, 3, 0), loop, globalIds, prober);
    consensus = new LocalConsensus(new MonMachine(monitor), this::agree, time -> silent);
    monitor.start(consensus);
    consensus.start();
    loop.settle();
  }

  private void agree(Runnable task) {
    if (held == null) {
      loop.execute(task);
    } else {
      held.add(task);
    }
  }

  /** From now on nothing is agreed on: proposals wait. */
  void holdConsensus() {
    held = new ArrayList<>();
  }

  /** How many proposals wait. */
  int held() {
    return held.size();
  }

  MonState state() {
    return monitor.state();
  }

  /** One OSD's side: its connection and its clock. */
  final class Osd {
    final int id;
    final AddrVec addrs;
    FakeConnection connection;

    Osd(int id, int nonce) {
      this.id = id;
      addrs = AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6800 + id, nonce));
      connect();
    }

    void connect() {
      connection = new FakeConnection(EntityName.osd(id), addrs, loop);
      monitor.onReady(connection);
      loop.settle();
    }

    Osd boot() {
      send(new OsdBoot(id, FSID, addrs, "host" + id, 1L << 40));
      return this;
    }

    void send(Message message) {
      monitor.onMessage(connection, FakeConnection.incoming(message));
      loop.settle();
    }

    /** Sends a beacon; true when a lease comes back for it. */
    boolean beacon() {
      long sentNanos = loop.clock().nanos();
      send(new OsdBeacon(id, state().epoch(), sentNanos));
      List<OsdLease> leases = connection.take(MessageType.SLUICE_OSD_LEASE, OsdLease::decode);
      return leases.stream().anyMatch(lease -> lease.sentNanos() == sentNanos);
    }

    List<ClusterMap> clusterMaps() {
      return connection.take(MessageType.SLUICE_CLUSTER_MAP, ClusterMap::decode);
    }

    void disconnect() {
      monitor.onClosed(connection, "test");
      loop.settle();
    }

    boolean isUp() {
      return state().osdMap().isUp(id);
    }
  }

  Osd osd(int id) {
    return new Osd(id, 100 + id).boot();
  }

  /** Time passes in beacon intervals; the OSDs given send their beacons. */
  void beaconFor(long nanos, Osd... alive) {
    for (long passed = 0; passed < nanos; passed += 500 * MS) {
      for (Osd osd : alive) {
        osd.beacon();
      }
      loop.advance(500 * MS);
    }
  }

  FakeConnection client() {
    return client(monitor);
  }

  /** Who came to the manager's port. */
  FakeConnection manager() {
    return client(new ManagerSide(monitor));
  }

  private FakeConnection client(Dispatcher to) {
    FakeConnection connection = new FakeConnection(EntityName.client(4096), AddrVec.EMPTY, loop);
    to.onReady(connection);
    loop.settle();
    return connection;
  }

  void send(Connection from, Message message) {
    monitor.onMessage(from, FakeConnection.incoming(message));
    loop.settle();
  }

  /** Runs a user's command to its end. */
  MMonCommandAck command(String json) {
    FakeConnection client = client();
    send(client, new MMonCommand(++tid, FSID, List.of(json), new byte[0]));
    FakeConnection.Sent sent = client.takeOne(MessageType.MON_COMMAND_ACK);
    monitor.onClosed(client, "done");
    loop.settle();
    return MMonCommandAck.decode(sent.version(), sent.tid(), sent.front(), sent.data());
  }
}
