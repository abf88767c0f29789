package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.messenger.Connection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Notifies an object's watchers: {@code le32 version | le32 timeout in seconds | blob payload};
 * answers {@code le64 notification id}, or EMSGSIZE ({@link Limits#NOTIFY_BYTES}), or EBUSY ({@link
 * Limits#NOTIFICATIONS_BYTES}). The outcome follows in a message of its own. (ceph:
 * CEPH_OSD_OP_NOTIFY)
 */
final class NotifyOperation implements Operation {
  private static final int TIMEOUT_SECONDS = 30; // ceph: osd_default_notify_timeout
  private static final int TIMEOUT_SECONDS_MAX = 3600;

  private final AtomicInteger count = new AtomicInteger();

  @Override
  public int apply(OpContext context, OsdOp step) {
    Decoder from = step.reader().skip(4);
    int seconds = from.le32();
    byte[] payload = from.blob();
    int watchers = context.group().watchers().of(context.object()).size();
    if (tellsTooMuch(context, watchers)) {
      return Errno.EMSGSIZE.result();
    }
    ByteBudget budget = context.group().services().notifications();
    if (!budget.hasRoom(Notification.bytes(payload.length, watchers))) {
      return Errno.EBUSY.result();
    }
    long id = (long) context.group().view().epoch() << 32 | count.incrementAndGet() & 0xffffffffL;
    Notification.Request request =
        new Notification.Request(
            context.object(),
            id,
            step.argument(OpArgs.Notify.class).cookie(),
            context.before() == null ? 0 : context.before().userVersion(),
            seconds <= 0 ? TIMEOUT_SECONDS : Math.min(seconds, TIMEOUT_SECONDS_MAX),
            payload);
    Connection notifier = context.op().connection();
    PlacementGroup group = context.group();
    context.output(step.withData(new Encoder(8).le64(id).toByteArray()));
    context.afterwards(
        () -> group.watchers().notify(new Notification(request, notifier, group.loop(), budget)));
    return 0;
  }

  private static boolean tellsTooMuch(OpContext context, int watchers) {
    MOSDOp all = context.op().request();
    long each = all.dataLength() + all.ops().size() * Limits.OPERATION_BYTES;
    return each * watchers > Limits.NOTIFY_BYTES;
  }
}
