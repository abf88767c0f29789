package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.AddrVec;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The monitors of a cluster, in order of rank.
 *
 * <pre>
 * v9, compat 6 { uuid | le32 epoch | utime modified | utime created | features persistent | features optional
 *   | map name to mon_info_t | list of names by rank | u8 min_mon_release | list of le32 removed ranks
 *   | u8 election strategy | list of strings | u8 stretch mode | string tiebreaker | list of strings }
 * features:   v1 { le64 }
 * mon_info_t: v5, compat 1 { string name | addrvec | le16 priority | le16 weight | map crush location }
 * </pre>
 *
 * (ceph: MonMap, mon_feature_t, mon_info_t)
 *
 * @param persistentFeatures monitor features that the quorum requires for ever
 */
public record MonMap(
    UUID fsid,
    int epoch,
    UTime modified,
    UTime created,
    long persistentFeatures,
    long optionalFeatures,
    List<Mon> mons,
    Election election) {

  /** One monitor; its rank is its place in the list. */
  public record Mon(
      String name, AddrVec addrs, int priority, int weight, SortedMap<String, String> location) {
    public Mon {
      location = Collections.unmodifiableSortedMap(new TreeMap<>(location));
    }

    public Mon(String name, AddrVec addrs) {
      this(name, addrs, 0, 0, new TreeMap<>());
    }
  }

  /** The rank of the monitor of that name; -1 when there is none. */
  public int rankOf(String name) {
    for (int rank = 0; rank < mons.size(); rank++) {
      if (mons.get(rank).name().equals(name)) {
        return rank;
      }
    }
    return -1;
  }

  /** How Ceph's monitors elect; carried. */
  public record Election(
      int minRelease,
      List<Integer> removedRanks,
      int strategy,
      List<String> disallowedLeaders,
      boolean stretchMode,
      String tiebreaker,
      List<String> markedDown) {
    static final Election CLASSIC =
        new Election(Features.RELEASE_PACIFIC, List.of(), 1, List.of(), false, "", List.of());
  }

  /** Kraken to Pacific, osdmap-prune and elector-pinging: what a fresh Pacific cluster requires. */
  private static final long PACIFIC_MON_FEATURES = 0xff;

  public MonMap {
    mons = List.copyOf(mons);
  }

  /** The first map of a cluster. */
  public static MonMap create(UUID fsid, UTime now, List<Mon> mons) {
    return new MonMap(fsid, 1, now, now, PACIFIC_MON_FEATURES, 0, mons, Election.CLASSIC);
  }

  /** The next epoch with other monitors. */
  public MonMap withMons(List<Mon> newMons, UTime now) {
    return new MonMap(
        fsid, epoch + 1, now, created, persistentFeatures, optionalFeatures, newMons, election);
  }

  public byte[] encode() {
    Encoder to = new Encoder(256);
    encode(to);
    return to.toByteArray();
  }

  public void encode(Encoder to) {
    int mark = to.begin(9, 6);
    Fsid.encode(to, fsid).le32(epoch);
    modified.encode(to);
    created.encode(to);
    encodeFeature(to, persistentFeatures);
    encodeFeature(to, optionalFeatures);
    SortedMap<String, Mon> byName = new TreeMap<>();
    mons.forEach(mon -> byName.put(mon.name(), mon));
    to.list(byName.values(), MonMap::encodeMon);
    to.list(mons, (each, mon) -> each.string(mon.name()));
    to.u8(election.minRelease())
        .list(election.removedRanks(), Encoder::le32)
        .u8(election.strategy());
    to.list(election.disallowedLeaders(), Encoder::string).bool(election.stretchMode());
    to.string(election.tiebreaker()).list(election.markedDown(), Encoder::string);
    to.end(mark);
  }

  private static void encodeFeature(Encoder to, long bits) {
    int mark = to.begin(1, 1);
    to.le64(bits).end(mark);
  }

  private static void encodeMon(Encoder to, Mon mon) {
    to.string(mon.name());
    int mark = to.begin(5, 1);
    to.string(mon.name());
    mon.addrs().encode(to);
    to.le16(mon.priority()).le16(mon.weight());
    StringMap.encode(to, mon.location());
    to.end(mark);
  }

  public static MonMap decode(byte[] bytes) {
    return decode(new Decoder(bytes));
  }

  public static MonMap decode(Decoder from) {
    Decoder.Struct struct = from.begin(9, "MonMap");
    atLeast(struct, 9, "MonMap");
    UUID fsid = Fsid.decode(from);
    int epoch = from.le32();
    UTime modified = UTime.decode(from);
    UTime created = UTime.decode(from);
    long persistent = decodeFeature(from);
    long optional = decodeFeature(from);
    SortedMap<String, Mon> byName = new TreeMap<>();
    from.list(MonMap::decodeMon).forEach(mon -> byName.put(mon.name(), mon));
    List<Mon> ranked = new ArrayList<>();
    for (String name : from.list(Decoder::string)) {
      Mon mon = byName.remove(name);
      if (mon == null) {
        throw new MalformedInputException("MonMap ranks '" + name + "', which it does not know");
      }
      ranked.add(mon);
    }
    if (!byName.isEmpty()) {
      throw new MalformedInputException("MonMap gives no rank to " + byName.keySet());
    }
    Election election =
        new Election(
            from.u8(),
            from.list(Decoder::le32),
            from.u8(),
            from.list(Decoder::string),
            from.bool(),
            from.string(),
            from.list(Decoder::string));
    from.end(struct);
    return new MonMap(fsid, epoch, modified, created, persistent, optional, ranked, election);
  }

  private static long decodeFeature(Decoder from) {
    Decoder.Struct struct = from.begin(1, "mon_feature_t");
    long bits = from.le64();
    from.end(struct);
    return bits;
  }

  private static Mon decodeMon(Decoder from) {
    String key = from.string();
    Decoder.Struct struct = from.begin(5, "mon_info_t");
    atLeast(struct, 5, "mon_info_t");
    Mon mon =
        new Mon(
            from.string(), AddrVec.decode(from), from.le16(), from.le16(), StringMap.decode(from));
    from.end(struct);
    if (!mon.name().equals(key)) {
      throw new MalformedInputException("MonMap has '" + mon.name() + "' under '" + key + "'");
    }
    return mon;
  }

  private static void atLeast(Decoder.Struct struct, int version, String name) {
    if (struct.version() < version) {
      throw new MalformedInputException(
          name + " v" + struct.version() + " is older than Pacific's v" + version);
    }
  }
}
