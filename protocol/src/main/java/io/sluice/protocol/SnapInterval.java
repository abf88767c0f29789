package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * A run of snapshot ids. (ceph: an element of {@code interval_set<snapid_t>}: {@code le64 start |
 * le64 length})
 */
public record SnapInterval(long start, long length) {
  void encode(Encoder to) {
    to.le64(start).le64(length);
  }

  static SnapInterval decode(Decoder from) {
    long start = from.le64();
    return new SnapInterval(start, from.le64());
  }
}
