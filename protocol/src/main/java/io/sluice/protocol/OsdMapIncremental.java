package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * What one epoch changed in an OSD map, as Ceph's monitors and OSDs send it; in the order and with
 * the names of Ceph's {@code OSDMap::Incremental}. {@link OsdMapUpdate} applies it.
 *
 * <pre>
 * v8, compat 7 {
 *   v8, compat 1 { client section }
 *   v9 or v10 (stretch mode), compat 1 { OSD section }
 *   le32 crc of every other byte, seed -1 | le32 crc of the map that comes of it
 * }
 * </pre>
 *
 * <p>Fields of later versions are skipped: what they change shows in the map's checksum.
 *
 * <p><b>Threads:</b> one owner.
 */
final class OsdMapIncremental {
  /** How a replaced value says that it is not. */
  static final int UNCHANGED = -1;

  private final Decoder from;

  // client section
  UUID fsid;
  int epoch;
  UTime modified;
  long newPoolMax;
  int newFlags;
  byte[] fullMap;
  byte[] crush;
  int newMaxOsd;
  SortedMap<Long, PoolInfo> newPools;
  SortedMap<Long, String> newPoolNames;
  List<Long> oldPools;
  SortedMap<Integer, AddrVec> newUpClient;

  /** To be exclusively-ored with what was; 0 means {@link OsdEntry#UP}. */
  SortedMap<Integer, Integer> newState;

  SortedMap<Integer, Integer> newWeight;

  /** An empty list removes. */
  SortedMap<PgId, List<Integer>> newPgTemp;

  /** -1 removes. */
  SortedMap<PgId, Integer> newPrimaryTemp;

  SortedMap<Integer, Integer> newPrimaryAffinity;
  SortedMap<String, SortedMap<String, String>> newErasureProfiles;
  List<String> oldErasureProfiles;
  SortedMap<PgId, List<Integer>> newPgUpmap;
  List<PgId> oldPgUpmap;
  SortedMap<PgId, List<int[]>> newPgUpmapItems;
  List<PgId> oldPgUpmapItems;
  SortedMap<Long, List<SnapInterval>> newRemovedSnaps;
  SortedMap<Long, List<SnapInterval>> newPurgedSnaps;
  UTime newLastUpChange;
  UTime newLastInChange;

  // OSD section
  SortedMap<Integer, AddrVec> newHeartbeatBackUp;
  SortedMap<Integer, Integer> newUpThru;
  SortedMap<Integer, int[]> newLastCleanInterval;
  SortedMap<Integer, Integer> newLost;
  List<Blocked> newBlocklist;
  List<EntityAddr> oldBlocklist;
  SortedMap<Integer, AddrVec> newUpCluster;
  String clusterSnapshot;
  SortedMap<Integer, UUID> newUuid;
  SortedMap<Integer, OsdEntry.Extra> newExtra;
  SortedMap<Integer, AddrVec> newHeartbeatFrontUp;
  float newNearfullRatio;
  float newFullRatio;
  float newBackfillfullRatio;
  byte newRequireMinCompatClient;
  byte newRequireOsdRelease;
  SortedMap<Integer, Integer> newCrushNodeFlags;
  SortedMap<Integer, Integer> newDeviceClassFlags;

  /** Null when unchanged. */
  OsdMapFields.Stretch newStretch;

  /** Of the map that comes of it. */
  int fullCrc;

  /** An address that is shut out, and until when. */
  record Blocked(EntityAddr addr, UTime until) {}

  private OsdMapIncremental(byte[] bytes) {
    from = new Decoder(bytes);
  }

  /**
   * Reads one of Nautilus' or a later encoding.
   *
   * @throws MalformedInputException when it is not one, or its checksum is wrong
   */
  static OsdMapIncremental decode(byte[] bytes) {
    return new OsdMapIncremental(bytes).read(bytes);
  }

  private OsdMapIncremental read(byte[] bytes) {
    Decoder.Struct whole = from.begin(8, "OSDMap::Incremental");
    if (whole.version() < 8) {
      throw new MalformedInputException(
          "OSDMap::Incremental v" + whole.version() + " is older than this reader");
    }
    readClientSection();
    readOsdSection();
    int crcAt = from.position();
    int expected = from.le32();
    fullCrc = from.le32();
    from.end(whole);
    OsdMapDecoder.check("incremental", epoch, OsdMapDecoder.crc(bytes, crcAt, whole), expected);
    return this;
  }

  private void readClientSection() {
    Decoder.Struct section = from.begin(8, "OSDMap::Incremental client section");
    OsdMapDecoder.atLeast(section, 8);
    fsid = Fsid.decode(from);
    epoch = from.le32();
    modified = UTime.decode(from);
    newPoolMax = from.le64();
    newFlags = from.le32();
    fullMap = from.blob();
    crush = from.blob();
    newMaxOsd = from.le32();
    newPools = new TreeMap<>();
    for (int left = from.count(14); left > 0; left--) {
      long id = from.le64();
      newPools.put(id, PoolInfoDecoder.decode(from, id));
    }
    newPoolNames = map(12, Decoder::le64, Decoder::string);
    oldPools = from.list(Decoder::le64);
    newUpClient = map(9, Decoder::le32, AddrVec::decode);
    newState = ints();
    newWeight = ints();
    newPgTemp = map(21, PgId::decode, each -> each.list(Decoder::le32));
    newPrimaryTemp = map(21, PgId::decode, Decoder::le32);
    newPrimaryAffinity = ints();
    newErasureProfiles = map(8, Decoder::string, StringMap::decode);
    oldErasureProfiles = from.list(Decoder::string);
    newPgUpmap = map(21, PgId::decode, each -> each.list(Decoder::le32));
    oldPgUpmap = from.list(PgId::decode);
    newPgUpmapItems = map(21, PgId::decode, each -> each.list(OsdMapIncremental::pair));
    oldPgUpmapItems = from.list(PgId::decode);
    newRemovedSnaps = map(12, Decoder::le64, each -> each.list(SnapInterval::decode));
    newPurgedSnaps = map(12, Decoder::le64, each -> each.list(SnapInterval::decode));
    newLastUpChange = UTime.decode(from);
    newLastInChange = UTime.decode(from);
    from.end(section);
  }

  private void readOsdSection() {
    Decoder.Struct section = from.begin(10, "OSDMap::Incremental OSD section");
    OsdMapDecoder.atLeast(section, 9);
    newHeartbeatBackUp = map(9, Decoder::le32, AddrVec::decode);
    newUpThru = ints();
    newLastCleanInterval = map(12, Decoder::le32, OsdMapIncremental::pair);
    newLost = ints();
    newBlocklist = from.list(each -> new Blocked(EntityAddr.decode(each), UTime.decode(each)));
    oldBlocklist = from.list(EntityAddr::decode);
    newUpCluster = map(9, Decoder::le32, AddrVec::decode);
    clusterSnapshot = from.string();
    newUuid = map(20, Decoder::le32, Fsid::decode);
    newExtra = map(10, Decoder::le32, OsdMapDecoder::extra);
    newHeartbeatFrontUp = map(9, Decoder::le32, AddrVec::decode);
    from.skip(8); // features that it was encoded with
    newNearfullRatio = Float.intBitsToFloat(from.le32());
    newFullRatio = Float.intBitsToFloat(from.le32());
    newBackfillfullRatio = Float.intBitsToFloat(from.le32());
    newRequireMinCompatClient = (byte) from.u8();
    newRequireOsdRelease = (byte) from.u8();
    newCrushNodeFlags = ints();
    newDeviceClassFlags = ints();
    if (section.version() >= 10) {
      newStretch = readStretch();
    }
    from.end(section);
  }

  private OsdMapFields.Stretch readStretch() {
    boolean changes = from.bool();
    int bucketCount = from.le32();
    int degraded = from.le32();
    int recovering = from.le32();
    int bucket = from.le32();
    boolean enabled = from.bool();
    return changes
        ? new OsdMapFields.Stretch(enabled, bucketCount, degraded, recovering, bucket)
        : null;
  }

  private static int[] pair(Decoder from) {
    return new int[] {from.le32(), from.le32()};
  }

  private SortedMap<Integer, Integer> ints() {
    return map(8, Decoder::le32, Decoder::le32);
  }

  /**
   * {@code le32 count | (key, value) x count}.
   *
   * @param minBytes of a key and its value
   */
  private <K extends Comparable<K>, V> SortedMap<K, V> map(
      int minBytes, Function<Decoder, K> key, Function<Decoder, V> value) {
    SortedMap<K, V> map = new TreeMap<>();
    for (int left = from.count(minBytes); left > 0; left--) {
      map.put(key.apply(from), value.apply(from));
    }
    return map;
  }
}
