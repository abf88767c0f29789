package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.protocol.MOSDMap;
import io.sluice.types.EntityName;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What we keep with a client's connection: which maps it has been sent, and how many payload bytes
 * of its operations are in hand.
 *
 * <p><b>Threads:</b> the connection's loop, except {@link #bytes}.
 */
final class ClientSession {
  /** Why a client is not read from. */
  enum Reason {
    /** Too much of it is in hand. */
    INTAKE,
    /** The write being received waits for its pipes. */
    PIPES,
    /** What comes waits for room for all of it. */
    ROOM
  }

  private final Connection connection;
  private final AtomicLong bytes = new AtomicLong();
  private int sentEpoch;
  private final Set<Reason> paused = EnumSet.noneOf(Reason.class);

  private MemoryGate.Share room;

  private ClientSession(Connection connection) {
    this.connection = connection;
  }

  /** The session of a connection, made when there is none. */
  static ClientSession of(Connection connection) {
    ClientSession session = connection.attachment(ClientSession.class);
    if (session == null) {
      session = new ClientSession(connection);
      connection.attach(session);
    }
    return session;
  }

  Connection connection() {
    return connection;
  }

  AtomicLong bytes() {
    return bytes;
  }

  /**
   * Sends a client that is at {@code epoch} every later map it has not been sent, as many as are
   * kept.
   */
  void sendMaps(MapArchive maps, int epoch) {
    int known = Math.max(epoch, sentEpoch);
    if (known >= maps.newest()) {
      return; // nearly always
    }
    for (MOSDMap part : maps.after(known)) {
      sentEpoch = part.maps().lastKey();
      connection.send(part.toEnvelope());
    }
  }

  /**
   * Reads the payload of the message that has begun only when there is room for all of it.
   *
   * @param gate of such payloads
   */
  void awaitRoom(MemoryGate gate, long bytes) {
    leaveRoom();
    MemoryGate.Share share = gate.share(bytes);
    room = share;
    boolean[] inside = {false};
    share.enter(
        connection.loop(),
        () -> {
          inside[0] = true;
          resume(Reason.ROOM);
          connection.loop().schedule(Limits.PATIENCE_NANOS, () -> hurry(gate, share));
        });
    if (!inside[0]) {
      pause(Reason.ROOM);
    }
  }

  private void hurry(MemoryGate gate, MemoryGate.Share share) {
    if (room == share && gate.waiting() > 0) {
      connection.close("sends too slowly what others wait for");
    } else if (room == share) {
      connection.loop().schedule(Limits.PATIENCE_NANOS, () -> hurry(gate, share));
    }
  }

  /** What it has of the gate for the message that has come, the caller's; null for nearly all. */
  MemoryGate.Share claimRoom() {
    MemoryGate.Share claimed = room;
    room = null;
    return claimed;
  }

  /** The connection is gone; true when operations that came over it are in hand. */
  boolean end() {
    leaveRoom();
    return bytes.get() > 0;
  }

  /** The message that had begun did not come. */
  private void leaveRoom() {
    if (room != null) {
      claimRoom().release();
    }
  }

  /** Other OSDs are never paused: on the same connection they commit writes for each other. */
  void pause(Reason reason) {
    if (connection.peerName().type() == EntityName.OSD) {
      return;
    }
    if (paused.isEmpty()) {
      connection.pauseReading();
    }
    paused.add(reason);
  }

  void resume(Reason reason) {
    if (paused.remove(reason) && paused.isEmpty()) {
      connection.resumeReading();
    }
  }
}
