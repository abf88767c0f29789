package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.Messenger;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import java.util.List;

/** A messenger over the simulated network. */
final class SimMessenger implements Messenger {
  private final SimNetwork network;
  private final SimProcess process;
  private final EntityName self;
  private final List<Loop> loops;
  private int nextLoop;

  SimMessenger(SimNetwork network, SimProcess process, EntityName self) {
    this.network = network;
    this.process = process;
    this.self = self;
    this.loops = List.of(process.new SimLoop(), process.new SimLoop(), process.new SimLoop());
  }

  SimNetwork network() {
    return network;
  }

  SimProcess process() {
    return process;
  }

  EntityName self() {
    return self;
  }

  @Override
  public EntityAddr listen(EntityAddr addr, Dispatcher dispatcher) {
    network.listen(new SimNetwork.Listener(this, dispatcher, addr));
    return addr;
  }

  @Override
  public Connection connect(EntityName peer, AddrVec addrs, Dispatcher dispatcher, Loop loop) {
    SimConnection near = new SimConnection(this, dispatcher, peer, loop == null ? anyLoop() : loop);
    EntityAddr addr = addrs.msgr2();
    SimNetwork.Listener found = network.listenerAt(addr);
    SimScheduler scheduler = network.scheduler();
    if (found == null) {
      scheduler.after(SimNetwork.LATENCY_MAX, () -> near.end("refused: nobody listens on " + addr));
      return near;
    }
    near.peerIs(found.messenger().process());
    if (network.isCut(process.toString(), found.messenger().process().toString())) {
      scheduler.after(SimNetwork.TIMEOUT, () -> near.end("connect: timed out"));
      return near;
    }
    if (addr.nonce() != 0 && addr.nonce() != found.addr().nonce()) {
      scheduler.after(SimNetwork.LATENCY_MAX, () -> near.end("another life of the peer"));
      return near;
    }
    SimConnection far =
        new SimConnection(found.messenger(), found.dispatcher(), self, found.messenger().anyLoop());
    near.joinWith(far);
    far.joinWith(near);
    network.add(near);
    network.add(far);
    scheduler.after(
        SimNetwork.LATENCY_MIN,
        () -> {
          near.ready();
          far.ready();
        });
    return near;
  }

  private Loop anyLoop() {
    return loop(nextLoop++);
  }

  @Override
  public AddrVec myAddrs() {
    return AddrVec.EMPTY;
  }

  @Override
  public long globalId() {
    return self.number();
  }

  @Override
  public Loop loop(int index) {
    return loops.get(Math.floorMod(index, 2));
  }

  @Override
  public Loop dedicatedLoop() {
    return loops.get(2);
  }

  @Override
  public void close() {
    process.kill();
    network.died(process);
  }
}
