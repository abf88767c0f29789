package io.sluice.osd;

import io.sluice.protocol.PoolInfo;
import io.sluice.types.PgId;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What becomes of a placement group in a map with more groups in its pool.
 *
 * @param children groups that have objects of it from that map on
 * @param former who acted on those until now
 */
record Division(List<PgId> children, Set<Integer> former) {

  /**
   * Before that map comes: ends the group's interval, and gives others their part of the copy that
   * is here. Until the map comes, what comes waits. On the group's loop.
   *
   * @param onEnd told when that is durable; at once when nothing divides
   */
  static void before(PoolInfo pool, PlacementGroup group, Consumer<Division> onEnd) {
    if (group.view() == null) {
      group.store().load();
    }
    boolean over = group.state() == PgState.REMOVED;
    List<PgId> children = over ? List.of() : pool.children(group.id(), dividedBy(pool, group));
    if (children.isEmpty()) {
      onEnd.accept(new Division(children, Set.of()));
      return;
    }
    Division division = new Division(children, group.suspend());
    if (group.store().exists()) {
      group.store().divide(pool.pgNum(), children, () -> onEnd.accept(division));
    } else {
      onEnd.accept(division);
    }
  }

  private static int dividedBy(PoolInfo pool, PlacementGroup group) {
    if (group.store().exists()) {
      return group.store().groups(pool.firstPgNum());
    }
    return group.view() == null ? pool.pgNum() : group.view().pool(group.id()).pgNum();
  }
}
