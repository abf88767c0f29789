package io.sluice.protocol;

/**
 * From which share of its bytes in use an OSD counts as full.
 *
 * @param nearfull said in the cluster's health
 * @param full takes no more writes
 * @param backfillfull takes no more copies
 */
public record FullRatios(float nearfull, float full, float backfillfull) {
  /** Whatever the map says, an OSD takes no more writes from here. (osd_failsafe_full_ratio) */
  public static final float FAILSAFE = 0.97f;

  public static final FullRatios DEFAULT = new FullRatios(0.85f, 0.95f, 0.90f);

  /** Thousandths from which writes are refused. */
  public int fullPermille() {
    return Math.round(Math.min(full, FAILSAFE) * 1000);
  }

  /** Thousandths from which a store is filled by nobody who has not lately had the group. */
  public int backfillfullPermille() {
    return Math.round(Math.min(backfillfull, FAILSAFE) * 1000);
  }
}
