package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import java.io.IOException;
import java.util.Map;

/**
 * Listens, connects and owns the event loops. A seam: daemons use {@link EpollMessenger},
 * simulations their own.
 */
public interface Messenger extends AutoCloseable {
  /**
   * Listens; connections accepted go to {@code dispatcher}.
   *
   * @param addr port 0 = any
   * @return the address bound, with our nonce
   * @throws IOException with the address in its text: in use, not ours
   */
  EntityAddr listen(EntityAddr addr, Dispatcher dispatcher) throws IOException;

  /**
   * Starts to connect and returns at once; failure is reported by {@link Dispatcher#onClosed}. A
   * peer whose name or nonce is not the expected one is refused. Between OSDs there is one session
   * for each address, whoever connected: it is returned, and reports to {@code dispatcher} from now
   * on.
   *
   * @param loop where the connection lives, or null for any
   */
  Connection connect(EntityName peer, AddrVec addrs, Dispatcher dispatcher, Loop loop);

  /** The addresses we listen on, sent to peers in the handshake. */
  AddrVec myAddrs();

  /** Our global id as a client, once a monitor has granted it; 0 before. */
  long globalId();

  /** Event loop number {@code index} modulo their count, for pinning state machines. */
  Loop loop(int index);

  /**
   * A loop beside the numbered ones, with a thread of its own: for heartbeats and leases, which
   * nothing may delay.
   */
  default Loop dedicatedLoop() {
    return loop(0);
  }

  /** What became of lossless sessions, by name; for {@code perf dump}. */
  default Map<String, Object> counters() {
    return Map.of();
  }

  /** From now on the network fails as is asked for, on purpose. */
  default void inject(InjectedFaults faults) {}

  /** Accepts no more connections; those there are go on. The first step of an orderly stop. */
  default void stopListening() {}

  @Override
  void close();
}
