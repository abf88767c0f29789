package io.sluice.client;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.Messenger;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MMonGetMap;
import io.sluice.protocol.MMonGetVersionReply;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.Message;
import io.sluice.protocol.MessageType;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to a monitor: maps keep coming, requests are answered, and when the monitor
 * goes away the next one is tried, with growing pauses, and told everything again.
 *
 * <p><b>Threads:</b> the client's loop. <b>Owns</b> its connection.
 */
final class MonSession implements Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(MonSession.class);

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A handshake on a network takes milliseconds; after this long another monitor is tried. */
  private static final long HANDSHAKE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How often a silent monitor is asked for its newest epoch, which proves it alive. */
  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Messenger messenger;
  private final Loop loop;
  private final List<AddrVec> monitors;
  private final MapTracker maps;
  private final MonRequests requests;

  private int next;
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private Connection connection;
  private boolean ready;
  private boolean closed;
  private boolean heard;
  private UUID fsid = new UUID(0, 0);
  private String lastFailure = "nobody answered";

  MonSession(Messenger messenger, Loop loop, List<AddrVec> monitors, MapTracker maps) {
    this.messenger = messenger;
    this.loop = loop;
    this.monitors = monitors;
    this.maps = maps;
    this.requests = new MonRequests(this);
  }

  void start() {
    connect();
    loop.schedule(PROBE_NANOS, this::probe);
  }

  MonRequests requests() {
    return requests;
  }

  /** All zero before the first map. */
  UUID fsid() {
    return fsid;
  }

  /** Why there is no session, for the user. */
  String lastFailure() {
    return lastFailure;
  }

  boolean isReady() {
    return ready;
  }

  private void connect() {
    if (closed) {
      return;
    }
    AddrVec monitor = monitors.get(next++ % monitors.size());
    LOG.debug("connecting to monitor {}", monitor);
    Connection attempt = messenger.connect(new EntityName(EntityName.MON, -1), monitor, this, loop);
    connection = attempt;
    loop.schedule(
        HANDSHAKE_NANOS,
        () -> {
          if (connection == attempt && !ready) {
            attempt.close("no answer to the handshake");
          }
        });
  }

  @Override
  public void onReady(Connection from) {
    if (from != connection) {
      return;
    }
    ready = true;
    heard = true;
    pauseNanos = FIRST_PAUSE_NANOS;
    send(new MMonGetMap());
    subscribe();
    requests.sendAll();
  }

  /** Asks for every OSD map from the next one on; the newest when we have none. */
  void subscribe() {
    int epoch = maps.epoch();
    subscribe(epoch == 0 ? 0 : epoch + 1L);
  }

  /** Asks for the newest OSD map as a whole, and for every one after it. */
  void subscribeToWhole() {
    subscribe(0);
  }

  private void subscribe(long from) {
    send(
        new MMonSubscribe(
            Map.of("osdmap", MMonSubscribe.Item.from(from), "monmap", MMonSubscribe.Item.from(0)),
            ""));
  }

  /** Sends when there is a session; else the request is sent when there is one. */
  void send(Message message) {
    if (ready) {
      connection.send(message.toEnvelope());
    }
  }

  @Override
  public void onMessage(Connection from, IncomingMessage message) {
    try (message) {
      if (from != connection || closed) {
        return;
      }
      heard = true;
      MessageHead head = message.head();
      switch (head.type()) {
        case MessageType.OSD_MAP -> takeMap(MOSDMap.decode(head.version(), head.front()));
        case MessageType.MON_COMMAND_ACK ->
            requests.answered(
                MMonCommandAck.decode(
                    head.version(), head.tid(), head.front(), Payloads.bytesOf(message)));
        case MessageType.MON_GET_VERSION_REPLY ->
            requests.answered(MMonGetVersionReply.decode(head.version(), head.front()));
        default -> LOG.debug("message {} from the monitor is not for us", head.type());
      }
    }
  }

  private void takeMap(MOSDMap message) {
    fsid = message.fsid();
    if (maps.take(message) != MapTracker.Missing.NOTHING) {
      LOG.debug("no map from {}: asking for the whole newest one", message);
      subscribeToWhole(); // a monitor that leaves out epochs does not have them
    }
  }

  /** Asks a silent monitor for its epoch; one that stays silent for a whole round is given up. */
  private void probe() {
    if (closed) {
      return;
    }
    if (ready && !heard) {
      connection.close("the monitor is silent");
    } else if (ready) {
      heard = false;
      requests.newestEpoch().thenAccept(this::catchUp);
    }
    loop.schedule(PROBE_NANOS, this::probe);
  }

  private void catchUp(long newest) {
    if (newest > maps.epoch()) {
      subscribe();
    }
  }

  @Override
  public void onClosed(Connection from, String reason) {
    if (from != connection) {
      return;
    }
    ready = false;
    connection = null;
    lastFailure = reason;
    if (!closed) {
      LOG.info("monitor session ended: {}", reason);
      loop.schedule(pauseNanos, this::connect);
      pauseNanos = Math.min(pauseNanos * 2, LONGEST_PAUSE_NANOS);
    }
  }

  void close(RadosException reason) {
    closed = true;
    requests.fail(reason);
    Connection last = connection;
    connection = null;
    ready = false;
    if (last != null) {
      last.close("client closed");
    }
  }
}
