package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.DecoderTarget;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OpReturn;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerPgInfo;
import io.sluice.protocol.RepChange;
import io.sluice.types.EVersion;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every decoder of what an OSD keeps with its objects and groups, and of calls of classes. */
final class OsdDecoders {
  static final List<DecoderTarget> ALL =
      Stream.concat(kept().stream(), ClassCalls.ALL.stream()).toList();

  private OsdDecoders() {}

  private static List<DecoderTarget> kept() {
    return List.of(
        DecoderTarget.of("object info", ObjectInfo::decode, zeros(1, 40), zeros(1, 200)),
        DecoderTarget.of(
            "lock", bytes -> LockInfo.decode(bytes, UTime.ZERO), zeros(1, 9), zeros(1, 100)),
        DecoderTarget.of("snap set", SnapSet::decode, snapSet()),
        DecoderTarget.of("group info", bytes -> PeerPgInfo.decode(new Decoder(bytes)), info()),
        DecoderTarget.of("log entry", bytes -> PeerLogEntry.decode(new Decoder(bytes)), entry()),
        DecoderTarget.of("stored group info", PgMeta::infoOf, info(), storedInfo()),
        DecoderTarget.of("watchers", bytes -> Watchers.decode(bytes, 1), watchers()));
  }

  private static byte[] storedInfo() {
    byte[] info = info();
    Encoder to = new Encoder();
    int mark = to.begin(2, 2);
    return to.raw(info).end(mark).toByteArray();
  }

  private static byte[] watchers() {
    TreeMap<Watchers.Key, Watchers.Watch> watches = new TreeMap<>();
    EntityAddr addr = EntityAddr.msgr2("127.0.0.1", 0, 9);
    watches.put(
        new Watchers.Key(EntityName.client(4100), 3), new Watchers.Watch(addr, 30, 1, null));
    return ((RepChange.SetAttr) Watchers.change(watches)).value();
  }

  /** A struct of zero bytes. */
  private static byte[] zeros(int version, int length) {
    Encoder to = new Encoder();
    int mark = to.begin(version, version);
    return to.zeros(length).end(mark).toByteArray();
  }

  private static byte[] snapSet() {
    SnapSet.Clone clone = new SnapSet.Clone(9, List.of(4L, 3L), Ranges.of(0, 5).plus(7, 2));
    return new SnapSet(5, new TreeMap<>(Map.of(4L, clone))).encode();
  }

  private static byte[] info() {
    EVersion version = new EVersion(41, 1000);
    Encoder to = new Encoder();
    new PeerPgInfo(version, version, 40, 42, EVersion.ZERO, 99).encode(to);
    return to.toByteArray();
  }

  private static byte[] entry() {
    Encoder to = new Encoder();
    new PeerLogEntry(
            PeerLogEntry.Kind.ERROR,
            new EVersion(41, 1000),
            EVersion.ZERO,
            ObjectId.head(3, "space", "", "name", 0x1234),
            new RequestId(EntityName.client(4100), 5, 0),
            98,
            -2,
            new UTime(1, 2),
            List.of(3L),
            List.of(new OpReturn(42, new byte[] {1, 2})))
        .encode(to);
    return to.toByteArray();
  }
}
