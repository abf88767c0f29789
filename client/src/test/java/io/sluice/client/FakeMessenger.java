package io.sluice.client;

import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.Messenger;
import io.sluice.protocol.OsdMap;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import io.sluice.types.ManualLoop;
import java.util.ArrayList;
import java.util.List;

/** A messenger whose connections lead to the test. */
final class FakeMessenger implements Messenger {
  static final ClusterConfig CONFIG =
      ClusterConfig.of(List.of(AddrVec.of(EntityAddr.msgr2("127.0.0.1", 3300, 0))));

  final ManualLoop loop = new ManualLoop(true);
  final List<FakeConnection> connections = new ArrayList<>();

  /** A cluster behind this messenger that has got that map. */
  Cluster connected(ClusterConfig config, Payloads payloads, PipePool pipes, OsdMap map) {
    Cluster cluster = new Cluster(config, this, payloads, pipes);
    cluster.begin();
    loop.settle();
    mon().ready();
    mon().deliver(TestMaps.message(map));
    return cluster;
  }

  /** The newest connection to a peer. */
  FakeConnection to(EntityName peer) {
    for (int i = connections.size() - 1; i >= 0; i--) {
      if (connections.get(i).peer.equals(peer)) {
        return connections.get(i);
      }
    }
    throw new AssertionError(
        "no connection to " + peer + " among " + connections.stream().map(c -> c.peer).toList());
  }

  FakeConnection mon() {
    return to(new EntityName(EntityName.MON, -1));
  }

  FakeConnection osd(int id) {
    return to(EntityName.osd(id));
  }

  long countTo(EntityName peer) {
    return connections.stream().filter(c -> c.peer.equals(peer)).count();
  }

  @Override
  public Connection connect(EntityName peer, AddrVec addrs, Dispatcher dispatcher, Loop on) {
    FakeConnection connection = new FakeConnection(peer, addrs, dispatcher, loop);
    connections.add(connection);
    return connection;
  }

  @Override
  public EntityAddr listen(EntityAddr addr, Dispatcher dispatcher) {
    throw new UnsupportedOperationException("a client does not listen");
  }

  @Override
  public AddrVec myAddrs() {
    return AddrVec.EMPTY;
  }

  @Override
  public long globalId() {
    return 4100;
  }

  @Override
  public Loop loop(int index) {
    return loop;
  }

  @Override
  public void close() {}
}
