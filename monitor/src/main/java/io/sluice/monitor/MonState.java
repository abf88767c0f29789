package io.sluice.monitor;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.MonMap;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.PgTable;
import io.sluice.types.PgId;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Everything the monitors agree on, as one immutable value.
 *
 * <p><b>Invariants:</b> a pure function of the changes applied; its bytes too. {@code osdMap} and
 * {@code pgs} are the newest of {@code history}, of the same epoch, and {@code osdMap}'s pg_temp is
 * {@code pgs}'. Epochs and {@code nextGlobalId} only grow.
 *
 * <pre>
 * struct v1 { u8 exists [ monmap | le32 size | le32 failure domain | le64 next global id
 *   | le32 n, n x { le32 osd, OsdFacts } | le32 n, n x { string option, string value } | MapHistory
 *   | ClusterLog | le32 n, n x le32 absent rank ] }   the last two: since there are
 * </pre>
 *
 * @param monMap null before the cluster is created
 * @param settings of the cluster, fixed at its creation
 * @param nextGlobalId the first global id that nobody was ever given
 * @param osds what OSDs said of themselves, by id
 * @param config option values by {@code section/option}
 * @param log what happened last
 * @param absent ranks of the monitors that take no part, as the last leader had it
 */
record MonState(
    MonMap monMap,
    Settings settings,
    OsdMap osdMap,
    PgTable pgs,
    MapHistory history,
    long nextGlobalId,
    SortedMap<Integer, OsdFacts> osds,
    SortedMap<String, String> config,
    ClusterLog log,
    Set<Integer> absent) {

  /**
   * Ids below are nobody's: Ceph starts in the thousands too, and small numbers look like ranks.
   */
  private static final long FIRST_GLOBAL_ID = 4096;

  static final MonState EMPTY =
      new MonState(
          null,
          new Settings(3, 0),
          null,
          PgTable.EMPTY,
          MapHistory.EMPTY,
          FIRST_GLOBAL_ID,
          new TreeMap<>(),
          new TreeMap<>(),
          ClusterLog.EMPTY,
          Set.of());

  /**
   * Choices of the cluster's creation.
   *
   * @param size default number of copies
   * @param failureDomain 0 OSDs, 1 hosts
   */
  record Settings(int size, int failureDomain) {
    int crushRule() {
      return failureDomain == 0 ? OsdMapBuilder.RULE_OSD : OsdMapBuilder.RULE_HOST;
    }
  }

  /**
   * What an OSD said when it booted.
   *
   * @param autoOut taken out for having been down too long: its next boot takes it in again
   */
  record OsdFacts(String host, long totalBytes, boolean autoOut) {}

  MonState {
    osds = Collections.unmodifiableSortedMap(new TreeMap<>(osds));
    config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
    int mons = monMap == null ? 0 : monMap.mons().size();
    Set<Integer> known = new TreeSet<>(absent);
    known.removeIf(rank -> rank < 0 || rank >= mons);
    absent = Collections.unmodifiableSet(known);
  }

  /** True once the cluster was created. */
  boolean exists() {
    return monMap != null;
  }

  UUID fsid() {
    return monMap.fsid();
  }

  int epoch() {
    return osdMap == null ? 0 : osdMap.epoch();
  }

  /**
   * The state one epoch later: the groups follow the map by the serving rule, and pg_temp says so.
   */
  MonState withNext(OsdMapBuilder builder) {
    return withNext(builder, Map.of());
  }

  /** {@link #withNext(OsdMapBuilder)} with OSDs that groups have recovered. */
  MonState withNext(OsdMapBuilder builder, Map<PgId, Set<Integer>> recovered) {
    OsdMap candidate = builder.build();
    PgTable table = PgTable.next(pgs, candidate, recovered);
    OsdMap next = candidate.withPgTemp(table.pgTemp());
    return new MonState(
        monMap,
        settings,
        next,
        table,
        history.with(next, table),
        nextGlobalId,
        osds,
        config,
        log,
        absent);
  }

  MonState withMonMap(MonMap newMap, Settings newSettings) {
    return new MonState(
        newMap, newSettings, osdMap, pgs, history, nextGlobalId, osds, config, log, Set.of());
  }

  MonState withNextGlobalId(long next) {
    return new MonState(monMap, settings, osdMap, pgs, history, next, osds, config, log, absent);
  }

  MonState withOsd(int osd, OsdFacts facts) {
    SortedMap<Integer, OsdFacts> more = new TreeMap<>(osds);
    more.put(osd, facts);
    return new MonState(
        monMap, settings, osdMap, pgs, history, nextGlobalId, more, config, log, absent);
  }

  MonState withoutOsd(int osd) {
    SortedMap<Integer, OsdFacts> less = new TreeMap<>(osds);
    less.remove(osd);
    return new MonState(
        monMap, settings, osdMap, pgs, history, nextGlobalId, less, config, log, absent);
  }

  MonState withConfig(SortedMap<String, String> newConfig) {
    return new MonState(
        monMap, settings, osdMap, pgs, history, nextGlobalId, osds, newConfig, log, absent);
  }

  MonState withLog(ClusterLog newLog) {
    return new MonState(
        monMap, settings, osdMap, pgs, history, nextGlobalId, osds, config, newLog, absent);
  }

  MonState withAbsent(Set<Integer> ranks) {
    return new MonState(
        monMap, settings, osdMap, pgs, history, nextGlobalId, osds, config, log, ranks);
  }

  /** The monitors that take part, by rank. */
  SortedMap<Integer, MonMap.Mon> quorum() {
    SortedMap<Integer, MonMap.Mon> present = new TreeMap<>();
    for (int rank = 0; rank < monMap.mons().size(); rank++) {
      if (!absent.contains(rank)) {
        present.put(rank, monMap.mons().get(rank));
      }
    }
    return present;
  }

  /** The options whose keys begin so. */
  SortedMap<String, String> configOf(String prefix) {
    return config.subMap(prefix, prefix + Character.MAX_VALUE);
  }

  /** The names of those that do not, as Ceph lists them. */
  String absentNames() {
    return absent.stream()
        .map(rank -> monMap.mons().get(rank).name())
        .collect(Collectors.joining(","));
  }

  /** The names of those that do, likewise. */
  String quorumNames() {
    return quorum().values().stream().map(MonMap.Mon::name).collect(Collectors.joining(","));
  }

  byte[] encode() {
    Encoder to = new Encoder(1 << 16);
    int mark = to.begin(1, 1);
    to.bool(exists());
    if (exists()) {
      to.blob(monMap.encode());
      to.le32(settings.size()).le32(settings.failureDomain()).le64(nextGlobalId);
      to.list(
          osds.entrySet(),
          (each, osd) -> {
            OsdFacts facts = osd.getValue();
            each.le32(osd.getKey())
                .string(facts.host())
                .le64(facts.totalBytes())
                .bool(facts.autoOut());
          });
      to.list(
          config.entrySet(),
          (each, option) -> each.string(option.getKey()).string(option.getValue()));
      history.encode(to);
      log.encode(to);
      to.list(absent, Encoder::le32);
    }
    to.end(mark);
    return to.toByteArray();
  }

  static MonState decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(1, "MonState");
    MonState state = from.bool() ? decodeBody(from, struct) : EMPTY;
    from.end(struct);
    return state;
  }

  private static MonState decodeBody(Decoder from, Decoder.Struct struct) {
    MonMap monMap = MonMap.decode(from.blob());
    Settings settings = new Settings(from.le32(), from.le32());
    long nextGlobalId = from.le64();
    SortedMap<Integer, OsdFacts> osds = new TreeMap<>();
    for (int left = from.count(17); left > 0; left--) {
      int osd = from.le32();
      osds.put(osd, new OsdFacts(from.string(), from.le64(), from.bool()));
    }
    SortedMap<String, String> config = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      String option = from.string();
      config.put(option, from.string());
    }
    MapHistory history = MapHistory.decode(from);
    OsdMap map = OsdMap.decode(history.osdMap(history.last()));
    PgTable pgs = history.pgTable(history.last());
    ClusterLog log = from.more(struct) ? ClusterLog.decode(from) : ClusterLog.EMPTY;
    Set<Integer> absent = from.more(struct) ? new TreeSet<>(from.list(Decoder::le32)) : Set.of();
    return new MonState(
        monMap, settings, map, pgs, history, nextGlobalId, osds, config, log, absent);
  }

  @Override
  public String toString() {
    return exists() ? "state of " + fsid() + " at " + osdMap : "no cluster yet";
  }
}
