package io.sluice.messenger;

import io.sluice.bufferlist.SpliceReader;

/**
 * Every bound of the messenger, with its reason. Sizes are bytes, times nanoseconds unless the name
 * says otherwise.
 */
final class MessengerLimits {
  /** A banner's body is two words today; newer peers may add some. */
  static final int BANNER_BODY_MAX = 1024;

  /** Control frames carry a few addresses and numbers; the longest real one is below 300 bytes. */
  static final int CONTROL_MAX = 16 << 10;

  /**
   * 40 full cluster maps of a few hundred daemons; whatever is larger belongs into a data segment.
   */
  static final int FRONT_MAX = 16 << 20;

  /**
   * Of a client: an operation of 65,535 steps, 38 bytes each, the most that its format can have,
   * and what else is in it. Many clients may stall in the middle of a message.
   */
  static final int CLIENT_FRONT_MAX = 65_535 * 38 + (64 << 10);

  /** A longer front is allocated as it comes. */
  static final int FRONT_CHUNK = 16 << 10;

  /** A checksum vector of 128 MiB in 4 KiB blocks is 128 KiB. */
  static final int MIDDLE_MAX = 1 << 20;

  /** The largest object (128 MiB) with room for its attributes beside it. */
  static final int DATA_MAX = 129 << 20;

  /**
   * Data segments up to this size are read together with their heads, whatever the plan says: one
   * system call and a copy that stays in the cache beat three system calls.
   */
  static final int SMALL_DATA = 16 << 10;

  /**
   * After so many small messages in a row, {@link #READ_AHEAD} bytes are looked at on the chance of
   * more.
   */
  static final int SMALL_STREAK = 16;

  /** Some dozens of small messages. */
  static final int READ_AHEAD = 16 << 10;

  /**
   * One recv into memory: large enough to amortise the call, small enough to be checked while in
   * the cache.
   */
  static final int RECV_MAX = 256 << 10;

  /**
   * Memory for payload is allocated as it arrives, so that a peer that only claims to send costs
   * nothing.
   */
  static final int MEMORY_CHUNK = 1 << 20;

  /**
   * Payload received into memory counts as copied from this size on; below, a pipe would cost more.
   */
  static final int COPY_COUNTED_MIN = SpliceReader.PIPES_FROM;

  /** Bytes one connection may receive, or send, in one wakeup before others have their turn. */
  static final long WAKEUP_BUDGET = 4L << 20;

  /** Staging memory of one loop: what one sendmsg gathers, what one recv of heads brings. */
  static final int STAGING = 256 << 10;

  /** Entries of one sendmsg (IOV_MAX). */
  static final int IOVECS = 1024;

  /**
   * Frames are laid out for sending only while less than this is waiting, so that priorities still
   * count.
   */
  static final long LAID_OUT_MAX = 2 << 20;

  /** A client that takes no answers is not read from while this much waits for it. */
  static final long CLIENT_QUEUE_MAX = 64L << 20;

  /**
   * What waits in the heap for all clients together that take nothing now: a sixth of what an OSD
   * has. Payload of some length lies elsewhere, and long answers are brought while they are sent.
   */
  static final long BACKLOG_MAX = 32L << 20;

  /** So many sweeps in a row a client may take less than what it has left there. */
  static final int SLOW_SWEEPS_MAX = 2;

  /** Connections of one messenger; a sluice has some dozens. */
  static final int CONNECTIONS_MAX = 8192;

  /** As Ceph's connection_ready_timeout. */
  static final long HANDSHAKE_NANOS = 10_000_000_000L;

  /** As Ceph's ms_connection_idle_timeout. */
  static final long IDLE_NANOS = 900_000_000_000L;

  /** A peer that takes not one byte for this long while some wait is gone. */
  static final long STALL_NANOS = 120_000_000_000L;

  /** How often idle, stalled and silent connections are looked for. */
  static final long SWEEP_NANOS = 5_000_000_000L;

  /** Asked after 10 s of silence, and again: as Ceph's mon_client_ping_interval. */
  static final int KEEPALIVE_SWEEPS = 2;

  /** No answer after 30 s of silence is one: as Ceph's mon_client_ping_timeout. */
  static final int SILENT_SWEEPS_MAX = 6;

  /** No descriptors left: accept again after this. */
  static final long ACCEPT_BACKOFF_NANOS = 100_000_000L;

  static final int LISTEN_BACKLOG = 512;

  /**
   * First delay before a lossless session connects again, when the first try at once was in vain.
   */
  static final long RECONNECT_NANOS = 20_000_000L;

  /** The longest such delay, and how long to wait for a peer that said it connects. */
  static final long RECONNECT_NANOS_MAX = 1_000_000_000L;

  /** Without a connection for this long a lossless session ends; maps are usually faster. */
  static final long RECONNECT_GIVE_UP_NANOS = 30_000_000_000L;

  /**
   * So many connections in a row that broke without one more message acknowledged end a lossless
   * session: what comes next breaks them.
   */
  static final int CUTS_IN_VAIN_MAX = 16;

  /** A session that nobody needs, and whose connection is gone, is forgotten after this. */
  static final long STANDBY_NANOS = 60_000_000_000L;

  /** What came is acknowledged by itself when no message has done so for this long. */
  static final long ACK_DELAY_NANOS = 20_000_000L;

  /**
   * What a lossless session keeps for a peer that does not acknowledge it, or is not there; some
   * dozens of the largest pushes.
   */
  static final long SESSION_KEPT_MAX = 256L << 20;

  private MessengerLimits() {}
}
