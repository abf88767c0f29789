package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * A position in a placement group's log: the epoch of the primary's interval, then a counter.
 * (ceph: eversion_t)
 */
public record EVersion(int epoch, long version) implements Comparable<EVersion> {
  public static final EVersion ZERO = new EVersion(0, 0);

  // A record's own equals and hashCode go through method handles, slow until C2 has compiled every
  // caller: keys of maps on the way of each operation say it themselves.

  @Override
  public boolean equals(Object other) {
    return other instanceof EVersion that && epoch == that.epoch && version == that.version;
  }

  @Override
  public int hashCode() {
    return epoch * 31 + Long.hashCode(version);
  }

  @Override
  public int compareTo(EVersion other) {
    int byEpoch = Integer.compareUnsigned(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compareUnsigned(version, other.version);
  }

  /** {@code le64 version | le32 epoch}. */
  public void encode(Encoder to) {
    to.le64(version).le32(epoch);
  }

  public static EVersion decode(Decoder from) {
    long version = from.le64();
    return new EVersion(from.le32(), version);
  }

  /** As Ceph prints it: {@code epoch'version}. */
  @Override
  public String toString() {
    return Integer.toUnsignedString(epoch) + "'" + Long.toUnsignedString(version);
  }
}
