package io.sluice.protocol;

/**
 * The 64-bit feature mask that both ends of a connection exchange, and the bits of it that choose
 * an encoding.
 *
 * <p>We present exactly what Ceph 16.2.15 presents, recorded from a running cluster ({@code ceph
 * features}): no later {@code SERVER_*} bit, so nobody sends us an encoding newer than Pacific's.
 * (ceph: include/ceph_features.h)
 */
public final class Features {
  /** What a Pacific 16.2.15 monitor, OSD and client present. */
  public static final long PACIFIC = 0x3f01cfbdfffdffffL;

  public static final long SERVER_NAUTILUS = 1L << 2;
  public static final long PGID64 = 1L << 9;
  public static final long PGPOOL3 = 1L << 11;
  public static final long OSDENC = 1L << 13;
  public static final long SERVER_KRAKEN = 1L << 14;
  public static final long MONENC = 1L << 15;
  public static final long SERVER_OCTOPUS = 1L << 16;
  public static final long CRUSH_TUNABLES = 1L << 18;
  public static final long SERVER_PACIFIC = 1L << 20;
  public static final long SERVER_LUMINOUS = 1L << 21;
  public static final long CRUSH_CHOOSE_ARGS = 1L << 21;
  public static final long MSG_AUTH = 1L << 23;
  public static final long CRUSH_TUNABLES2 = 1L << 25;
  public static final long SERVER_MIMIC = 1L << 28;
  public static final long OSDHASHPSPOOL = 1L << 30;
  public static final long CRUSH_V2 = 1L << 36;
  public static final long OSDMAP_ENC = 1L << 39;
  public static final long CRUSH_TUNABLES3 = 1L << 41;
  public static final long MSGR_KEEPALIVE2 = 1L << 42;
  public static final long CRUSH_V4 = 1L << 48;
  public static final long NEW_OSDOP_ENCODING = 1L << 56;
  public static final long SERVER_JEWEL = 1L << 57;
  public static final long CRUSH_TUNABLES5 = 1L << 58;
  public static final long NEW_OSDOPREPLY_ENCODING = 1L << 58;
  public static final long MSG_ADDR2 = 1L << 59;
  public static final long CEPHX_V2 = 1L << 61;

  /**
   * Without these a peer could not read our maps, addresses or messages: we require them of
   * everybody.
   */
  public static final long REQUIRED =
      SERVER_NAUTILUS
          | SERVER_OCTOPUS
          | SERVER_LUMINOUS
          | SERVER_MIMIC
          | SERVER_JEWEL
          | MSG_ADDR2
          | OSDMAP_ENC;

  /** Ceph's release number of Pacific. (ceph: ceph_release_t::pacific) */
  public static final int RELEASE_PACIFIC = 16;

  private Features() {}

  /** True when {@code mask} has every bit of {@code bits}. */
  public static boolean has(long mask, long bits) {
    return (mask & bits) == bits;
  }
}
