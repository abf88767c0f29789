package io.sluice.client;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** An epoch as Ceph's monitors and OSDs send it: what has changed. (ceph: OSDMap::Incremental) */
final class TestChanges {
  private static final int UNCHANGED = -1;

  private TestChanges() {}

  /** As {@link io.sluice.protocol.OsdMapBuilder#markDown} makes it. */
  static byte[] down(int osd, OsdMap before) {
    return encode(osd, before.epoch() + 1, crc(TestMaps.next(before, next -> next.markDown(osd))));
  }

  /** The same, of a sender whose map is another. */
  static byte[] downWithOtherChecksum(int osd, OsdMap before) {
    return encode(osd, before.epoch() + 1, 4711);
  }

  static MOSDMap message(int epoch, byte[] changes) {
    SortedMap<Integer, byte[]> all = new TreeMap<>();
    all.put(epoch, changes);
    return message(all);
  }

  static MOSDMap message(SortedMap<Integer, byte[]> changes) {
    return new MOSDMap(TestMaps.FSID, changes, Collections.emptySortedMap(), 1, changes.lastKey());
  }

  private static int crc(OsdMap map) {
    byte[] bytes = map.encode();
    return new Decoder(bytes, bytes.length - 4, 4).le32();
  }

  private static byte[] encode(int osdDown, int epoch, int fullCrc) {
    Encoder to = new Encoder();
    int whole = to.begin(8, 7);
    int client = to.begin(8, 1);
    to.le64(Long.reverseBytes(TestMaps.FSID.getMostSignificantBits()));
    to.le64(Long.reverseBytes(TestMaps.FSID.getLeastSignificantBits()));
    to.le32(epoch).le64(0).le64(UNCHANGED).le32(UNCHANGED);
    to.le32(0).le32(0).le32(UNCHANGED).zeros(4 * 4); // maps, then pools and who is up
    to.le32(1).le32(osdDown).le32(OsdEntry.UP);
    to.zeros(12 * 4).le64(0).le64(0).end(client);
    int osds = to.begin(9, 1);
    to.zeros(11 * 4).le64(0);
    int none = Float.floatToIntBits(-1);
    to.le32(none).le32(none).le32(none).u8(0xff).u8(0xff).zeros(2 * 4).end(osds);
    int crcAt = to.length();
    byte[] bytes = to.le32(0).le32(fullCrc).end(whole).toByteArray();
    int crc = Crc32c.update(Crc32c.SEED, bytes, 0, crcAt);
    crc = Crc32c.update(crc, bytes, crcAt + 4, 4);
    return seal(bytes, crcAt, crc);
  }

  private static byte[] seal(byte[] bytes, int at, int crc) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (crc >>> 8 * i);
    }
    return bytes;
  }
}
