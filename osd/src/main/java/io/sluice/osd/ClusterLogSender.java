package io.sluice.osd;

import io.sluice.protocol.MLog;
import io.sluice.protocol.MLogAck;
import io.sluice.protocol.OsdBoot;
import io.sluice.types.EntityName;
import io.sluice.types.UTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Lines of ours for the cluster's log, kept until a monitor says that they are in it.
 *
 * <p><b>Invariant:</b> at most {@link #KEPT_MAX} are kept; the oldest go first. <b>Threads:</b> the
 * monitor session's loop.
 */
final class ClusterLogSender {
  /** While there is no monitor; nobody reads more afterwards. */
  private static final int KEPT_MAX = 200;

  private final Deque<MLog.Entry> kept = new ArrayDeque<>();
  private long sequence;

  /** Keeps a line; returns the message that sends it. */
  MLog add(OsdBoot self, UTime now, int priority, String text) {
    MLog.Entry line =
        new MLog.Entry(
            EntityName.OSD,
            Integer.toString(self.osd()),
            EntityName.osd(self.osd()),
            self.addrs(),
            now,
            ++sequence,
            priority,
            text,
            MLog.Entry.CLUSTER);
    kept.add(line);
    if (kept.size() > KEPT_MAX) {
      kept.remove();
    }
    return new MLog(0, self.fsid(), List.of(line));
  }

  /** Everything up to there is in the log. */
  void acknowledged(MLogAck ack) {
    kept.removeIf(line -> line.sequence() <= ack.last());
  }

  /** What another monitor must be told; null for nothing. */
  MLog again(OsdBoot self) {
    return kept.isEmpty() ? null : new MLog(0, self.fsid(), List.copyOf(kept));
  }
}
