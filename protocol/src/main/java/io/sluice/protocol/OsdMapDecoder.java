package io.sluice.protocol;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads an OSD map of Pacific's encoding; the twin of {@link OsdMapEncoder}, which draws the
 * layout.
 *
 * <p>Anything that does not decode, does not fit together or has a wrong checksum is a {@link
 * MalformedInputException}.
 */
final class OsdMapDecoder {
  /** More OSD ids than this are taken for damage. */
  static final int MAX_OSDS = 100_000;

  private final Decoder from;
  private final OsdMapFields map = new OsdMapFields();
  private List<Integer> states;
  private List<Integer> weights;
  private List<Integer> affinities;
  private List<AddrVec> clientAddrs;

  private OsdMapDecoder(byte[] bytes) {
    from = new Decoder(bytes);
  }

  static OsdMapFields decode(byte[] bytes) {
    return new OsdMapDecoder(bytes).read(bytes);
  }

  private OsdMapFields read(byte[] bytes) {
    Decoder.Struct whole = from.begin(8, "OSDMap");
    if (whole.version() < 8) {
      throw new MalformedInputException(
          "OSDMap v" + whole.version() + " is older than this reader");
    }
    readClientSection();
    readOsdSection();
    int crcAt = from.position();
    int expected = from.le32();
    from.end(whole);
    check("map", map.epoch, crc(bytes, crcAt, whole), expected);
    return map;
  }

  /** Of all bytes of a map or incremental but the four at {@code crcAt}. */
  static int crc(byte[] bytes, int crcAt, Decoder.Struct whole) {
    int crc = Crc32c.update(Crc32c.SEED, bytes, 0, crcAt);
    return Crc32c.update(crc, bytes, crcAt + 4, (int) whole.end() - crcAt - 4);
  }

  static void check(String what, int epoch, int actual, int expected) {
    if (actual != expected) {
      throw new MalformedInputException(
          "OSD "
              + what
              + " e"
              + Integer.toUnsignedString(epoch)
              + ": checksum is "
              + Integer.toHexString(actual)
              + ", not "
              + Integer.toHexString(expected));
    }
  }

  private void readClientSection() {
    Decoder.Struct section = from.begin(9, "OSDMap client section");
    atLeast(section, 9);
    map.fsid = Fsid.decode(from);
    map.epoch = from.le32();
    map.created = UTime.decode(from);
    map.modified = UTime.decode(from);
    readPools();
    map.poolMax = from.le32();
    map.flags = from.le32();
    int maxOsd = from.le32();
    if (maxOsd < 0 || maxOsd > MAX_OSDS) {
      throw new MalformedInputException("OSDMap of " + maxOsd + " OSDs");
    }
    states = perOsd(Decoder::le32, maxOsd);
    weights = perOsd(Decoder::le32, maxOsd);
    clientAddrs = perOsd(AddrVec::decode, maxOsd);
    osdsOfPgs(map.pgTemp);
    for (int left = from.count(21); left > 0; left--) {
      PgId pg = PgId.decode(from);
      map.primaryTemp.put(pg, from.le32());
    }
    affinities = readAffinities(maxOsd);
    map.affinitiesListed = !affinities.isEmpty();
    map.crush = CrushCodec.decode(from.blob());
    for (int left = from.count(8); left > 0; left--) {
      map.erasureProfiles.put(from.string(), StringMap.decode(from));
    }
    osdsOfPgs(map.pgUpmap);
    for (int left = from.count(21); left > 0; left--) {
      PgId pg = PgId.decode(from);
      map.pgUpmapItems.put(pg, from.list(each -> new int[] {each.le32(), each.le32()}));
    }
    map.crushVersion = from.le32();
    snaps(map.newRemovedSnaps);
    snaps(map.newPurgedSnaps);
    map.lastUpChange = UTime.decode(from);
    map.lastInChange = UTime.decode(from);
    from.end(section);
  }

  private void readPools() {
    SortedMap<Long, PoolInfo> nameless = new TreeMap<>();
    for (int left = from.count(14); left > 0; left--) {
      long id = from.le64();
      nameless.put(id, PoolInfoDecoder.decode(from, id));
    }
    for (int left = from.count(12); left > 0; left--) {
      long id = from.le64();
      String name = from.string();
      PoolInfo pool = nameless.get(id);
      if (pool == null) {
        throw new MalformedInputException(
            "name '" + name + "' of pool " + id + ", which is not there");
      }
      map.pools.put(id, named(pool, name));
    }
    if (map.pools.size() != nameless.size()) {
      throw new MalformedInputException(nameless.size() + " pools, " + map.pools.size() + " names");
    }
  }

  static PoolInfo named(PoolInfo pool, String name) {
    return new PoolInfo(
        pool.id(),
        name,
        pool.layout(),
        pool.flags(),
        pool.history(),
        pool.snaps(),
        pool.maxBytes(),
        pool.maxObjects(),
        pool.owner(),
        pool.tier(),
        pool.applications(),
        pool.options());
  }

  private void readOsdSection() {
    Decoder.Struct section = from.begin(10, "OSDMap OSD section");
    atLeast(section, 9);
    int maxOsd = states.size();
    List<AddrVec> back = perOsd(AddrVec::decode, maxOsd);
    List<OsdEntry.Life> lives = perOsd(OsdMapDecoder::life, maxOsd);
    for (int left = from.count(9); left > 0; left--) {
      map.blocklist.put(EntityAddr.decode(from), UTime.decode(from));
    }
    List<AddrVec> cluster = perOsd(AddrVec::decode, maxOsd);
    map.clusterSnapshotEpoch = from.le32();
    map.clusterSnapshot = from.string();
    List<UUID> uuids = perOsd(Fsid::decode, maxOsd);
    List<OsdEntry.Extra> extras = perOsd(OsdMapDecoder::extra, maxOsd);
    List<AddrVec> front = perOsd(AddrVec::decode, maxOsd);
    map.ratios = new FullRatios(ratio(), ratio(), ratio());
    map.requireMinCompatClient = from.u8();
    map.requireOsdRelease = from.u8();
    snaps(map.removedSnapsQueue);
    ints(map.crushNodeFlags);
    ints(map.deviceClassFlags);
    if (section.version() >= 10) {
      map.stretch =
          new OsdMapFields.Stretch(from.bool(), from.le32(), from.le32(), from.le32(), from.le32());
    }
    from.end(section);
    for (int i = 0; i < maxOsd; i++) {
      OsdAddrs addrs = new OsdAddrs(clientAddrs.get(i), cluster.get(i), back.get(i), front.get(i));
      int affinity = affinities.isEmpty() ? OsdEntry.IN : affinities.get(i);
      map.osds.add(
          new OsdEntry(
              states.get(i),
              weights.get(i),
              affinity,
              addrs,
              lives.get(i),
              extras.get(i),
              uuids.get(i)));
    }
  }

  private float ratio() {
    return Float.intBitsToFloat(from.le32());
  }

  private static OsdEntry.Life life(Decoder from) {
    if (from.u8() != 1) {
      throw new MalformedInputException("osd_info_t that is not v1");
    }
    return new OsdEntry.Life(
        from.le32(), from.le32(), from.le32(), from.le32(), from.le32(), from.le32());
  }

  static OsdEntry.Extra extra(Decoder from) {
    Decoder.Struct struct = from.begin(4, "osd_xinfo_t");
    OsdEntry.Extra extra =
        new OsdEntry.Extra(
            UTime.decode(from),
            from.le32(),
            from.le32(),
            from.le64(),
            from.le32(),
            UTime.decode(from),
            from.le32());
    from.end(struct);
    return extra;
  }

  private void osdsOfPgs(SortedMap<PgId, List<Integer>> osds) {
    for (int left = from.count(21); left > 0; left--) {
      PgId pg = PgId.decode(from);
      osds.put(pg, from.list(Decoder::le32));
    }
  }

  private void snaps(SortedMap<Long, List<SnapInterval>> pools) {
    for (int left = from.count(12); left > 0; left--) {
      long pool = from.le64();
      pools.put(pool, new ArrayList<>(from.list(SnapInterval::decode)));
    }
  }

  private void ints(SortedMap<Integer, Integer> values) {
    for (int left = from.count(8); left > 0; left--) {
      int key = from.le32();
      values.put(key, from.le32());
    }
  }

  static void atLeast(Decoder.Struct section, int version) {
    if (section.version() < version) {
      throw new MalformedInputException(
          "OSDMap section v" + section.version() + ", need v" + version);
    }
  }

  /** None at all stands for all willing. */
  private List<Integer> readAffinities(int maxOsd) {
    int count = from.count(4);
    return count == 0 ? List.of() : elements(Decoder::le32, count, maxOsd);
  }

  /** One of something for each OSD; another count is refused before anything is read. */
  private <T> List<T> perOsd(Function<Decoder, T> each, int maxOsd) {
    return elements(each, from.count(1), maxOsd);
  }

  private <T> List<T> elements(Function<Decoder, T> each, int count, int maxOsd) {
    if (count != maxOsd) {
      throw new MalformedInputException(
          "OSDMap of " + maxOsd + " OSDs has " + count + " of something");
    }
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(each.apply(from));
    }
    return values;
  }
}
