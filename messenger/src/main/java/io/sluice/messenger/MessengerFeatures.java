package io.sluice.messenger;

/** The feature words of the handshake: what the banner says, and what the identifications say. */
public final class MessengerFeatures {
  /** Banner: revision 1 of the frame format, msgr 2.1. (ceph: CEPH_MSGR2_FEATURE_REVISION_1) */
  public static final long REVISION_1 = 1;

  /**
   * Banner: this peer is ours, it sends and takes checksum vectors in the middle segment. Never
   * required.
   */
  public static final long CHECKSUM_VECTORS = 1L << 62;

  /** What our banner supports. */
  public static final long BANNER_SUPPORTED = REVISION_1 | CHECKSUM_VECTORS;

  /** What our banner requires: 2.0 frames are not spoken. */
  public static final long BANNER_REQUIRED = REVISION_1;

  /** What a Pacific (16.2) daemon advertises in its SERVER_IDENT, recorded from 16.2.15. */
  public static final long SUPPORTED = 0x3f01cfbdfffdffffL;

  /** Address vectors. (ceph: msgr2_required = CEPH_FEATUREMASK_MSG_ADDR2) */
  public static final long REQUIRED = 1L << 59;

  private MessengerFeatures() {}
}
