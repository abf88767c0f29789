package io.sluice.monitor;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The maps of the last epochs, encoded: what subscribers that lag are sent.
 *
 * <p><b>Invariants:</b> epochs are consecutive, the newest is last; immutable.
 *
 * <pre>
 * struct v1 { le32 first epoch | le32 n | n x { blob osdmap, blob PgTable } }
 * </pre>
 */
final class MapHistory {
  /** Epochs kept: an OSD that missed more starts from the oldest. (ceph: mon_min_osdmap_epochs) */
  static final int EPOCHS_MAX = 500;

  /** Bytes kept at most, whatever the number of epochs; the newest is always kept. */
  static final long BYTES_MAX = 64L << 20;

  static final MapHistory EMPTY = new MapHistory(1, List.of(), 0);

  private record Entry(byte[] osdMap, byte[] pgTable) {
    long bytes() {
      return (long) osdMap.length + pgTable.length;
    }
  }

  private final int first;
  private final List<Entry> entries;
  private final long bytes;

  private MapHistory(int first, List<Entry> entries, long bytes) {
    this.first = first;
    this.entries = entries;
    this.bytes = bytes;
  }

  MapHistory with(OsdMap map, PgTable pgs) {
    if (!entries.isEmpty() && map.epoch() != last() + 1) {
      throw new IllegalArgumentException("epoch " + map.epoch() + " after " + last());
    }
    Encoder table = new Encoder(64 * pgs.entries().size() + 32);
    pgs.encode(table);
    Entry entry = new Entry(map.encode(), table.toByteArray());
    int drop = 0;
    long left = bytes + entry.bytes();
    while (drop < entries.size() && (entries.size() - drop >= EPOCHS_MAX || left > BYTES_MAX)) {
      left -= entries.get(drop).bytes();
      drop++;
    }
    List<Entry> kept = new ArrayList<>(entries.subList(drop, entries.size()));
    kept.add(entry);
    return new MapHistory(
        entries.isEmpty() ? map.epoch() : first + drop, Collections.unmodifiableList(kept), left);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The oldest epoch kept. */
  int first() {
    return first;
  }

  int last() {
    return first + entries.size() - 1;
  }

  boolean has(int epoch) {
    return epoch >= first && epoch <= last();
  }

  /** Ceph's bytes of an epoch's map; not a copy. */
  byte[] osdMap(int epoch) {
    return entry(epoch).osdMap();
  }

  PgTable pgTable(int epoch) {
    return PgTable.decode(new Decoder(entry(epoch).pgTable()));
  }

  ClusterMap clusterMap(int epoch) {
    return new ClusterMap(epoch, osdMap(epoch), List.copyOf(pgTable(epoch).entries()));
  }

  private Entry entry(int epoch) {
    if (!has(epoch)) {
      throw new IllegalArgumentException("epoch " + epoch + " is not in " + first + ".." + last());
    }
    return entries.get(epoch - first);
  }

  void encode(Encoder to) {
    int mark = to.begin(1, 1);
    to.le32(first).list(entries, (each, entry) -> each.blob(entry.osdMap()).blob(entry.pgTable()));
    to.end(mark);
  }

  static MapHistory decode(Decoder from) {
    Decoder.Struct struct = from.begin(1, "MapHistory");
    int first = from.le32();
    List<Entry> entries = from.list(each -> new Entry(each.blob(), each.blob()));
    from.end(struct);
    if (entries.isEmpty() || first < 1 || first > Integer.MAX_VALUE - entries.size()) {
      throw new MalformedInputException(entries.size() + " maps from epoch " + first + " on");
    }
    long bytes = entries.stream().mapToLong(Entry::bytes).sum();
    return new MapHistory(first, Collections.unmodifiableList(entries), bytes);
  }

  @Override
  public String toString() {
    return "maps " + first + ".." + last() + ", " + bytes + " bytes";
  }
}
