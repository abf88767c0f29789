package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.List;

/**
 * The snapshots that a write must preserve: newest id known, and the ids that exist, newest first.
 */
public record SnapContext(long sequence, List<Long> snaps) {
  public static final SnapContext EMPTY = new SnapContext(0, List.of());

  public SnapContext {
    snaps = List.copyOf(snaps);
  }

  /**
   * True when the ids descend and none is newer than the sequence. (ceph: SnapContext::is_valid)
   */
  public boolean isValid() {
    long bound = sequence + 1;
    for (long snap : snaps) {
      if (snap <= 0 || snap >= bound) {
        return false;
      }
      bound = snap;
    }
    return sequence >= 0;
  }

  void encode(Encoder to) {
    to.le64(sequence).list(snaps, Encoder::le64);
  }

  static SnapContext decode(Decoder from) {
    return new SnapContext(from.le64(), from.list(Decoder::le64));
  }
}
