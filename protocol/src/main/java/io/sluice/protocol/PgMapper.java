package io.sluice.protocol;

import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * From a placement group to its OSDs under one map: CRUSH, upmaps, who is up, affinity, then
 * pg_temp and primary_temp. (ceph: OSDMap::_pg_to_up_acting_osds)
 */
final class PgMapper {
  private final OsdMapFields map;
  private final int[] weights;

  PgMapper(OsdMapFields map) {
    this.map = map;
    this.weights = map.osds.stream().mapToInt(OsdEntry::weight).toArray();
  }

  PgMapping map(PgId pg, Map<PgId, List<Integer>> pgTemp) {
    PoolInfo pool = map.pools.get(pg.pool());
    if (pool == null || Integer.compareUnsigned(pg.seed(), pool.pgNum()) >= 0) {
      return PgMapping.NONE;
    }
    int seed = pool.placementSeed(pg.seed());
    List<Integer> up = onlyUp(upmapped(pg, chosen(pool, seed)), pool);
    int upPrimary = affinity(seed, pool, up);
    List<Integer> acting = onlyUp(pgTemp.getOrDefault(pg, List.of()), pool);
    int primary = map.primaryTemp.getOrDefault(pg, first(acting));
    if (acting.isEmpty()) {
      acting = up;
      primary = primary == -1 ? upPrimary : primary;
    }
    return new PgMapping(up, upPrimary, acting, primary);
  }

  /** CRUSH's choice, OSDs that do not exist taken out (or made holes). */
  private List<Integer> chosen(PoolInfo pool, int seed) {
    CrushRule rule = map.crush.ruleFor(pool.layout());
    if (rule == null) {
      return new ArrayList<>();
    }
    List<Integer> osds = new ArrayList<>();
    for (int osd : CrushMapper.choose(map.crush, rule, seed, pool.size(), weights)) {
      osds.add(osd);
    }
    return kept(osds, pool, OsdEntry::exists);
  }

  private List<Integer> onlyUp(List<Integer> osds, PoolInfo pool) {
    return kept(osds, pool, OsdEntry::isUp);
  }

  private List<Integer> kept(List<Integer> osds, PoolInfo pool, Predicate<OsdEntry> keep) {
    List<Integer> kept = new ArrayList<>(osds.size());
    for (int osd : osds) {
      boolean good = osd >= 0 && osd < map.osds.size() && keep.test(map.osds.get(osd));
      if (good || !pool.layout().shiftsOsds()) {
        kept.add(good ? osd : CrushMapper.NONE);
      }
    }
    return kept;
  }

  /** Explicit placements of single groups; those that name an OSD that is out are ignored. */
  private List<Integer> upmapped(PgId pg, List<Integer> chosen) {
    List<Integer> osds = chosen;
    List<Integer> explicit = map.pgUpmap.get(pg);
    if (explicit != null) {
      if (explicit.stream().anyMatch(this::isKnownOut)) {
        return osds;
      }
      osds = new ArrayList<>(explicit);
    }
    for (int[] swap : map.pgUpmapItems.getOrDefault(pg, List.of())) {
      int at = osds.indexOf(swap[0]);
      if (at >= 0 && !osds.contains(swap[1]) && !isKnownOut(swap[1])) {
        osds.set(at, swap[1]);
      }
    }
    return osds;
  }

  private boolean isKnownOut(int osd) {
    return osd != CrushMapper.NONE && osd >= 0 && osd < weights.length && weights[osd] == 0;
  }

  /**
   * The primary of up; an unwilling one is passed over (and, where positions do not matter, the
   * chosen one moves first).
   */
  private int affinity(int seed, PoolInfo pool, List<Integer> up) {
    boolean any =
        up.stream().anyMatch(osd -> osd != CrushMapper.NONE && affinityOf(osd) != OsdEntry.IN);
    if (!any) {
      return first(up);
    }
    int position = -1;
    for (int i = 0; i < up.size(); i++) {
      int osd = up.get(i);
      if (osd == CrushMapper.NONE) {
        continue;
      }
      int willing = affinityOf(osd);
      if (willing >= OsdEntry.IN || CrushHash.hash(seed, osd) >>> 16 < willing) {
        position = i;
        break;
      }
      position = position < 0 ? i : position;
    }
    if (position < 0) {
      return first(up);
    }
    int primary = up.get(position);
    if (pool.layout().shiftsOsds()) {
      Collections.rotate(up.subList(0, position + 1), 1);
    }
    return primary;
  }

  private int affinityOf(int osd) {
    return map.osds.get(osd).primaryAffinity();
  }

  private static int first(List<Integer> osds) {
    return osds.stream().filter(osd -> osd != CrushMapper.NONE).findFirst().orElse(-1);
  }
}
