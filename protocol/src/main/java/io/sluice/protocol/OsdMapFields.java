package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The content of an OSD map in the order and with the names of Ceph's {@code OSDMap}; what the
 * codec reads and writes.
 *
 * <p><b>Owns</b> its collections. Mutable while a builder or decoder fills it; an {@link OsdMap}
 * holds a frozen copy that nobody changes.
 */
final class OsdMapFields {
  /** Two-site operation; carried. */
  record Stretch(boolean enabled, int bucketCount, int degraded, int recovering, int bucket) {
    static final Stretch OFF = new Stretch(false, 0, 0, 0, 0);
  }

  /** In an encoded address: type and nonce, then the length of what follows. */
  private static final int ADDR_TYPE = 7;

  private static final int ADDR_LENGTH = ADDR_TYPE + 8;

  /** Ceph's: that of the bytes in memory. (ceph: entity_addr_t) */
  private static final Comparator<EntityAddr> ADDR_ORDER = OsdMapFields::compareAddrs;

  // client section
  UUID fsid;
  int epoch;
  UTime created = UTime.ZERO;
  UTime modified = UTime.ZERO;
  final SortedMap<Long, PoolInfo> pools = new TreeMap<>();
  int poolMax;
  int flags;
  final List<OsdEntry> osds = new ArrayList<>();
  final SortedMap<PgId, List<Integer>> pgTemp = new TreeMap<>();
  final SortedMap<PgId, Integer> primaryTemp = new TreeMap<>();

  /** Somebody once was unwilling to be primary: all are listed from then on. */
  boolean affinitiesListed;

  CrushMap crush = CrushMap.initial();
  final SortedMap<String, SortedMap<String, String>> erasureProfiles = new TreeMap<>();
  final SortedMap<PgId, List<Integer>> pgUpmap = new TreeMap<>();
  final SortedMap<PgId, List<int[]>> pgUpmapItems = new TreeMap<>();
  int crushVersion = 1;
  final SortedMap<Long, List<SnapInterval>> newRemovedSnaps = new TreeMap<>();
  final SortedMap<Long, List<SnapInterval>> newPurgedSnaps = new TreeMap<>();
  UTime lastUpChange = UTime.ZERO;
  UTime lastInChange = UTime.ZERO;

  // OSD section
  final SortedMap<EntityAddr, UTime> blocklist = new TreeMap<>(ADDR_ORDER);
  int clusterSnapshotEpoch;
  String clusterSnapshot = "";
  FullRatios ratios = FullRatios.DEFAULT;
  int requireMinCompatClient;
  int requireOsdRelease = Features.RELEASE_PACIFIC;
  final SortedMap<Long, List<SnapInterval>> removedSnapsQueue = new TreeMap<>();
  final SortedMap<Integer, Integer> crushNodeFlags = new TreeMap<>();
  final SortedMap<Integer, Integer> deviceClassFlags = new TreeMap<>();
  Stretch stretch = Stretch.OFF;

  OsdMapFields copy() {
    OsdMapFields copy = new OsdMapFields();
    copy.fsid = fsid;
    copy.epoch = epoch;
    copy.created = created;
    copy.modified = modified;
    copy.pools.putAll(pools);
    copy.poolMax = poolMax;
    copy.flags = flags;
    copy.osds.addAll(osds);
    copy.pgTemp.putAll(pgTemp);
    copy.primaryTemp.putAll(primaryTemp);
    copy.affinitiesListed = affinitiesListed;
    copy.crush = crush;
    copy.erasureProfiles.putAll(erasureProfiles);
    copy.pgUpmap.putAll(pgUpmap);
    copy.pgUpmapItems.putAll(pgUpmapItems);
    copy.crushVersion = crushVersion;
    copy.newRemovedSnaps.putAll(newRemovedSnaps);
    copy.newPurgedSnaps.putAll(newPurgedSnaps);
    copy.lastUpChange = lastUpChange;
    copy.lastInChange = lastInChange;
    copy.blocklist.putAll(blocklist);
    copy.clusterSnapshotEpoch = clusterSnapshotEpoch;
    copy.clusterSnapshot = clusterSnapshot;
    copy.ratios = ratios;
    copy.requireMinCompatClient = requireMinCompatClient;
    copy.requireOsdRelease = requireOsdRelease;
    copy.removedSnapsQueue.putAll(removedSnapsQueue);
    copy.crushNodeFlags.putAll(crushNodeFlags);
    copy.deviceClassFlags.putAll(deviceClassFlags);
    copy.stretch = stretch;
    return copy;
  }

  private static int compareAddrs(EntityAddr left, EntityAddr right) {
    byte[] a = encoded(left);
    byte[] b = encoded(right);
    int byKind = Arrays.compareUnsigned(a, ADDR_TYPE, ADDR_LENGTH, b, ADDR_TYPE, ADDR_LENGTH);
    int from = ADDR_LENGTH + 4;
    return byKind != 0 ? byKind : Arrays.compareUnsigned(a, from, a.length, b, from, b.length);
  }

  private static byte[] encoded(EntityAddr addr) {
    Encoder to = new Encoder();
    addr.encode(to);
    return to.toByteArray();
  }

  /** A copy whose lists cannot be changed from outside. */
  OsdMapFields frozen() {
    OsdMapFields copy = copy();
    copy.pgTemp.replaceAll((pg, osds) -> List.copyOf(osds));
    return copy;
  }
}
