package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EntityAddr;

/**
 * Everything before the first message: banner, HELLO, authentication, signatures, identification.
 *
 * <pre>
 *   connecting                        accepting
 *   banner                  <->       banner
 *   HELLO                   <->       HELLO
 *   AUTH_REQUEST            -->
 *                           <--       AUTH_DONE
 *   AUTH_SIGNATURE          <->       AUTH_SIGNATURE      (32 zero bytes: auth none has no session key)
 *   CLIENT_IDENT            -->
 *                           <--       SERVER_IDENT
 *   or, to go on with a lossless session:
 *   SESSION_RECONNECT       -->
 *                           <--       SESSION_RECONNECT_OK | SESSION_RESET, then CLIENT_IDENT as above
 *                                     | SESSION_RETRY or SESSION_RETRY_GLOBAL, then SESSION_RECONNECT again
 *                                     | WAIT, for the connection that the other side makes
 * </pre>
 *
 * <p>Only authentication method none and connection mode crc are spoken. What the peer does wrong
 * is thrown as {@link MalformedInputException}. <b>Threads:</b> the connection's loop.
 */
abstract class Handshake {
  /** The connection, as a handshake sees it. */
  interface Session {
    void sendFrame(byte[] frame);

    /** The handshake is done; frames that follow are messages. */
    void ready(RemotePeer peer);

    /** Where the peer's socket is. */
    EntityAddr remoteAddr();
  }

  static final int AUTH_NONE = 1; // CEPH_AUTH_NONE
  static final int MODE_CRC = 1; // CEPH_CON_MODE_CRC
  static final long LOSSY = 1; // CEPH_MSG_CONNECT_LOSSY

  private static final int SIGNATURE_BYTES = 32;

  final LocalPeer self;
  final Session session;
  private boolean checksumVectors;
  private int lastTag;

  Handshake(LocalPeer self, Session session) {
    this.self = self;
    this.session = session;
  }

  /** The socket is connected. */
  final void start() {
    session.sendFrame(Banner.encode());
  }

  /** Goes on where another, of the same connection, stood. */
  final void continueFrom(Handshake other) {
    checksumVectors = other.checksumVectors;
    lastTag = other.lastTag;
  }

  final void onBanner(long supported, long required) {
    if ((required & ~MessengerFeatures.BANNER_SUPPORTED) != 0) {
      throw new MalformedInputException(
          "peer requires msgr features 0x" + Long.toHexString(required));
    }
    if ((supported & MessengerFeatures.BANNER_REQUIRED) != MessengerFeatures.BANNER_REQUIRED) {
      throw new MalformedInputException("peer speaks msgr 2.0 only, 2.1 is required");
    }
    checksumVectors = (supported & MessengerFeatures.CHECKSUM_VECTORS) != 0;
    Encoder hello = new Encoder().u8(self.type());
    session.remoteAddr().encode(hello);
    send(Tag.HELLO, hello);
  }

  /** True when the peer is ours. */
  final boolean checksumVectors() {
    return checksumVectors;
  }

  /** One control frame of the handshake. */
  abstract void onFrame(int tag, Decoder payload);

  /** How far it came, for the log. */
  final String progress() {
    return lastTag == 0 ? "the banner" : Tag.name(lastTag);
  }

  /** What is being waited for is {@code expected}; {@code tag} came. */
  final void expect(int expected, int tag) {
    if (tag != expected) {
      throw unexpected(tag);
    }
    lastTag = tag;
  }

  final MalformedInputException unexpected(int tag) {
    return new MalformedInputException(Tag.name(tag) + " frame after " + progress());
  }

  final void sendSignature() {
    send(Tag.AUTH_SIGNATURE, new Encoder().zeros(SIGNATURE_BYTES));
  }

  final void checkSignature(Decoder payload) {
    for (byte b : payload.raw(SIGNATURE_BYTES)) {
      if (b != 0) {
        throw new MalformedInputException("signature of a session without a key");
      }
    }
  }

  final void send(int tag, Encoder payload) {
    session.sendFrame(ControlFrame.encode(tag, payload));
  }

  static int[] words(Decoder from) {
    int[] words = new int[from.count(4)];
    for (int i = 0; i < words.length; i++) {
      words[i] = from.le32();
    }
    return words;
  }
}
