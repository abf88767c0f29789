package io.sluice.monitor;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.ReportsSubscribe;
import io.sluice.types.AddrVec;
import io.sluice.types.Loop;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a monitor that does not lead hears what OSDs report: it asks the others in turn, the one that
 * leads keeps the connection and passes every report on, and the rest close it.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class ReportFeed implements Dispatcher {
  /**
   * Between one monitor and the next: so long, at most, a follower knows less after an election.
   */
  static final long RETRY_NANOS = 500_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(ReportFeed.class);

  /** Starts to connect to a monitor. */
  interface Connector {
    Connection connect(AddrVec monitor, Dispatcher events);
  }

  private final String self;
  private final List<String> names = new ArrayList<>();
  private final List<AddrVec> addrs = new ArrayList<>();
  private final Loop loop;
  private final OsdReports reports;
  private Connector connector;
  private Connection connection;
  private boolean following;
  private boolean heard;
  private boolean scheduled;
  private int current;

  ReportFeed(Monitor.Identity identity, Loop loop, OsdReports reports) {
    this.self = identity.name();
    this.loop = loop;
    this.reports = reports;
    identity
        .monitors()
        .forEach(
            (name, addr) -> {
              if (!name.equals(self)) {
                names.add(name);
                addrs.add(addr);
              }
            });
  }

  /** How others are reached; without, nothing is heard of them. */
  void use(Connector theConnector) {
    connector = theConnector;
  }

  /** The monitor follows, or leads, or ends. */
  void follow(boolean follows) {
    following = follows && connector != null && !names.isEmpty();
    if (following) {
      connect();
    } else if (connection != null) {
      connection.close("mon." + self + " follows no more");
    }
  }

  private void connect() {
    scheduled = false;
    if (following && connection == null) {
      current = (current + 1) % names.size();
      heard = false;
      connection = connector.connect(addrs.get(current), this);
    }
  }

  /** The monitor that leads, as far as we hear; empty when we do not. */
  String leader() {
    return heard ? names.get(current) : "";
  }

  @Override
  public void onReady(Connection from) {
    from.send(new ReportsSubscribe(self).toEnvelope());
  }

  @Override
  public void onMessage(Connection from, IncomingMessage message) {
    try (message) {
      if (from != connection || !following) {
        return;
      }
      int version = message.head().version();
      if (message.head().type() == MessageType.SLUICE_REPORTS_SUBSCRIBE) {
        LOG.info("mon.{} leads: it passes on what OSDs report", names.get(current));
        heard = true;
        reports.forget();
        reports.upstream(from);
      } else if (message.head().type() == MessageType.SLUICE_OSD_STATS) {
        reports.take(OsdStats.decode(version, message.head().front()));
      }
    }
  }

  @Override
  public void onClosed(Connection from, String reason) {
    if (from != connection) {
      return;
    }
    String name = names.get(current);
    if (heard) {
      LOG.info("mon.{} no longer passes on what OSDs report: {}", name, reason);
    } else {
      LOG.debug("mon.{} does not lead: {}", name, reason);
    }
    connection = null;
    heard = false;
    reports.upstream(null);
    if (following && !scheduled) {
      scheduled = true;
      loop.schedule(RETRY_NANOS, this::connect);
    }
  }
}
