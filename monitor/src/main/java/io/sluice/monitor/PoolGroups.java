package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import java.util.concurrent.CompletableFuture;

/**
 * {@code osd pool set POOL pg_num|pgp_num}: more groups in a pool, and by how many seeds they are
 * placed.
 *
 * <p>Groups are first divided where they are, and placed by themselves with the next epoch: what
 * Ceph's manager does in steps.
 */
final class PoolGroups {
  /** (ceph: mon_max_pg_per_osd) */
  private static final int PER_OSD_MAX = 250;

  /** (ceph: mon_max_pool_pg_num) */
  private static final int PER_POOL_MAX = 65_536;

  /** A cluster is thought to have so many OSDs at least. (ceph: check_pg_num) */
  private static final int OSDS_MIN = 3;

  private PoolGroups() {}

  static CompletableFuture<CommandReply> set(CommandCall call, PoolInfo pool, String variable) {
    if (PoolFlags.has(pool, "nopgchange")) {
      throw new CommandException(
          Errno.EPERM,
          "pool "
              + variable
              + " change is disabled; you must unset nopgchange flag for the pool first");
    }
    int value = call.parse(variable, call.text("val"));
    return variable.equals("pg_num") ? grow(call, pool, value) : place(call, pool, value);
  }

  private static CompletableFuture<CommandReply> grow(CommandCall call, PoolInfo pool, int to) {
    String done = "set pool " + pool.id() + " pg_num to " + to;
    if (to == pool.pgNum()) {
      return CompletableFuture.completedFuture(CommandReply.done(done));
    }
    if (to <= 0 || to > PER_POOL_MAX) {
      throw new CommandException(
          Errno.ERANGE,
          "'pg_num' must be greater than 0 and less than or equal to " + PER_POOL_MAX);
    }
    if (to < pool.pgNum()) {
      throw new CommandException(
          Errno.EOPNOTSUPP,
          "pool "
              + pool.name()
              + " has "
              + pool.pgNum()
              + " pgs: they are never merged, so pg_num only grows");
    }
    checkLoad(call, pool, to);
    boolean follows = pool.layout().pgpNum() == pool.pgNum();
    CompletableFuture<CommandReply> divided = edit(call, pool, to, pool.layout().pgpNum(), done);
    return divided.thenCompose(
        reply ->
            reply.result() == 0 && follows
                ? edit(call, pool, to, to, done)
                : CompletableFuture.completedFuture(reply));
  }

  /** (ceph: OSDMonitor::check_pg_num) */
  private static void checkLoad(CommandCall call, PoolInfo pool, int to) {
    OsdMap map = call.state().osdMap();
    long perOsd = MonOptions.number(call.context(), MonOptions.PGS_PER_OSD, PER_OSD_MAX);
    int osds = Math.max(StatusCommands.OsdCounts.of(map).in(), OSDS_MIN);
    long projected = 0;
    for (PoolInfo each : map.pools()) {
      projected += (long) (each.id() == pool.id() ? to : each.pgNum()) * each.size();
    }
    if (projected > perOsd * osds) {
      throw new CommandException(
          Errno.ERANGE,
          String.format(
              "pool id %d pg_num %d size %d would mean %d total pgs, which exceeds max %d"
                  + " (mon_max_pg_per_osd %d * num_in_osds %d)",
              pool.id(), to, pool.size(), projected, perOsd * osds, perOsd, osds));
    }
  }

  private static CompletableFuture<CommandReply> place(CommandCall call, PoolInfo pool, int by) {
    if (by <= 0) {
      throw new CommandException(Errno.EINVAL, "specified pgp_num must > 0, but you set to " + by);
    }
    if (by > pool.pgNum()) {
      throw new CommandException(
          Errno.EINVAL, "specified pgp_num " + by + " > pg_num " + pool.pgNum());
    }
    String done = "set pool " + pool.id() + " pgp_num to " + by;
    return edit(call, pool, pool.pgNum(), by, done);
  }

  private static CompletableFuture<CommandReply> edit(
      CommandCall call, PoolInfo pool, int pgNum, int pgpNum, String done) {
    return OsdSetCommands.edit(call, MapEdit.POOL_GROUPS, pool.name(), pgNum + "," + pgpNum, done);
  }

  /**
   * The pool as the map will have it.
   *
   * @param all groups of all pools as they are
   * @throws IllegalArgumentException when it would have fewer groups, or all pools too many
   */
  static PoolInfo changed(PoolInfo pool, int pgNum, int pgpNum, int all, int epoch) {
    if (pgNum - pool.pgNum() > PoolRules.GROUPS_MAX - all) {
      throw new IllegalArgumentException(
          "there may be at most " + PoolRules.GROUPS_MAX + " pgs in all");
    }
    return pool.withGroups(pgNum, pgpNum, epoch);
  }
}
