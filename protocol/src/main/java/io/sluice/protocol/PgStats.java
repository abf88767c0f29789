package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import io.sluice.types.PgId;

/**
 * What a primary says of its placement group, now and since it began to serve it.
 *
 * <pre>
 * v2 { pg | string state | eversion last_update | 9 x le64: objects, bytes, inconsistent, reads, read_kib, writes,
 *      written_kib, log_size, epoch | ScrubFacts }
 * </pre>
 *
 * @param state in Ceph's words
 * @param objects clones included, counted once
 * @param bytes sum of their sizes, counted once; what clones share counts for each
 * @param inconsistent copies that scrub found bad and nobody mended
 * @param reads operations, and their bytes in KiB
 * @param epoch of the map it knows
 */
public record PgStats(
    PgId pg,
    String state,
    EVersion lastUpdate,
    long objects,
    long bytes,
    long inconsistent,
    long reads,
    long readKib,
    long writes,
    long writtenKib,
    long logSize,
    long epoch,
    ScrubFacts scrubs) {

  void encode(Encoder to) {
    int mark = to.begin(2, 1);
    pg.encode(to);
    to.string(state);
    lastUpdate.encode(to);
    to.le64(objects).le64(bytes).le64(inconsistent).le64(reads).le64(readKib);
    to.le64(writes).le64(writtenKib).le64(logSize).le64(epoch);
    scrubs.encode(to);
    to.end(mark);
  }

  static PgStats decode(Decoder from) {
    Decoder.Struct struct = from.begin(2, "PgStats");
    PgId pg = PgId.decode(from);
    String state = from.string();
    EVersion lastUpdate = EVersion.decode(from);
    PgStats stats =
        new PgStats(
            pg,
            state,
            lastUpdate,
            from.le64(),
            from.le64(),
            from.le64(),
            from.le64(),
            from.le64(),
            from.le64(),
            from.le64(),
            from.le64(),
            from.le64(),
            struct.version() >= 2 ? ScrubFacts.decode(from) : ScrubFacts.NONE);
    from.end(struct);
    return stats;
  }
}
