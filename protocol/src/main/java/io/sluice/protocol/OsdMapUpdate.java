package io.sluice.protocol;

import io.sluice.bufferlist.MalformedInputException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Makes the next epoch of an OSD map from what an incremental says has changed, in Ceph's order,
 * which matters: marking an OSD in clears flags that its new state then sets. (ceph:
 * OSDMap::apply_incremental)
 *
 * <p><b>Threads:</b> one owner. May be used once.
 */
final class OsdMapUpdate {
  /** Flags that say what {@code require_osd_release} says since Luminous. */
  private static final int LEGACY_FLAGS = 7 << 16;

  private static final int LUMINOUS = 12;
  private static final int NAUTILUS = 14;

  private final OsdMapFields map;
  private final OsdMapIncremental changes;

  OsdMapUpdate(OsdMapFields before, OsdMapIncremental changes) {
    this.map = before.copy();
    this.changes = changes;
  }

  /**
   * The next map's fields, of which the caller may do what it likes.
   *
   * @throws MalformedInputException when the changes are not of this cluster and epoch, or name
   *     what is not there
   */
  OsdMapFields apply() {
    if (!changes.fsid.equals(map.fsid) || changes.epoch != map.epoch + 1) {
      throw new MalformedInputException(
          "changes of "
              + changes.fsid
              + " to e"
              + Integer.toUnsignedString(changes.epoch)
              + " for the map of "
              + map.fsid
              + " e"
              + Integer.toUnsignedString(map.epoch));
    }
    if (changes.fullMap.length > 0) {
      return OsdMapDecoder.decode(changes.fullMap);
    }
    map.epoch = changes.epoch;
    map.modified = changes.modified;
    if (changes.newFlags >= 0) {
      map.flags = changes.newFlags;
    }
    resize();
    applyPools();
    applySnaps();
    applyWeights();
    applyStates();
    applyLives();
    applyGroups();
    applyBlocklist();
    applySettings();
    applyCrush();
    return map;
  }

  private void resize() {
    int maxOsd = changes.newMaxOsd;
    if (maxOsd < 0) {
      return;
    }
    if (maxOsd > OsdMapDecoder.MAX_OSDS) {
      throw new MalformedInputException("OSDMap of " + maxOsd + " OSDs");
    }
    while (map.osds.size() < maxOsd) {
      map.osds.add(OsdEntry.ABSENT);
    }
    map.osds.subList(maxOsd, map.osds.size()).clear();
  }

  private void applyPools() {
    if (changes.newPoolMax != OsdMapIncremental.UNCHANGED) {
      map.poolMax = (int) changes.newPoolMax;
    }
    changes.newPools.forEach(
        (id, pool) -> {
          PoolInfo before = map.pools.get(id);
          String name = before == null ? changes.newPoolNames.get(id) : before.name();
          if (name == null) {
            throw new MalformedInputException("pool " + id + " has no name");
          }
          map.pools.put(id, pool.withName(name, map.epoch));
        });
    changes.newPoolNames.forEach(
        (id, name) -> {
          if (map.pools.computeIfPresent(id, (each, pool) -> OsdMapDecoder.named(pool, name))
              == null) {
            throw new MalformedInputException("name '" + name + "' of pool " + id);
          }
        });
    changes.oldPools.forEach(map.pools::remove);
    if (changes.newLastUpChange.seconds() != 0 || changes.newLastUpChange.nanos() != 0) {
      map.lastUpChange = changes.newLastUpChange;
    }
    if (changes.newLastInChange.seconds() != 0 || changes.newLastInChange.nanos() != 0) {
      map.lastInChange = changes.newLastInChange;
    }
    changes.oldErasureProfiles.forEach(map.erasureProfiles::remove);
    map.erasureProfiles.putAll(changes.newErasureProfiles);
  }

  /** What is removed waits in the queue until it is purged everywhere. */
  private void applySnaps() {
    map.newRemovedSnaps.clear();
    map.newRemovedSnaps.putAll(changes.newRemovedSnaps);
    map.newPurgedSnaps.clear();
    map.newPurgedSnaps.putAll(changes.newPurgedSnaps);
    map.newRemovedSnaps.forEach(
        (pool, runs) -> map.removedSnapsQueue.merge(pool, runs, SnapInterval::union));
    map.newPurgedSnaps.forEach(
        (pool, runs) -> {
          List<SnapInterval> left =
              SnapInterval.without(map.removedSnapsQueue.getOrDefault(pool, List.of()), runs);
          if (left.isEmpty()) {
            map.removedSnapsQueue.remove(pool);
          } else {
            map.removedSnapsQueue.put(pool, left);
          }
        });
  }

  private void applyWeights() {
    int setIn = OsdEntry.AUTOOUT | OsdEntry.NEW;
    eachOsd(
        changes.newWeight,
        (osd, weight) ->
            weight == 0
                ? osd.withWeight(0)
                : osd.withWeight(weight)
                    .withState((osd.state() | OsdEntry.EXISTS) & ~setIn)
                    .withExtra(osd.extra().withOldWeight(0)));
    map.affinitiesListed |= !changes.newPrimaryAffinity.isEmpty();
    eachOsd(changes.newPrimaryAffinity, OsdEntry::withPrimaryAffinity);
  }

  private void applyStates() {
    eachOsd(changes.newState, this::changedState);
    changes.newUpClient.forEach(
        (osd, client) ->
            change(
                osd,
                entry ->
                    entry
                        .withState((entry.state() | OsdEntry.EXISTS | OsdEntry.UP) & ~OsdEntry.STOP)
                        .withAddrs(
                            new OsdAddrs(
                                client,
                                entry.addrs().cluster(),
                                announced(changes.newHeartbeatBackUp, osd),
                                announced(changes.newHeartbeatFrontUp, osd)))
                        .withLife(entry.life().withUpFrom(map.epoch))));
    eachOsd(
        changes.newUpCluster,
        (osd, cluster) ->
            osd.withAddrs(
                new OsdAddrs(
                    osd.addrs().client(),
                    cluster,
                    osd.addrs().heartbeatBack(),
                    osd.addrs().heartbeatFront())));
  }

  private static <T> T announced(SortedMap<Integer, T> addrs, int osd) {
    T found = addrs.get(osd);
    if (found == null) {
      throw new MalformedInputException("osd." + osd + " is up without heartbeat addresses");
    }
    return found;
  }

  private OsdEntry changedState(OsdEntry osd, int change) {
    int flips = change == 0 ? OsdEntry.UP : change;
    OsdEntry changed = osd;
    if ((osd.state() & flips & OsdEntry.UP) != 0) {
      changed =
          osd.withLife(osd.life().withDownAt(map.epoch))
              .withExtra(osd.extra().withDownStamp(map.modified));
    }
    if ((osd.state() & flips & OsdEntry.EXISTS) != 0) {
      map.affinitiesListed = true;
      return OsdEntry.ABSENT.withWeight(osd.weight());
    }
    return changed.withState(osd.state() ^ flips);
  }

  private void applyLives() {
    eachOsd(changes.newUpThru, (osd, epoch) -> osd.withLife(osd.life().withUpThru(epoch)));
    eachOsd(
        changes.newLastCleanInterval,
        (osd, epochs) -> osd.withLife(osd.life().withLastClean(epochs[0], epochs[1])));
    eachOsd(changes.newLost, (osd, epoch) -> osd.withLife(osd.life().withLostAt(epoch)));
    eachOsd(changes.newExtra, OsdEntry::withExtra);
    eachOsd(changes.newUuid, OsdEntry::withUuid);
  }

  private void applyGroups() {
    replace(map.pgTemp, changes.newPgTemp, List::isEmpty);
    replace(map.primaryTemp, changes.newPrimaryTemp, osd -> osd == -1);
    map.pgUpmap.putAll(changes.newPgUpmap);
    changes.oldPgUpmap.forEach(map.pgUpmap::remove);
    map.pgUpmapItems.putAll(changes.newPgUpmapItems);
    changes.oldPgUpmapItems.forEach(map.pgUpmapItems::remove);
  }

  /** Who is shut out already stays so for as long as was said first. */
  private void applyBlocklist() {
    changes.newBlocklist.forEach(each -> map.blocklist.putIfAbsent(each.addr(), each.until()));
    changes.oldBlocklist.forEach(map.blocklist::remove);
  }

  private void applySettings() {
    replace(map.crushNodeFlags, changes.newCrushNodeFlags, flags -> flags == 0);
    replace(map.deviceClassFlags, changes.newDeviceClassFlags, flags -> flags == 0);
    map.clusterSnapshot = changes.clusterSnapshot;
    map.clusterSnapshotEpoch = changes.clusterSnapshot.isEmpty() ? 0 : map.epoch;
    FullRatios before = map.ratios;
    map.ratios =
        new FullRatios(
            changes.newNearfullRatio >= 0 ? changes.newNearfullRatio : before.nearfull(),
            changes.newFullRatio >= 0 ? changes.newFullRatio : before.full(),
            changes.newBackfillfullRatio >= 0
                ? changes.newBackfillfullRatio
                : before.backfillfull());
    if (changes.newRequireMinCompatClient > 0) {
      map.requireMinCompatClient = changes.newRequireMinCompatClient;
    }
    int release = changes.newRequireOsdRelease;
    if (release >= 0) {
      map.requireOsdRelease = release;
      map.flags &= release >= LUMINOUS ? ~LEGACY_FLAGS : -1;
      map.flags |= release >= LUMINOUS ? OsdMap.RECOVERY_DELETES : 0;
      map.flags |= release >= NAUTILUS ? OsdMap.PGLOG_HARDLIMIT : 0;
    }
    if (changes.newStretch != null) {
      map.stretch = changes.newStretch;
    }
  }

  private void applyCrush() {
    if (changes.crush.length == 0) {
      return;
    }
    map.crush = CrushCodec.decode(changes.crush).withDevicesCounted();
    map.crushVersion++;
    map.deviceClassFlags.keySet().retainAll(map.crush.classes().names().keySet());
  }

  private <T> void eachOsd(
      SortedMap<Integer, T> values, BiFunction<OsdEntry, T, OsdEntry> changed) {
    values.forEach((osd, value) -> change(osd, entry -> changed.apply(entry, value)));
  }

  private void change(int osd, UnaryOperator<OsdEntry> changed) {
    if (osd < 0 || osd >= map.osds.size()) {
      throw new MalformedInputException(
          "changes to osd." + osd + " in a map of " + map.osds.size() + " OSDs");
    }
    map.osds.set(osd, changed.apply(map.osds.get(osd)));
  }

  private static <K, V> void replace(Map<K, V> values, Map<K, V> newer, Predicate<V> removes) {
    newer.forEach(
        (key, value) -> {
          if (removes.test(value)) {
            values.remove(key);
          } else {
            values.put(key, value);
          }
        });
  }
}
