package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.EVersion;
import io.sluice.types.UTime;

/**
 * What the last scrubs of a placement group found: when they ended, at which version, and, as in
 * Ceph only a deep one counts them, the keys of the objects' omaps.
 *
 * <pre>
 * v1 { eversion last | utime ended | eversion last deep | utime deep ended | le64 omap keys | le64 omap bytes
 *      | le32 errors | le32 deep errors }
 * </pre>
 *
 * @param last the group's version at the last scrub, deep or not
 * @param omapBytes of keys and values
 * @param errors copies found bad by the last shallow one, and not mended
 * @param deepErrors the same of the last deep one
 */
public record ScrubFacts(
    EVersion last,
    UTime ended,
    EVersion lastDeep,
    UTime deepEnded,
    long omapKeys,
    long omapBytes,
    int errors,
    int deepErrors) {
  public static final ScrubFacts NONE = unscrubbed(UTime.ZERO);

  /** Of a group that is new: as if it had been scrubbed then, so that its turn comes in time. */
  public static ScrubFacts unscrubbed(UTime since) {
    return new ScrubFacts(EVersion.ZERO, since, EVersion.ZERO, since, 0, 0, 0, 0);
  }

  /** After a scrub that did not read the objects. */
  public ScrubFacts scrubbed(EVersion version, UTime now, int bad) {
    return new ScrubFacts(version, now, lastDeep, deepEnded, omapKeys, omapBytes, bad, deepErrors);
  }

  /** After one that read everything. */
  public ScrubFacts deepScrubbed(EVersion version, UTime now, int bad, long keys, long bytes) {
    return new ScrubFacts(version, now, version, now, keys, bytes, 0, bad);
  }

  /** Copies known to be bad: what a deep scrub found, a shallow one does not see again. */
  public int inconsistent() {
    return Math.max(errors, deepErrors);
  }

  public void encode(Encoder to) {
    int mark = to.begin(1, 1);
    last.encode(to);
    ended.encode(to);
    lastDeep.encode(to);
    deepEnded.encode(to);
    to.le64(omapKeys).le64(omapBytes).le32(errors).le32(deepErrors).end(mark);
  }

  public static ScrubFacts decode(Decoder from) {
    Decoder.Struct struct = from.begin(1, "ScrubFacts");
    EVersion last = EVersion.decode(from);
    UTime ended = UTime.decode(from);
    EVersion lastDeep = EVersion.decode(from);
    UTime deepEnded = UTime.decode(from);
    long keys = from.le64();
    long bytes = from.le64();
    ScrubFacts facts =
        new ScrubFacts(last, ended, lastDeep, deepEnded, keys, bytes, from.le32(), from.le32());
    from.end(struct);
    return facts;
  }
}
