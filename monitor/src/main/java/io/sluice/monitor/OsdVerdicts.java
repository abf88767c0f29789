package io.sluice.monitor;

import io.sluice.protocol.MLog;
import io.sluice.protocol.OsdMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the watch over the OSDs decides, unless a flag of the map forbids it.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class OsdVerdicts implements OsdWatch.Decisions {
  private static final Logger LOG = LoggerFactory.getLogger(OsdVerdicts.class);

  /** (ceph: mon_osd_down_out_interval) */
  private static final long OUT_SECONDS = 600;

  private final MonContext context;
  private final ClusterEvents events;

  OsdVerdicts(MonContext context, ClusterEvents events) {
    this.context = context;
    this.events = events;
  }

  @Override
  public void markDown(int osd, int nonce, String why) {
    if (isFlagged(OsdMap.NODOWN)) {
      LOG.info("osd.{} would be marked down ({}), but for the flag nodown", osd, why);
      return;
    }
    events.because(osd, why);
    report(new Change.MarkDown(osd, nonce, context.now()));
  }

  @Override
  public long outAfterSeconds() {
    return MonOptions.number(context, MonOptions.DOWN_OUT_INTERVAL, OUT_SECONDS);
  }

  @Override
  public void markOut(int osd, long afterSeconds) {
    if (isFlagged(OsdMap.NOOUT)) {
      return;
    }
    String text = "Marking osd." + osd + " out (has been down for " + afterSeconds + " seconds)";
    LOG.warn(text);
    context.log().add(MLog.Entry.INFO, MLog.Entry.CLUSTER, text);
    report(new Change.Reweight(osd, 0, true, context.now()));
  }

  private boolean isFlagged(int flag) {
    return context.state().exists() && (context.state().osdMap().flags() & flag) != 0;
  }

  /** The watch asks again when a proposal is lost. */
  private void report(Change change) {
    context
        .propose(change)
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null) {
                LOG.warn("{} was not agreed on: {}", change, failure.toString());
              }
            });
  }
}
