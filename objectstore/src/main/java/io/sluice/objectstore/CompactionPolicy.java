package io.sluice.objectstore;

/**
 * When an object's bytes are worth moving together, and how fast.
 *
 * <p>Overwrites cut what was there: an object becomes many small extents, each a look-up and
 * perhaps a call of its own, and blobs keep blocks of which little is still referred to.
 *
 * @param fragmentsMax extents that an object may have before its small ones are merged
 * @param averageBytes larger extents are not small, on average and each
 * @param deadRatio part of a blob's blocks that may be referred to by nobody
 * @param bytesPerSecond that are moved; 0 = never
 */
public record CompactionPolicy(
    int fragmentsMax, long averageBytes, double deadRatio, long bytesPerSecond) {
  public CompactionPolicy {
    if (fragmentsMax < 1 || averageBytes < 1 || !(deadRatio > 0) || bytesPerSecond < 0) {
      throw new IllegalArgumentException(
          fragmentsMax + " " + averageBytes + " " + deadRatio + " " + bytesPerSecond);
    }
  }

  /**
   * 16 extents are found in one step of the onode; below 64 KiB a read costs its calls and not its
   * bytes; half dead doubles what an object takes; 32 MiB/s leave a disk to its clients.
   */
  public static CompactionPolicy standard() {
    return new CompactionPolicy(16, 64 << 10, 0.5, 32 << 20);
  }

  public static CompactionPolicy never() {
    return new CompactionPolicy(Integer.MAX_VALUE, 1, 1, 0);
  }
}
