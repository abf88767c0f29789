package io.sluice.monitor;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.FullRatios;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Small changes to the OSD map that need a name and a number: one kind of log entry for all of
 * them.
 *
 * <p>The ordinals are in the log: new ones go to the end.
 */
enum MapEdit {
  /** The value is all flags: in logs of older versions, which lost one of two set at once. */
  SET_FLAGS,
  AFFINITY,
  RENAME_POOL,
  UNTAG_POOL,
  /** The value is {@code APPLICATION NUL KEY NUL VALUE}; without the last, the key goes. */
  SET_APPLICATION,
  /** A device's weight, 16.16 fixed point. */
  CRUSH_REWEIGHT,
  /** The value is a type. */
  CRUSH_ADD_BUCKET,
  /** The value is {@code TYPE=NAME NUL TYPE=NAME ...}. */
  CRUSH_MOVE,
  CRUSH_REMOVE,
  /** The value is {@code ROOT NUL FAILURE DOMAIN}. */
  CRUSH_ADD_RULE,
  CRUSH_REMOVE_RULE,
  /** The value is a whole map in base 64. */
  CRUSH_SET,
  /** The value is the name of a rule. */
  POOL_RULE,
  /** The value is all the pool's flags; as {@link #SET_FLAGS}. */
  POOL_FLAGS,
  /** The name is an OSD's number. */
  REMOVE_OSD,
  /** A bucket and its new name. */
  CRUSH_RENAME,
  /** The name is full, nearfull or backfillfull. */
  FULL_RATIO,
  /** A group and its OSDs, {@code 2,0,1}; none takes it back. */
  UPMAP,
  /** A group and pairs of OSDs, from and to: {@code 2,0,1,3}. */
  UPMAP_ITEMS,
  /** The value is {@code PG_NUM,PGP_NUM}. */
  POOL_GROUPS,
  /** The value is {@code max_objects N} or {@code max_bytes N}. */
  POOL_QUOTA,
  /** The quota is reached; an empty value: it is not. */
  POOL_FULL,
  /** The value is {@code BITS TO SET,BITS TO CLEAR}. */
  CHANGE_FLAGS,
  /** The same of a pool. */
  CHANGE_POOL_FLAGS;

  static final String NUL = "\0";

  private static final int KEY_VALUE_MAX = 128;
  private static final int KEYS_MAX = 64;

  Change.Applied apply(MonState state, String name, String value, UTime now) {
    if (!state.exists()) {
      return ClusterRules.noCluster(state);
    }
    if (this == REMOVE_OSD) {
      return OsdRules.remove(state, Integer.parseInt(name), now);
    }
    OsdMap map = state.osdMap();
    OsdMapBuilder next = map.next(now);
    int epoch = state.epoch() + 1;
    try {
      switch (this) {
        case SET_FLAGS -> next.flags(Integer.parseInt(value));
        case CHANGE_FLAGS -> next.flags((int) changed(map.flags(), value));
        case AFFINITY -> {
          int osd = Integer.parseInt(name);
          if (!map.exists(osd)) {
            return ClusterRules.refused(state, Errno.ENOENT, "osd." + osd + " does not exist");
          }
          next.primaryAffinity(osd, bounded(Integer.parseInt(value)));
        }
        case RENAME_POOL -> {
          if (map.findPool(value).isPresent()) {
            return ClusterRules.refused(state, Errno.EEXIST, "pool '" + value + "' already exists");
          }
          next.changePool(pool(map, name).withName(value, epoch));
        }
        case UNTAG_POOL -> next.changePool(pool(map, name).withoutApplication(value, epoch));
        case SET_APPLICATION -> next.changePool(setting(pool(map, name), value, epoch));
        case POOL_FLAGS -> next.changePool(pool(map, name).withFlags(Long.parseLong(value), epoch));
        case CHANGE_POOL_FLAGS -> next.changePool(flagged(pool(map, name), value, epoch));
        case POOL_RULE -> next.changePool(ruled(map, pool(map, name), value, epoch));
        case FULL_RATIO -> next.fullRatios(ratios(map.fullRatios(), name, Float.parseFloat(value)));
        case POOL_GROUPS -> {
          List<Integer> wanted = numbers(value);
          int all = state.pgs().entries().size();
          next.changePool(
              PoolGroups.changed(pool(map, name), wanted.get(0), wanted.get(1), all, epoch));
        }
        case POOL_QUOTA -> next.changePool(PoolQuotas.limited(pool(map, name), value, epoch));
        case POOL_FULL ->
            next.changePool(PoolQuotas.marked(pool(map, name), !value.isEmpty(), epoch));
        case UPMAP -> next.upmap(group(map, name), numbers(value));
        case UPMAP_ITEMS -> next.upmapItems(group(map, name), pairs(numbers(value)));
        default -> next.crush(CrushEdits.apply(this, map, name, value));
      }
    } catch (IllegalArgumentException | MalformedInputException e) {
      boolean named = ordinal() < CRUSH_REWEIGHT.ordinal();
      String text = named ? this + " of '" + name + "': " + e.getMessage() : e.getMessage();
      return ClusterRules.refused(state, Errno.EINVAL, text);
    }
    return ClusterRules.changed(state.withNext(next), "", 0);
  }

  /** The value of an edit of flags. */
  static String bits(long which, boolean on) {
    return on ? which + ",0" : "0," + which;
  }

  private static long changed(long flags, String value) {
    String[] bits = value.split(",", 2);
    return flags & ~Long.parseLong(bits[1]) | Long.parseLong(bits[0]);
  }

  private static PoolInfo flagged(PoolInfo pool, String value, int epoch) {
    return pool.withFlags(changed(pool.flags(), value), epoch);
  }

  private static FullRatios ratios(FullRatios are, String which, float to) {
    if (!(to >= 0 && to <= 1)) {
      throw new IllegalArgumentException(to + " is not from 0 to 1");
    }
    return switch (which) {
      case "full" -> new FullRatios(are.nearfull(), to, are.backfillfull());
      case "nearfull" -> new FullRatios(to, are.full(), are.backfillfull());
      case "backfillfull" -> new FullRatios(are.nearfull(), are.full(), to);
      default -> throw new IllegalArgumentException("no ratio '" + which + "'");
    };
  }

  private static PgId group(OsdMap map, String name) {
    PgId pg = PgId.parse(name);
    if (map.pool(pg.pool()) == null || pg.seed() >= map.pool(pg.pool()).pgNum()) {
      throw new IllegalArgumentException("pg " + name + " does not exist");
    }
    return pg;
  }

  private static List<Integer> numbers(String list) {
    return list.isEmpty() ? List.of() : Stream.of(list.split(",")).map(Integer::valueOf).toList();
  }

  private static List<int[]> pairs(List<Integer> osds) {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < osds.size(); i += 2) {
      pairs.add(new int[] {osds.get(i), osds.get(i + 1)});
    }
    return pairs;
  }

  static String setting(String application, String key, String value) {
    return application + NUL + key + (value == null ? "" : NUL + value);
  }

  private static PoolInfo setting(PoolInfo pool, String packed, int epoch) {
    String[] parts = packed.split(NUL, -1);
    boolean right = parts.length == 2 || parts.length == 3;
    SortedMap<String, String> settings = right ? pool.applications().get(parts[0]) : null;
    if (settings == null) {
      throw new IllegalArgumentException("the pool has no such application");
    }
    String value = parts.length == 3 ? parts[2] : null;
    if (parts[1].isEmpty()
        || parts[1].length() > KEY_VALUE_MAX
        || value != null && value.length() > KEY_VALUE_MAX) {
      throw new IllegalArgumentException("a key has 1 to 128 letters, and a value 128 at most");
    }
    if (value != null && settings.size() >= KEYS_MAX && !settings.containsKey(parts[1])) {
      throw new IllegalArgumentException("an application has " + KEYS_MAX + " keys at most");
    }
    return pool.withApplicationSetting(parts[0], parts[1], value, epoch);
  }

  private static PoolInfo ruled(OsdMap map, PoolInfo pool, String rule, int epoch) {
    int id = map.crush().ruleId(rule);
    if (id < 0) {
      throw new IllegalArgumentException("crush rule " + rule + " does not exist");
    }
    return pool.withLayout(pool.layout().withCrushRule(id), epoch);
  }

  private static int bounded(int share) {
    if (share < 0 || share > OsdEntry.IN) {
      throw new IllegalArgumentException(share + " is not in 0.." + OsdEntry.IN);
    }
    return share;
  }

  private static PoolInfo pool(OsdMap map, String name) {
    return map.findPool(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no such pool"));
  }
}
