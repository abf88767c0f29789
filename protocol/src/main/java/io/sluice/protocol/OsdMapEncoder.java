package io.sluice.protocol;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * Writes an OSD map as Ceph 16.2.15 does for peers with all of Pacific's features.
 *
 * <pre>
 * v8, compat 7 {
 *   v9, compat 1 { client section }
 *   v9 or v10 (stretch mode), compat 1 { OSD section }
 *   le32 crc of every other byte of the map, seed -1
 * }
 * </pre>
 *
 * (ceph: OSDMap::encode)
 */
final class OsdMapEncoder {
  private OsdMapEncoder() {}

  static byte[] encode(OsdMapFields map) {
    Encoder to = new Encoder(4096);
    int whole = to.begin(8, 7);
    encodeClientSection(to, map);
    encodeOsdSection(to, map);
    int crcAt = to.length();
    to.le32(0).end(whole);
    byte[] bytes = to.toByteArray();
    int crc =
        Crc32c.update(Crc32c.SEED, bytes, 0, crcAt); // nothing follows the checksum in this version
    for (int i = 0; i < 4; i++) {
      bytes[crcAt + i] = (byte) (crc >>> 8 * i);
    }
    return bytes;
  }

  private static void encodeClientSection(Encoder to, OsdMapFields map) {
    int mark = to.begin(9, 1);
    Fsid.encode(to, map.fsid).le32(map.epoch);
    map.created.encode(to);
    map.modified.encode(to);
    to.le32(map.pools.size());
    map.pools.forEach((id, pool) -> PoolInfoEncoder.encode(to.le64(id), pool));
    to.le32(map.pools.size());
    map.pools.forEach((id, pool) -> to.le64(id).string(pool.name()));
    to.le32(map.poolMax).le32(map.flags).le32(map.osds.size());
    to.list(map.osds, (each, osd) -> each.le32(osd.state()));
    to.list(map.osds, (each, osd) -> each.le32(osd.weight()));
    addrs(to, map.osds, OsdAddrs::client);
    to.le32(map.pgTemp.size());
    map.pgTemp.forEach(
        (pg, osds) -> {
          pg.encode(to);
          to.list(osds, Encoder::le32);
        });
    to.le32(map.primaryTemp.size());
    map.primaryTemp.forEach(
        (pg, osd) -> {
          pg.encode(to);
          to.le32(osd);
        });
    boolean plain =
        !map.affinitiesListed
            && map.osds.stream().allMatch(osd -> osd.primaryAffinity() == OsdEntry.IN);
    to.list(
        plain ? List.<OsdEntry>of() : map.osds, (each, osd) -> each.le32(osd.primaryAffinity()));
    to.blob(CrushCodec.encode(map.crush));
    to.le32(map.erasureProfiles.size());
    map.erasureProfiles.forEach((name, profile) -> StringMap.encode(to.string(name), profile));
    encodeUpmaps(to, map);
    to.le32(map.crushVersion);
    snaps(to, map.newRemovedSnaps);
    snaps(to, map.newPurgedSnaps);
    map.lastUpChange.encode(to);
    map.lastInChange.encode(to);
    to.end(mark);
  }

  private static void encodeUpmaps(Encoder to, OsdMapFields map) {
    to.le32(map.pgUpmap.size());
    map.pgUpmap.forEach(
        (pg, osds) -> {
          pg.encode(to);
          to.list(osds, Encoder::le32);
        });
    to.le32(map.pgUpmapItems.size());
    map.pgUpmapItems.forEach(
        (pg, swaps) -> {
          pg.encode(to);
          to.list(swaps, (each, swap) -> each.le32(swap[0]).le32(swap[1]));
        });
  }

  private static void encodeOsdSection(Encoder to, OsdMapFields map) {
    OsdMapFields.Stretch stretch = map.stretch;
    int mark = to.begin(stretch.enabled() ? 10 : 9, 1);
    addrs(to, map.osds, OsdAddrs::heartbeatBack);
    to.list(map.osds, (each, osd) -> encodeLife(each, osd.life()));
    to.le32(map.blocklist.size());
    map.blocklist.forEach(
        (addr, until) -> {
          addr.encode(to);
          until.encode(to);
        });
    addrs(to, map.osds, OsdAddrs::cluster);
    to.le32(map.clusterSnapshotEpoch).string(map.clusterSnapshot);
    to.list(map.osds, (each, osd) -> Fsid.encode(each, osd.uuid()));
    to.list(map.osds, (each, osd) -> encodeExtra(each, osd.extra()));
    addrs(to, map.osds, OsdAddrs::heartbeatFront);
    FullRatios ratios = map.ratios;
    to.le32(Float.floatToRawIntBits(ratios.nearfull()))
        .le32(Float.floatToRawIntBits(ratios.full()));
    to.le32(Float.floatToRawIntBits(ratios.backfillfull()));
    to.u8(map.requireMinCompatClient).u8(map.requireOsdRelease);
    snaps(to, map.removedSnapsQueue);
    ints(to, map.crushNodeFlags);
    ints(to, map.deviceClassFlags);
    if (stretch.enabled()) {
      to.bool(true).le32(stretch.bucketCount()).le32(stretch.degraded()).le32(stretch.recovering());
      to.le32(stretch.bucket());
    }
    to.end(mark);
  }

  private static void encodeLife(Encoder to, OsdEntry.Life life) {
    to.u8(1)
        .le32(life.lastCleanBegin())
        .le32(life.lastCleanEnd())
        .le32(life.upFrom())
        .le32(life.upThru());
    to.le32(life.downAt()).le32(life.lostAt());
  }

  private static void encodeExtra(Encoder to, OsdEntry.Extra extra) {
    int mark = to.begin(4, 1);
    extra.downStamp().encode(to);
    to.le32(extra.laggyProbability())
        .le32(extra.laggyInterval())
        .le64(extra.features())
        .le32(extra.oldWeight());
    extra.lastPurgedSnapsScrub().encode(to);
    to.le32(extra.deadEpoch()).end(mark);
  }

  private static void addrs(Encoder to, List<OsdEntry> osds, Function<OsdAddrs, AddrVec> which) {
    to.list(osds, (each, osd) -> which.apply(osd.addrs()).encode(each));
  }

  private static void snaps(Encoder to, SortedMap<Long, List<SnapInterval>> pools) {
    to.le32(pools.size());
    pools.forEach(
        (pool, intervals) ->
            to.le64(pool).list(intervals, (each, interval) -> interval.encode(each)));
  }

  private static void ints(Encoder to, SortedMap<Integer, Integer> map) {
    to.le32(map.size());
    map.forEach((key, value) -> to.le32(key).le32(value));
  }
}
