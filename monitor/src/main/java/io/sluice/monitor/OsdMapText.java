package io.sluice.monitor;

import io.sluice.protocol.FullRatios;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import java.util.Arrays;

/** The OSD map, its pools and its OSDs in Ceph's lines of text. */
final class OsdMapText {
  private OsdMapText() {}

  /** {@code osd dump}. */
  static String dump(OsdMap map) {
    StringBuilder text = new StringBuilder();
    text.append("epoch ").append(map.epoch()).append("\nfsid ").append(map.fsid());
    text.append("\ncreated ")
        .append(Units.time(map.created()))
        .append("\nmodified ")
        .append(Units.time(map.modified()));
    text.append("\nflags ").append(String.join(",", MapFlags.names(map.flags())));
    text.append("\ncrush_version ").append(map.crushVersion());
    FullRatios ratios = map.fullRatios();
    text.append("\nfull_ratio ").append(Units.number(ratios.full()));
    text.append("\nbackfillfull_ratio ").append(Units.number(ratios.backfillfull()));
    text.append("\nnearfull_ratio ").append(Units.number(ratios.nearfull()));
    text.append("\nrequire_min_compat_client jewel\nmin_compat_client jewel");
    text.append("\nrequire_osd_release pacific\nstretch_mode_enabled false\n");
    map.pools().forEach(pool -> text.append(pool(pool)).append('\n'));
    text.append("max_osd ").append(map.maxOsd()).append('\n');
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd)) {
        text.append(osd(map, osd)).append('\n');
      }
    }
    byHand(map, text);
    return text.toString();
  }

  /** What CRUSH has no part in. */
  private static void byHand(OsdMap map, StringBuilder text) {
    map.pgTemp()
        .forEach(
            (pg, osds) ->
                text.append("pg_temp ")
                    .append(pg)
                    .append(' ')
                    .append(OsdMapCommands.set(osds))
                    .append('\n'));
    map.upmaps()
        .forEach(
            (pg, osds) ->
                text.append("pg_upmap ")
                    .append(pg)
                    .append(' ')
                    .append(OsdMapCommands.set(osds))
                    .append('\n'));
    map.upmapItems()
        .forEach(
            (pg, pairs) ->
                text.append("pg_upmap_items ")
                    .append(pg)
                    .append(' ')
                    .append(
                        OsdMapCommands.set(
                            pairs.stream().flatMapToInt(Arrays::stream).boxed().toList()))
                    .append('\n'));
    map.blocklist()
        .forEach(
            (addr, until) ->
                text.append("blocklist ")
                    .append(addr)
                    .append(" expires ")
                    .append(Units.time(until))
                    .append('\n'));
  }

  /** A line of {@code osd dump} and {@code osd info}. */
  static String osd(OsdMap map, int osd) {
    OsdEntry entry = map.osd(osd);
    OsdEntry.Life life = entry.life();
    StringBuilder text = new StringBuilder("osd." + osd);
    text.append(entry.isUp() ? " up  " : " down").append(entry.isIn() ? " in " : " out");
    text.append(" weight ").append(share(entry.weight()));
    if (entry.primaryAffinity() != OsdEntry.IN) {
      text.append(" primary_affinity ").append(share(entry.primaryAffinity()));
    }
    text.append(" up_from ").append(life.upFrom()).append(" up_thru ").append(life.upThru());
    text.append(" down_at ").append(life.downAt()).append(" last_clean_interval [");
    text.append(life.lastCleanBegin()).append(',').append(life.lastCleanEnd()).append(") ");
    text.append(map.addrs(osd)).append(' ').append(map.clusterAddrs(osd));
    text.append(entry.isUp() ? " exists,up " : " exists ");
    return text.append(entry.uuid()).toString();
  }

  private static String share(int fixed) {
    return Units.number(OsdMapCommands.share(fixed));
  }

  /** A line of {@code osd pool ls detail}. */
  static String pool(PoolInfo pool) {
    return "pool "
        + pool.id()
        + " '"
        + pool.name()
        + "' replicated size "
        + pool.size()
        + " min_size "
        + pool.minSize()
        + " crush_rule "
        + pool.layout().crushRule()
        + " object_hash rjenkins pg_num "
        + pool.pgNum()
        + " pgp_num "
        + pool.layout().pgpNum()
        + " autoscale_mode off last_change "
        + pool.history().lastChange()
        + " flags "
        + PoolFlags.names(pool)
        + (pool.maxBytes() == 0 ? "" : " max_bytes " + pool.maxBytes())
        + (pool.maxObjects() == 0 ? "" : " max_objects " + pool.maxObjects())
        + " stripe_width 0"
        + (pool.applications().isEmpty()
            ? ""
            : " application " + String.join(",", pool.applications().keySet()));
  }
}
