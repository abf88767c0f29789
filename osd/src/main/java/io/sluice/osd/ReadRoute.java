package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.protocol.MOSDOp;
import io.sluice.types.EntityName;
import java.util.Locale;

/**
 * How the bytes of a read leave: as pages that nobody here has looked at, for a client that checks
 * them; or, for the reason named, from memory, every block checked before the first byte leaves.
 */
enum ReadRoute {
  /** The store decides between pages and memory, and counts the former itself. */
  PAGES,

  /** Less than pipes are worth. */
  SMALL,

  /** One of several steps: their outputs make up one payload. */
  STEPS,

  /** The peer does not check blocks (librados), or is an OSD. */
  PEER,

  /** The pool's mode: our OSDs look at every byte, also on its way out. */
  INGEST,

  /** It was asked for before: what was wrong the first time may be our bytes. */
  RESENT,

  /** The range has no blocks of its own on the disk: a cut block, a hole, bytes kept inline. */
  BLOCKS;

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
    if (!to.checksumVectors() || to.peerName().type() != EntityName.CLIENT) {
      return PEER;
    }
    if (request.retryAttempt() > 0) {
      return RESENT;
    }
    PlacementGroup group = context.group();
    return DAEMON.in(group.view().pool(group.id())) == Integrity.LAZY ? PAGES : INGEST;
  }

  @Override
  public String toString() {
    return "copied_" + name().toLowerCase(Locale.ROOT);
  }
}
