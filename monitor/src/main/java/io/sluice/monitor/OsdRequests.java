package io.sluice.monitor;

import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.OsdBeacon;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdFailure;
import io.sluice.protocol.OsdLease;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.OsdStopping;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgRecovered;
import io.sluice.protocol.PgScrub;
import io.sluice.protocol.ReportsSubscribe;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the OSDs: boots, beacons, reports. Only the leader does; another monitor closes the
 * connection and says why, and the OSD tries the next one.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class OsdRequests {
  private static final Logger LOG = LoggerFactory.getLogger(OsdRequests.class);

  /**
   * Reports of recovered groups are gathered for this long: an OSD's return would make an epoch per
   * group else.
   */
  private static final long GATHER_NANOS = 20_000_000L;

  /** So many fit a log entry well. */
  private static final int REPORTS_MAX = 1024;

  private final MonContext context;
  private final Loop loop;
  private final OsdWatch watch;
  private final Subscriptions subscriptions;
  private final List<Change.PgsRecovered.Report> reports = new ArrayList<>();

  OsdRequests(MonContext context, Loop loop, OsdWatch watch, Subscriptions subscriptions) {
    this.context = context;
    this.loop = loop;
    this.watch = watch;
    this.subscriptions = subscriptions;
  }

  /** True when the session may speak for that OSD; closes it otherwise. */
  private boolean accepts(Session session, int osd) {
    EntityName name = session.connection.peerName();
    if (!context.isLeader()) {
      session.close("mon." + context.name() + " is not the leader");
      return false;
    }
    if (name.type() != EntityName.OSD || name.number() != osd) {
      session.close(name + " speaks for osd." + osd);
      return false;
    }
    return true;
  }

  void boot(Session session, OsdBoot boot) {
    if (!accepts(session, boot.osd()) || session.booting) {
      return;
    }
    if (!boot.fsid().equals(context.state().fsid())) {
      String reason =
          "osd."
              + boot.osd()
              + " is of cluster "
              + boot.fsid()
              + ", this is "
              + context.state().fsid();
      LOG.error("refused a boot: {}", reason);
      session.close(reason);
      return;
    }
    session.booting = true;
    Change change =
        new Change.BootOsd(boot.osd(), boot.addrs(), boot.host(), boot.totalBytes(), context.now());
    context
        .propose(change)
        .whenComplete((outcome, failure) -> booted(session, boot, outcome, failure));
  }

  private void booted(Session session, OsdBoot boot, Outcome outcome, Throwable failure) {
    session.booting = false;
    if (failure != null || !outcome.ok()) {
      String reason = failure != null ? String.valueOf(failure.getMessage()) : outcome.text();
      LOG.error("osd.{} cannot boot: {}", boot.osd(), reason);
      session.close("boot refused: " + reason);
      return;
    }
    session.osd = boot.osd();
    session.osdNonce = boot.addrs().msgr2().nonce();
    context.reports().heard(session);
    LOG.info("osd.{} is up at {} in epoch {}", boot.osd(), boot.addrs(), outcome.epoch());
    if (session.closed) {
      watch.suspect(boot.osd(), session.osdNonce); // it died while it booted
    } else {
      watch.adopt(boot.osd(), session);
      if (session.beaconSentNanos != null) {
        lease(session, session.beaconSentNanos); // it need not wait for its next beacon
      }
    }
  }

  void beacon(Session session, OsdBeacon beacon) {
    if (!accepts(session, beacon.osd())) {
      return;
    }
    if (session.osd != beacon.osd()) {
      // Connected anew without a boot: the nonce of its addresses says which life it is.
      session.osd = beacon.osd();
      session.osdNonce = session.connection.peerAddrs().msgr2().nonce();
    }
    session.beaconSentNanos = beacon.sentNanos();
    context.reports().heard(session);
    lease(session, beacon.sentNanos());
  }

  void stats(Session session, OsdStats stats) {
    if (accepts(session, stats.osd()) && context.state().osdMap().exists(stats.osd())) {
      context.reports().take(session, stats);
    }
  }

  /** A monitor wants to hear what OSDs report; only the leader does. */
  void passOn(Session session, ReportsSubscribe wish) {
    if (!context.isLeader()) {
      session.close("mon." + context.name() + " is not the leader");
      return;
    }
    if (session.connection.peerName().type() != EntityName.MON) {
      session.close(session.connection.peerName() + " is no monitor");
      return;
    }
    session.send(new ReportsSubscribe(context.name())); // that we lead, before any OSD has spoken
    context.reports().passOn(session);
  }

  /** A monitor that does not lead was asked for a scrub. */
  void scrub(Session session, PgScrub scrub) {
    PgEntry entry = context.state().pgs().entry(scrub.pg());
    boolean ofMonitor = session.connection.peerName().type() == EntityName.MON;
    if (context.isLeader() && ofMonitor && entry != null) {
      context.reports().tell(entry.primary(), scrub);
    }
  }

  private void lease(Session session, long sentNanos) {
    if (watch.beacon(session.osd, session.osdNonce, session)) {
      session.send(new OsdLease(sentNanos, OsdWatch.LEASE_NANOS, context.state().epoch()));
    } else {
      LOG.debug("no lease for osd.{} of nonce {}", session.osd, session.osdNonce);
    }
  }

  void failure(Session session, OsdFailure failure) {
    if (session.connection.peerName().type() != EntityName.OSD) {
      session.close(session.connection.peerName() + " is no OSD");
    } else if (context.isLeader()) {
      LOG.debug("{} was refused by osd.{}", session.connection.peerName(), failure.osd());
      watch.suspect(failure.osd(), failure.nonce());
    }
  }

  void stopping(Session session, OsdStopping stopping) {
    if (accepts(session, stopping.osd())) {
      watch.stopping(stopping.osd(), session);
    }
  }

  void recovered(Session session, PgRecovered report) {
    PgEntry entry = context.state().pgs().entry(report.pg());
    if (!context.isLeader() || entry == null || session.osd < 0 || entry.primary() != session.osd) {
      // Late, most often: the map has changed on its way.
      LOG.debug("{} reports pg {} recovered and is not its primary", session, report.pg());
      return;
    }
    if (reports.isEmpty()) {
      loop.schedule(GATHER_NANOS, this::proposeReports);
    }
    reports.add(
        new Change.PgsRecovered.Report(report.pg(), report.intervalSince(), report.current()));
    if (reports.size() >= REPORTS_MAX) {
      proposeReports();
    }
  }

  private void proposeReports() {
    if (reports.isEmpty()) {
      return;
    }
    Change change = new Change.PgsRecovered(reports, context.now());
    int count = reports.size();
    reports.clear();
    context
        .propose(change)
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null) {
                LOG.warn("{} reports of recovered groups were lost: {}", count, failure.toString());
              } else {
                LOG.debug("{} of {} reports of recovered groups counted", outcome.value(), count);
              }
            });
  }

  void subscribe(Session session, ClusterMapSubscribe message) {
    session.clusterMapNext = Math.max(0, message.fromEpoch());
    subscriptions.serve(session, context.state());
  }
}
