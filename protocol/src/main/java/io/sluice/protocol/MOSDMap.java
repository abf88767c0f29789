package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * OSD maps by epoch, whole or as differences, still encoded. (ceph: MOSDMap v4, compat 3)
 *
 * <pre>
 * 16 bytes fsid | le32 n, n x { le32 epoch, blob incremental } | le32 n, n x { le32 epoch, blob map }
 * le32 oldest | le32 newest | le32 0 (removed snapshots that a gap hides; none since Octopus)
 * </pre>
 *
 * @param oldest epoch that the sender still has
 * @param newest epoch that the sender has
 */
public record MOSDMap(
    UUID fsid,
    SortedMap<Integer, byte[]> incrementals,
    SortedMap<Integer, byte[]> maps,
    int oldest,
    int newest)
    implements Message {
  public static final int VERSION = 4;
  public static final int COMPAT = 3;

  /** So many epochs at most go into one message. (ceph: osd_map_message_max) */
  public static final int MAX_MAPS = 40;

  public MOSDMap {
    incrementals = Collections.unmodifiableSortedMap(new TreeMap<>(incrementals));
    maps = Collections.unmodifiableSortedMap(new TreeMap<>(maps));
  }

  /** Whole maps only. */
  public static MOSDMap ofMaps(UUID fsid, SortedMap<Integer, byte[]> maps, int oldest, int newest) {
    return new MOSDMap(fsid, Collections.emptySortedMap(), maps, oldest, newest);
  }

  @Override
  public int type() {
    return MessageType.OSD_MAP;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = Fsid.encode(new Encoder(4096), fsid);
    encodeBlobs(to, incrementals);
    encodeBlobs(to, maps);
    return Envelope.of(
        type(), VERSION, COMPAT, 0, to.le32(oldest).le32(newest).le32(0).toByteArray());
  }

  private static void encodeBlobs(Encoder to, SortedMap<Integer, byte[]> blobs) {
    to.list(blobs.entrySet(), (out, blob) -> out.le32(blob.getKey()).blob(blob.getValue()));
  }

  public static MOSDMap decode(int version, byte[] front) {
    if (version < COMPAT) {
      throw new MalformedInputException("MOSDMap v" + version);
    }
    Decoder from = new Decoder(front);
    UUID fsid = Fsid.decode(from);
    return new MOSDMap(fsid, decodeBlobs(from), decodeBlobs(from), from.le32(), from.le32());
  }

  private static SortedMap<Integer, byte[]> decodeBlobs(Decoder from) {
    int count = from.count(8);
    SortedMap<Integer, byte[]> blobs = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int epoch = from.le32();
      blobs.put(epoch, from.blob());
    }
    return blobs;
  }

  @Override
  public String toString() {
    return "osd_map(incremental "
        + incrementals.keySet()
        + " full "
        + maps.keySet()
        + " src has "
        + oldest
        + ".."
        + newest
        + ")";
  }
}
