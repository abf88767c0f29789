package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.Loop;

/**
 * One msgr 2.1 connection, in crc mode.
 *
 * <p>With clients and monitors it is lossy: an error ends it, both sides hear of it through {@link
 * Dispatcher#onClosed}, and the layer above sends again what still matters. Between OSDs it is a
 * session that outlives TCP connections: every message arrives once and in order until {@link
 * Dispatcher#onClosed}, which then says that the session was reset and messages may be lost.
 */
public interface Connection {
  /** Who the peer says it is; for clients with the global id as number. Known once ready. */
  EntityName peerName();

  /** Where the peer says it listens (blank for clients). Known once ready. */
  AddrVec peerAddrs();

  /**
   * What the peer is called among those of its kind ({@code admin}); a claim that nobody checks, of
   * printable characters, empty where it has made none.
   */
  default String peerAuthId() {
    return "";
  }

  /** The address the peer's socket has, for logs. */
  String remote();

  /** The loop all callbacks for this connection run on. */
  Loop loop();

  /** True when payload that a peer of ours sends arrives in block-aligned page fragments. */
  boolean aligned();

  /**
   * True when the peer sends and takes checksum vectors in the middle segment (bit 62 of the
   * banner).
   */
  boolean checksumVectors();

  /**
   * Queues a message and takes over its data. Before the handshake is done it waits; after {@link
   * #close} it is dropped (and its data released). Any thread.
   */
  void send(Envelope message);

  /** Bytes queued and not yet in the socket. */
  long queuedBytes();

  /** Bytes that the socket has taken so far, any thread; 0 where that is not counted. */
  default long sentBytes() {
    return 0;
  }

  /**
   * Reads no more from the socket, so that TCP pushes back; messages already read still come (at
   * most what one system call brought). Connection's loop only.
   */
  default void pauseReading() {
    throw new UnsupportedOperationException("this connection cannot pause");
  }

  /** Reads again. Connection's loop only. */
  default void resumeReading() {
    throw new UnsupportedOperationException("this connection cannot pause");
  }

  /** Ends the connection. Any thread, any number of times; the dispatcher hears of it once. */
  void close(String reason);

  /** What the dispatcher keeps with the connection. Connection's loop only. */
  <T> T attachment(Class<T> type);

  void attach(Object attachment);
}
