package io.sluice.client;

import io.sluice.types.Loop;
import java.util.concurrent.CompletableFuture;

/**
 * An operation on its way: one transaction id from the first attempt to the reply.
 *
 * <p><b>Threads:</b> the objecter's loop. <b>Owns</b> the operation's payload until it is done.
 */
final class PendingOp {
  final long tid;
  final Operation operation;
  final CompletableFuture<OpReply> done;

  /**
   * Where it goes under the newest map; null before the first look and while the pool is unknown.
   */
  Target target;

  /** The session it was given to; null while nobody serves its group. */
  OsdSession session;

  /** How often it was sent; the n-th attempt carries n-1. */
  int attempts;

  /** How often an OSD answered that it should come again. */
  int sentBack;

  /** The map changed its target since it was last sent. */
  boolean mustSend;

  /** Sessions that ended after it was sent on them, since its target last changed. */
  int resets;

  /**
   * Times that its bytes no longer had the checksum they were first sent with, or a reply's did
   * not.
   */
  int crcResets;

  /** Its output is being received into the caller's buffer right now. */
  boolean receiving;

  /** Bytes of an answer are coming, wherever they go. */
  boolean answering;

  /** Asking the monitor whether its pool really is unknown. */
  boolean confirming;

  Loop.Timer deadline;

  PendingOp(long tid, Operation operation, CompletableFuture<OpReply> done) {
    this.tid = tid;
    this.operation = operation;
    this.done = done;
  }

  @Override
  public String toString() {
    return "op " + tid + " " + operation + " to " + target + " attempt " + attempts;
  }
}
