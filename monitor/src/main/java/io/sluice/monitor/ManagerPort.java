package io.sluice.monitor;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.MessengerConfig;
import io.sluice.protocol.MgrMap;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.UTime;
import java.io.IOException;

/**
 * The monitor under a second name: where clients find the manager that Ceph has. Some requests they
 * send there only ({@code rados list-inconsistent-pg}), and without one they wait for ever.
 *
 * <p>Every monitor names its own port, any that is free, in the manager map it sends, and answers
 * there as it does at its own address. <b>Owns</b> a messenger, which says what it is in its
 * handshake: a monitor's could not say both.
 */
final class ManagerPort implements AutoCloseable {
  /** Of the map before there is a manager, and with it; the epochs that a monitor's life has. */
  static final int EPOCH_NONE = 1;

  private static final int EPOCH_ACTIVE = 2;

  /** A manager's number in Ceph is its global id; clients print it at most. */
  private static final long GID = 1;

  private final PipePool pipes;
  private final EpollMessenger messenger;
  private final MgrMap map;

  /**
   * Listens at once; what comes is the dispatcher's.
   *
   * @param name of the manager: the same on every monitor, since clients wait for the one they name
   * @param nonce tells this life from an earlier one at the same port
   */
  ManagerPort(String name, String ip, int nonce, UTime now, Dispatcher dispatcher)
      throws IOException {
    Linux linux = Linux.instance();
    pipes = new PipePool(linux, new CopyMeter(), 0); // commands are small: memory only
    messenger =
        new EpollMessenger(
            new MessengerConfig(new EntityName(EntityName.MGR, GID), nonce, 1, linux, pipes, null));
    boolean listening = false;
    try {
      EntityAddr addr = messenger.listen(EntityAddr.msgr2(ip, 0, nonce), dispatcher);
      map = new MgrMap(EPOCH_ACTIVE, AddrVec.of(addr), GID, name, now);
      listening = true;
    } finally {
      if (!listening) {
        close();
      }
    }
  }

  MgrMap map() {
    return map;
  }

  void stopListening() {
    messenger.stopListening();
  }

  @Override
  public void close() {
    messenger.close();
    pipes.close();
  }
}
