package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.UTime;
import java.util.Optional;

/** What changes to pools do to the state, in Ceph's words. */
final class PoolRules {
  /** Every group is an entry of every map and a unit of work of every OSD that has it. */
  static final int GROUPS_MAX = 16_384;

  /** Copies of an object; more than Ceph's default of mon_max_pool_size helps nobody. */
  private static final int SIZE_MAX = 10;

  private static final int NAME_MAX = 255;

  private PoolRules() {}

  static Change.Applied create(MonState state, Change.CreatePool change) {
    if (!state.exists()) {
      return ClusterRules.noCluster(state);
    }
    String name = change.name();
    if (name.isEmpty()
        || name.length() > NAME_MAX
        || name.chars().anyMatch(c -> c < ' ' || c == 127)) {
      return ClusterRules.refused(
          state, Errno.EINVAL, "pool name must be 1 to " + NAME_MAX + " printable characters");
    }
    Optional<PoolInfo> existing = state.osdMap().findPool(name);
    if (existing.isPresent()) {
      Outcome exists =
          new Outcome(0, "pool '" + name + "' already exists", state.epoch(), existing.get().id());
      return new Change.Applied(state, exists);
    }
    int size = change.size() == 0 ? state.settings().size() : change.size();
    int minSize = change.minSize() == 0 ? size - size / 2 : change.minSize();
    Optional<String> problem = badSizes(size, minSize);
    if (problem.isPresent()) {
      return ClusterRules.refused(state, Errno.EINVAL, problem.get());
    }
    if (change.pgNum() < 1 || change.pgNum() > GROUPS_MAX - state.pgs().entries().size()) {
      return ClusterRules.refused(
          state,
          Errno.ERANGE,
          "pg_num "
              + change.pgNum()
              + " must be greater than 0 and leave at most "
              + GROUPS_MAX
              + " pgs in all");
    }
    OsdMapBuilder next = state.osdMap().next(change.now());
    long id = next.createPool(name, size, minSize, change.pgNum(), state.settings().crushRule());
    return ClusterRules.changed(state.withNext(next), "pool '" + name + "' created", id);
  }

  private static Optional<String> badSizes(int size, int minSize) {
    if (size < 1 || size > SIZE_MAX) {
      return Optional.of("pool size must be between 1 and " + SIZE_MAX);
    }
    if (minSize < 1 || minSize > size) {
      return Optional.of("pool min_size must be between 1 and size, which is set to " + size);
    }
    return Optional.empty();
  }

  static Change.Applied remove(MonState state, Change.RemovePool change) {
    PoolInfo pool = state.exists() ? state.osdMap().pool(change.pool()) : null;
    if (pool == null) {
      return ClusterRules.refused(state, Errno.ENOENT, "pool " + change.pool() + " does not exist");
    }
    if (PoolFlags.has(pool, "nodelete")) {
      return forbidden(state, "deletion", "nodelete");
    }
    MonState after = state.withNext(state.osdMap().next(change.now()).removePool(pool.id()));
    return ClusterRules.changed(after, "pool '" + pool.name() + "' removed", pool.id());
  }

  static Change.Applied resize(MonState state, Change.ResizePool change) {
    Optional<PoolInfo> found = find(state, change.name());
    if (found.isEmpty()) {
      return unknown(state, change.name());
    }
    PoolInfo pool = found.get();
    if (PoolFlags.has(pool, "nosizechange")) {
      return forbidden(state, (change.size() == 0 ? "min " : "") + "size change", "nosizechange");
    }
    int size = change.size() == 0 ? pool.size() : change.size();
    // As Ceph: another size brings its default min_size with it, unless that is set too.
    int minSize =
        change.minSize() != 0
            ? change.minSize()
            : change.size() == 0 ? pool.minSize() : size - size / 2;
    Optional<String> problem = badSizes(size, minSize);
    if (problem.isPresent()) {
      return ClusterRules.refused(state, Errno.EINVAL, problem.get());
    }
    String text =
        "set pool "
            + pool.id()
            + (change.size() != 0 ? " size to " + size : " min_size to " + minSize);
    if (size == pool.size() && minSize == pool.minSize()) {
      return ClusterRules.unchanged(state, text);
    }
    return changePool(
        state,
        pool.withLayout(pool.layout().withSizes(size, minSize), state.epoch() + 1),
        change.now(),
        text);
  }

  static Change.Applied tag(MonState state, Change.TagPool change) {
    Optional<PoolInfo> pool = find(state, change.name());
    if (pool.isEmpty()) {
      return unknown(state, change.name());
    }
    if (change.application().isEmpty() || change.application().length() > 128) {
      return ClusterRules.refused(
          state, Errno.EINVAL, "application name must be 1 to 128 characters");
    }
    String text =
        "enabled application '" + change.application() + "' on pool '" + change.name() + "'";
    if (pool.get().applications().containsKey(change.application())) {
      return ClusterRules.unchanged(state, text);
    }
    PoolInfo tagged = pool.get().withApplication(change.application(), state.epoch() + 1);
    return changePool(state, tagged, change.now(), text);
  }

  private static Change.Applied forbidden(MonState state, String what, String flag) {
    String text = "pool " + what + " is disabled; you must unset " + flag;
    return ClusterRules.refused(state, Errno.EPERM, text + " flag for the pool first");
  }

  private static Change.Applied changePool(MonState state, PoolInfo pool, UTime now, String text) {
    return ClusterRules.changed(
        state.withNext(state.osdMap().next(now).changePool(pool)), text, pool.id());
  }

  private static Optional<PoolInfo> find(MonState state, String name) {
    return state.exists() ? state.osdMap().findPool(name) : Optional.empty();
  }

  private static Change.Applied unknown(MonState state, String name) {
    return ClusterRules.refused(state, Errno.ENOENT, "pool '" + name + "' does not exist");
  }
}
