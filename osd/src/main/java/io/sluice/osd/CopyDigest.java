package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.protocol.PeerScrubbed.Digest;
import io.sluice.protocol.PeerScrubbed.State;
import io.sluice.types.ObjectId;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Works out one copy's digest for scrub: description and attributes, keys, and, when deep, every
 * byte, piece by piece.
 *
 * <p><b>Threads:</b> the group's loop. The object must not change meanwhile.
 */
final class CopyDigest {
  private static final int SEED = -1;
  private static final byte[] NOTHING = {};

  private final PgServices services;
  private final PgObjects objects;
  private final ObjectId object;
  private final Consumer<Digest> done;
  private final ObjectInfo info;
  private final Tally tally;
  private int data = SEED;
  private long offset;

  /** How much omap was seen. */
  static final class Tally {
    private long keys;
    private long bytes;

    private void add(byte[] key, byte[] value) {
      keys++;
      bytes += key.length + value.length;
    }

    long keys() {
      return keys;
    }

    /** Of keys and values. */
    long bytes() {
      return bytes;
    }
  }

  private CopyDigest(
      PgServices services,
      PgObjects objects,
      ObjectId object,
      ObjectInfo info,
      Tally tally,
      Consumer<Digest> done) {
    this.services = services;
    this.objects = objects;
    this.object = object;
    this.info = info;
    this.tally = tally;
    this.done = done;
  }

  /**
   * @param tally counts the keys met, too
   */
  static void of(
      PgServices services,
      PgObjects objects,
      ObjectId object,
      boolean deep,
      Tally tally,
      Consumer<Digest> done) {
    ObjectInfo info = objects.info(object).orElse(null);
    if (info == null) {
      done.accept(Digest.ABSENT);
      return;
    }
    CopyDigest digest = new CopyDigest(services, objects, object, info, tally, done);
    if (deep) {
      digest.next();
    } else {
      digest.data = 0;
      digest.end(State.PRESENT);
    }
  }

  private void next() {
    long length = Math.min(Limits.PUSH_PIECE_BYTES, info.size() - offset);
    if (length <= 0) {
      end(State.PRESENT);
    } else {
      objects.readFromDisk(object, offset, length, this::arrived);
    }
  }

  private void arrived(BufferList bytes, int result) {
    if (result < 0) {
      end(State.UNREADABLE);
      return;
    }
    try (bytes) {
      byte[] piece = bytes.toByteArray(services.pipes(), Inspection.CRC);
      data = Crc32c.update(data, piece, 0, piece.length);
      offset = piece.length == 0 ? info.size() : offset + piece.length;
    }
    next();
  }

  private void end(State state) {
    Digest digest =
        state == State.UNREADABLE
            ? new Digest(state, info.version(), info.size(), 0, 0, 0)
            : new Digest(state, info.version(), info.size(), data, attributes(), omap());
    done.accept(digest);
  }

  private int attributes() {
    Map<String, byte[]> sorted = new TreeMap<>(objects.attrs(object));
    Encoder to = new Encoder(256);
    to.list(sorted.entrySet(), (out, attr) -> out.string(attr.getKey()).blob(attr.getValue()));
    byte[] all = to.toByteArray();
    return Crc32c.update(SEED, all, 0, all.length);
  }

  private int omap() {
    int[] crc = {SEED};
    objects.omapScan(
        object,
        NOTHING,
        (key, value) -> {
          byte[] pair =
              new Encoder(key.length + value.length + 8).blob(key).blob(value).claimBytes();
          crc[0] = Crc32c.update(crc[0], pair, 0, pair.length);
          tally.add(key, value);
          return true;
        });
    return crc[0];
  }
}
