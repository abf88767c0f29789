package io.sluice.protocol;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Maps for tests, made the way the monitor makes them. */
final class MapSamples {
  static final UUID FSID = new UUID(0x1122334455667788L, 0x99aabbccddeeff00L);
  static final UTime NOW = new UTime(1_790_000_000, 123_456_789);

  private MapSamples() {}

  static OsdAddrs listening(int osd) {
    return OsdAddrs.all(AddrVec.of(EntityAddr.msgr2("127.0.0.1", 7000 + osd, 1000 + osd)));
  }

  static UUID store(int osd) {
    return new UUID(osd, 42);
  }

  /** A cluster of hosts with some OSDs each, of several weights, all up. */
  static OsdMap cluster(int hosts, int perHost) {
    OsdMapBuilder builder = OsdMap.create(FSID, NOW);
    for (int osd = 0; osd < hosts * perHost; osd++) {
      builder
          .addOsd(osd, store(osd), "host" + osd % hosts, 0.25 + osd % 5 * 0.5)
          .markUp(osd, listening(osd));
    }
    return builder.build();
  }

  /**
   * One epoch later: an OSD down, others out or half in, an unwilling primary, some groups moved.
   */
  static OsdMap damaged(OsdMap map, long seed) {
    Random random = new Random(seed);
    OsdMapBuilder builder = map.next(NOW);
    int down = random.nextInt(map.maxOsd());
    builder.markDown(down);
    builder.weight((down + 1) % map.maxOsd(), 0);
    builder.weight((down + 2) % map.maxOsd(), 0x10000 * 2 / 3);
    builder.primaryAffinity((down + 3) % map.maxOsd(), 0x4000);
    builder.primaryAffinity((down + 4) % map.maxOsd(), 0);
    Map<PgId, List<Integer>> temp = new HashMap<>();
    map.pools().stream()
        .flatMap(pool -> pool.pgs().stream())
        .filter(pg -> random.nextInt(8) == 0)
        .forEach(pg -> temp.put(pg, List.of(random.nextInt(map.maxOsd()))));
    return builder.withPgTemp(temp).build();
  }
}
