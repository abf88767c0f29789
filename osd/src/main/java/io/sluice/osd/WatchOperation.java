package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import io.sluice.types.ObjectId;
import java.util.SortedMap;

/** Begins, renews or ends a client's watch on an object. (ceph: CEPH_OSD_OP_WATCH) */
final class WatchOperation implements Operation {
  static final int UNWATCH = 0;
  static final int LEGACY_WATCH = 1;
  static final int WATCH = 3;
  static final int RECONNECT = 5;
  static final int PING = 7;

  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    OpArgs.Watch asked = step.argument(OpArgs.Watch.class);
    Watchers watchers = context.group().watchers();
    ObjectId object = context.object();
    Watchers.Key key = new Watchers.Key(context.op().connection().peerName(), asked.cookie());
    Watchers.Watch watch = watchers.watch(context.op().connection(), asked.timeoutSeconds());
    SortedMap<Watchers.Key, Watchers.Watch> watches = watchers.of(object);
    boolean known = watches.containsKey(key);
    switch (asked.op()) {
      case WATCH, LEGACY_WATCH -> {
        if (!known && watches.size() >= Limits.WATCHES) {
          return Errno.ENOSPC.result();
        }
        watches.put(key, watch);
        if (!known) {
          context.change(Watchers.change(watches));
        }
        context.afterwards(() -> watchers.connect(object, key, watch));
      }
      case RECONNECT, PING -> {
        if (!known) {
          return Errno.ENOTCONN.result();
        }
        context.afterwards(() -> watchers.connect(object, key, watch));
      }
      case UNWATCH -> {
        if (known) {
          watches.remove(key);
          context.change(Watchers.change(watches));
          context.afterwards(() -> watchers.disconnect(object, key));
        }
      }
      default -> {
        return Errno.EINVAL.result();
      }
    }
    return 0;
  }
}
