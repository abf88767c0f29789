package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.protocol.MOSDOp;
import io.sluice.types.EntityName;
import java.util.Locale;

/**
 * How the bytes of a read leave: as pages that nobody here has looked at, for a client that checks
 * them; as pages that were looked at in their pipe; or, for the reason named, from memory, every
 * block checked before the first byte leaves.
 */
enum ReadRoute {
  /** The store decides between pages and memory, and counts the former itself. */
  PAGES,

  /**
   * The same, each block compared with its checksum before it leaves: the client cannot (librados),
   * or the pool's mode has our OSDs look at every byte, also on its way out.
   */
  CHECKED,

  /** Less than pipes are worth. */
  SMALL,

  /** One of several steps: their outputs make up one payload. */
  STEPS,

  /** The peer does not check blocks (librados), or is an OSD: a pipe cannot be sent again there. */
  PEER,

  /** The pool's mode: our OSDs look at every byte, also on its way out. */
  INGEST,

  /** It was asked for before: what was wrong the first time may be our bytes. */
  RESENT,

  /** The range has no blocks of its own on the disk: a cut block, a hole, bytes kept inline. */
  BLOCKS;

  /**
   * Bytes from which on {@link #CHECKED} is taken. A look through a window costs a spare pipe and a
   * turn of a worker beside the copy. [M] 4 MiB, 16 in flight, in MB/s: read first 607 (from
   * memory: 594), read again 666 to 1,179 (from memory, which nothing keeps: 530 to 706).
   */
  private static final long CHECKED_MIN = Long.getLong("sluice.osd.checked-pages", 512 << 10);

  private static final Integrity DAEMON = Integrity.ofEnvironment();

  /** Of a read of that many bytes, more than 0. */
  static ReadRoute of(OpContext context, long length) {
    MOSDOp request = context.op().request();
    Connection to = context.op().connection();
    if (length < Limits.PIPE_BYTES) {
      return SMALL;
    }
    if (request.ops().size() > 1) {
      return STEPS;
    }
    if (to.peerName().type() != EntityName.CLIENT) {
      return PEER;
    }
    if (request.retryAttempt() > 0) {
      return RESENT;
    }
    PlacementGroup group = context.group();
    if (to.checksumVectors() && DAEMON.in(group.view().pool(group.id())) == Integrity.LAZY) {
      return PAGES;
    }
    if (length >= CHECKED_MIN) {
      return CHECKED;
    }
    return to.checksumVectors() ? INGEST : PEER;
  }

  @Override
  public String toString() {
    return "copied_" + name().toLowerCase(Locale.ROOT);
  }
}
