package io.sluice.messenger;

import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Receives one run of a data segment to where the plan wants it, checksumming on the way.
 *
 * <p><b>Threads:</b> the connection's loop. <b>Owns</b> what it received until {@link #claim}.
 */
interface RunReceiver {
  /**
   * {@link #receive} could not get memory: try again later. No errno of the kernel is that large.
   */
  long NO_MEMORY = -100_000;

  /** Bytes. */
  long length();

  /** Bytes still to come. */
  long remaining();

  /** Bytes that were received with a head: takes as many of them as the run still lacks. */
  void take(ByteBuffer received);

  /**
   * Receives what one system call brings; never less than it would, as a splice that is cut short
   * cuts a page in two and spoils the alignment of all that follows.
   *
   * @return bytes received; 0 at the end of the stream; {@code -errno}, with {@code -}{@link
   *     Sys#EAGAIN} when nothing is there yet; or {@link #NO_MEMORY}
   * @throws IOException when what came cannot be looked at; the connection is lost
   */
  long receive(int socket) throws IOException;

  /** Of the whole run (seed -1), once it has come. */
  int crc();

  /** The run, now the caller's. */
  IncomingMessage.Run claim();

  /** Gives up: releases everything. */
  void discard();
}
