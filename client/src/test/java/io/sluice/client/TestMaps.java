package io.sluice.client;

import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.OsdAddrs;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.UTime;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** Maps of a small cluster: three OSDs that are up, and pool "p" of 8 groups with three copies. */
final class TestMaps {
  static final UUID FSID = new UUID(1, 2);
  static final String POOL = "p";

  private TestMaps() {}

  static OsdAddrs addrs(int osd, int nonce) {
    return OsdAddrs.all(AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6800 + osd, nonce)));
  }

  static OsdMap first() {
    OsdMapBuilder builder = OsdMap.create(FSID, UTime.ZERO);
    for (int osd = 0; osd < 3; osd++) {
      builder
          .addOsd(osd, new UUID(9, osd), "host" + osd, 1.0)
          .markUp(osd, addrs(osd, 1))
          .weight(osd, 0x10000);
    }
    builder.createPool(POOL, 3, 2, 8, OsdMapBuilder.RULE_OSD);
    return builder.build();
  }

  static OsdMap next(OsdMap map, Consumer<OsdMapBuilder> change) {
    OsdMapBuilder builder = map.next(UTime.ZERO);
    change.accept(builder);
    return builder.build();
  }

  static MOSDMap message(OsdMap... maps) {
    TreeMap<Integer, byte[]> encoded = new TreeMap<>();
    for (OsdMap map : maps) {
      encoded.put(map.epoch(), map.encode());
    }
    return MOSDMap.ofMaps(FSID, encoded, 1, maps[maps.length - 1].epoch());
  }
}
