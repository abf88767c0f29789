package io.sluice.monitor;

import io.sluice.protocol.MPoolOp;
import io.sluice.protocol.PoolInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code osd pool mksnap, rmsnap}: named snapshots of pools. */
final class SnapCommands {
  private SnapCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.write(
            "osd pool mksnap pool:CephPoolname snap:CephString",
            "make snapshot <snap> in <pool>",
            call -> propose(call, MPoolOp.CREATE_SNAP)),
        Commands.Command.write(
            "osd pool rmsnap pool:CephPoolname snap:CephString",
            "remove snapshot <snap> from <pool>",
            call -> propose(call, MPoolOp.DELETE_SNAP)));
  }

  private static CompletableFuture<CommandReply> propose(CommandCall call, int op) {
    PoolInfo pool = PoolCommands.pool(call);
    Change change =
        new Change.ChangeSnap(pool.id(), op, 0, call.text("snap"), call.context().now());
    return call.context().propose(change).thenApply(CommandReply::of);
  }
}
