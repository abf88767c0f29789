package io.sluice.monitor;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.MLog;
import io.sluice.types.AddrVec;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Changes as bytes of the consensus log.
 *
 * <pre>
 * u8 kind | struct v1 { fields of the record in order }   times le32 s, le32 ns; uuid be64, be64
 * </pre>
 *
 * <p>A kind's number is for ever; new fields go to the end, with a higher struct version.
 */
final class ChangeCodec {
  private record Kind<T extends Change>(
      int number, Class<T> type, BiConsumer<Encoder, T> encode, Function<Decoder, T> decode) {

    void encodeTo(Encoder to, Change change) {
      to.u8(number);
      int mark = to.begin(1, 1);
      encode.accept(to, type.cast(change));
      to.end(mark);
    }
  }

  private static final List<Kind<?>> KINDS =
      List.of(
          new Kind<>(
              1,
              Change.CreateCluster.class,
              (to, c) -> {
                uuid(to, c.fsid());
                c.now().encode(to);
                monitors(to, c.monitors());
                to.le32(c.size()).le32(c.failureDomain());
              },
              from ->
                  new Change.CreateCluster(
                      uuid(from), UTime.decode(from), monitors(from), from.le32(), from.le32())),
          new Kind<>(
              2,
              Change.SetMonitors.class,
              (to, c) -> {
                c.now().encode(to);
                monitors(to, c.monitors());
              },
              from -> new Change.SetMonitors(UTime.decode(from), monitors(from))),
          new Kind<>(
              3,
              Change.BootOsd.class,
              (to, c) -> {
                to.le32(c.osd());
                c.addrs().encode(to);
                to.string(c.host()).le64(c.totalBytes());
                c.now().encode(to);
              },
              from ->
                  new Change.BootOsd(
                      from.le32(),
                      AddrVec.decode(from),
                      from.string(),
                      from.le64(),
                      UTime.decode(from))),
          new Kind<>(
              4,
              Change.MarkDown.class,
              (to, c) -> c.now().encode(to.le32(c.osd()).le32(c.nonce())),
              from -> new Change.MarkDown(from.le32(), from.le32(), UTime.decode(from))),
          new Kind<>(
              5,
              Change.Reweight.class,
              (to, c) -> c.now().encode(to.le32(c.osd()).le32(c.weight()).bool(c.onlyIfDown())),
              from ->
                  new Change.Reweight(from.le32(), from.le32(), from.bool(), UTime.decode(from))),
          new Kind<>(
              6,
              Change.PgsRecovered.class,
              (to, c) -> c.now().encode(to.list(c.reports(), ChangeCodec::report)),
              from -> new Change.PgsRecovered(from.list(ChangeCodec::report), UTime.decode(from))),
          new Kind<>(
              7,
              Change.CreatePool.class,
              (to, c) ->
                  c.now()
                      .encode(to.string(c.name()).le32(c.pgNum()).le32(c.size()).le32(c.minSize())),
              from ->
                  new Change.CreatePool(
                      from.string(), from.le32(), from.le32(), from.le32(), UTime.decode(from))),
          new Kind<>(
              8,
              Change.RemovePool.class,
              (to, c) -> c.now().encode(to.le64(c.pool())),
              from -> new Change.RemovePool(from.le64(), UTime.decode(from))),
          new Kind<>(
              9,
              Change.ResizePool.class,
              (to, c) -> c.now().encode(to.string(c.name()).le32(c.size()).le32(c.minSize())),
              from ->
                  new Change.ResizePool(
                      from.string(), from.le32(), from.le32(), UTime.decode(from))),
          new Kind<>(
              10,
              Change.TagPool.class,
              (to, c) -> c.now().encode(to.string(c.name()).string(c.application())),
              from -> new Change.TagPool(from.string(), from.string(), UTime.decode(from))),
          new Kind<>(
              11,
              Change.GlobalIdBatch.class,
              (to, c) -> to.le32(c.count()),
              from -> new Change.GlobalIdBatch(from.le32())),
          new Kind<>(
              12,
              Change.SetConfig.class,
              (to, c) -> to.string(c.who()).string(c.name()).string(c.value()),
              from -> new Change.SetConfig(from.string(), from.string(), from.string())),
          new Kind<>(
              20,
              Change.ChangeSnap.class,
              (to, c) ->
                  c.now().encode(to.le64(c.pool()).le32(c.op()).le64(c.snap()).string(c.name())),
              from ->
                  new Change.ChangeSnap(
                      from.le64(), from.le32(), from.le64(), from.string(), UTime.decode(from))),
          new Kind<>(
              21,
              Change.Log.class,
              (to, c) -> to.list(c.lines(), (each, line) -> line.encode(each)),
              from -> new Change.Log(from.list(MLog.Entry::decode))),
          new Kind<>(
              22,
              Change.Quorum.class,
              (to, c) -> to.list(c.absent(), Encoder::le32),
              from -> new Change.Quorum(new TreeSet<>(from.list(Decoder::le32)))),
          new Kind<>(
              32,
              Change.EditMap.class,
              (to, c) ->
                  c.now().encode(to.u8(c.edit().ordinal()).string(c.name()).string(c.value())),
              from ->
                  new Change.EditMap(
                      edit(from), from.string(), from.string(), UTime.decode(from))));

  private static MapEdit edit(Decoder from) {
    int ordinal = from.u8();
    if (ordinal >= MapEdit.values().length) {
      throw new MalformedInputException("map edit of kind " + ordinal);
    }
    return MapEdit.values()[ordinal];
  }

  private ChangeCodec() {}

  static byte[] encode(Change change) {
    Encoder to = new Encoder(96);
    for (Kind<?> kind : KINDS) {
      if (kind.type() == change.getClass()) {
        kind.encodeTo(to, change);
        return to.toByteArray();
      }
    }
    throw new IllegalArgumentException("no codec for " + change);
  }

  static Change decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    int number = from.u8();
    for (Kind<?> kind : KINDS) {
      if (kind.number() == number) {
        Decoder.Struct struct = from.begin(1, kind.type().getSimpleName());
        Change change = kind.decode().apply(from);
        from.end(struct);
        return change;
      }
    }
    throw new MalformedInputException("change of kind " + number);
  }

  static void uuid(Encoder to, UUID uuid) {
    for (long half : new long[] {uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()}) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        to.u8((int) (half >>> shift));
      }
    }
  }

  static UUID uuid(Decoder from) {
    long[] halves = new long[2];
    for (int i = 0; i < 16; i++) {
      halves[i / 8] = halves[i / 8] << 8 | from.u8();
    }
    return new UUID(halves[0], halves[1]);
  }

  private static void report(Encoder to, Change.PgsRecovered.Report report) {
    report.pg().encode(to);
    to.le32(report.intervalSince()).list(report.osds(), Encoder::le32);
  }

  private static Change.PgsRecovered.Report report(Decoder from) {
    return new Change.PgsRecovered.Report(PgId.decode(from), from.le32(), from.list(Decoder::le32));
  }

  private static void monitors(Encoder to, SortedMap<String, AddrVec> monitors) {
    to.le32(monitors.size());
    for (Map.Entry<String, AddrVec> monitor : monitors.entrySet()) {
      to.string(monitor.getKey());
      monitor.getValue().encode(to);
    }
  }

  private static SortedMap<String, AddrVec> monitors(Decoder from) {
    SortedMap<String, AddrVec> monitors = new TreeMap<>();
    for (int left = from.count(5); left > 0; left--) {
      String name = from.string();
      monitors.put(name, AddrVec.decode(from));
    }
    return monitors;
  }
}
