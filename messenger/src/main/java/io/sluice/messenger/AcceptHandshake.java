package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;

/** The handshake as the accepting side does it. */
final class AcceptHandshake extends Handshake {
  private static final int EOPNOTSUPP = 95;

  /** A peer that is told the method and still asks for another is broken. */
  private static final int AUTH_ATTEMPTS_MAX = 4;

  /** Of what a peer calls itself. */
  private static final int NAME_MAX = 64;

  private final SessionTable.Accepted accepted;
  private int awaited = Tag.HELLO;
  private int peerType;
  private long globalId;
  private String authId = "";
  private int attempts;

  /** Of whoever has no lossless sessions. */
  AcceptHandshake(LocalPeer self, Session session) {
    this(self, session, null);
  }

  /**
   * @param accepted takes over once a peer asks for a lossless session; null when none may
   */
  AcceptHandshake(LocalPeer self, Session session, SessionTable.Accepted accepted) {
    super(self, session);
    this.accepted = accepted;
  }

  /** Goes on where {@code earlier} stands, on another connection object of the same socket. */
  AcceptHandshake(AcceptHandshake earlier, Session session, SessionTable.Accepted accepted) {
    this(earlier.self, session, accepted);
    continueFrom(earlier);
    awaited = earlier.awaited;
    peerType = earlier.peerType;
    globalId = earlier.globalId;
    authId = earlier.authId;
  }

  @Override
  void onFrame(int tag, Decoder payload) {
    if (awaited == Tag.CLIENT_IDENT && tag == Tag.SESSION_RECONNECT) {
      Reconnect reconnect = Reconnect.decode(payload);
      if (accepted != null && SessionPolicy.accepting(self, peerType, 0).isLossless()) {
        accepted.onReconnect(this, reconnect);
      } else {
        sendReset(true); // there is no session to go back to: the peer answers with CLIENT_IDENT
      }
      return;
    }
    expect(awaited, tag);
    switch (tag) {
      case Tag.HELLO -> {
        peerType = payload.u8();
        awaited = Tag.AUTH_REQUEST;
      }
      case Tag.AUTH_REQUEST -> authRequest(payload);
      case Tag.AUTH_SIGNATURE -> {
        checkSignature(payload);
        awaited = Tag.CLIENT_IDENT;
      }
      case Tag.CLIENT_IDENT -> clientIdent(payload);
      default -> throw unexpected(tag);
    }
  }

  private void authRequest(Decoder payload) {
    int method = payload.le32();
    boolean crc = false;
    for (int mode : words(payload)) {
      crc |= mode == MODE_CRC;
    }
    if (method != AUTH_NONE || !crc) {
      badMethod(method);
      return;
    }
    Decoder auth = new Decoder(payload.blob());
    auth.u8(); // AUTH_MODE_AUTHORIZER or AUTH_MODE_MON
    auth.le32(); // the entity type, which HELLO told
    authId = nameOf(auth.string());
    globalId = auth.le64();
    if (peerType == EntityName.CLIENT && self.globalIds() != null) {
      globalId = self.globalIds().grant(EntityName.client(globalId), globalId);
      if (globalId < 0) {
        throw new MalformedInputException("no global id to be had now");
      }
    }
    send(Tag.AUTH_DONE, new Encoder().le64(globalId).le32(MODE_CRC).blob(new byte[0]));
    sendSignature();
    awaited = Tag.AUTH_SIGNATURE;
  }

  private static String nameOf(String claimed) {
    String printable = claimed.replaceAll("[^\\p{Graph}]", "?");
    return printable.substring(0, Math.min(NAME_MAX, printable.length()));
  }

  private void badMethod(int method) {
    if (++attempts >= AUTH_ATTEMPTS_MAX) {
      throw new MalformedInputException("peer insists on authentication method " + method);
    }
    Encoder bad = new Encoder().le32(method).le32(-EOPNOTSUPP);
    bad.le32(1).le32(AUTH_NONE).le32(1).le32(MODE_CRC);
    send(Tag.AUTH_BAD_METHOD, bad);
  }

  private void clientIdent(Decoder payload) {
    ClientIdent ident = ClientIdent.decode(payload);
    EntityAddr target = ident.target();
    long required = ident.features().required();
    if (self.addrs().addrs().stream().noneMatch(own -> isTarget(own, target))) {
      throw new MalformedInputException("peer wants " + target + ", this is " + self.addrs());
    }
    long missing = MessengerFeatures.REQUIRED & ~ident.features().supported();
    if (missing != 0) {
      send(Tag.IDENT_MISSING_FEATURES, new Encoder().le64(missing));
      return;
    }
    if ((required & ~MessengerFeatures.SUPPORTED) != 0) {
      throw new MalformedInputException("peer requires features 0x" + Long.toHexString(required));
    }
    SessionPolicy policy = SessionPolicy.accepting(self, peerType, ident.features().flags());
    if (accepted != null && policy.isLossless()) {
      accepted.onIdent(this, new EntityName(peerType, ident.number()), ident);
      return;
    }
    sendIdent(LOSSY, 0);
    long known = peerType == EntityName.CLIENT && globalId != 0 ? globalId : ident.number();
    session.ready(new RemotePeer(new EntityName(peerType, known), ident.addrs(), authId));
  }

  private void sendIdent(long flags, long cookie) {
    ServerIdent ident =
        new ServerIdent(
            self.addrs(),
            self.number(),
            self.nextGlobalSeq(),
            ClientIdent.Features.ours(flags),
            cookie);
    send(Tag.SERVER_IDENT, ident.encode());
  }

  /** A lossless session begins. */
  void accept(RemotePeer peer, long cookie) {
    sendIdent(0, cookie);
    session.ready(peer);
  }

  /** A lossless session goes on. */
  void resume(RemotePeer peer, long inSeq) {
    send(Tag.SESSION_RECONNECT_OK, new Encoder().le64(inSeq));
    session.ready(peer);
  }

  void sendReset(boolean full) {
    send(Tag.SESSION_RESET, new Encoder().bool(full));
  }

  void sendRetry(long connectSeq) {
    send(Tag.SESSION_RETRY, new Encoder().le64(connectSeq));
  }

  void sendRetryGlobal(long globalSeq) {
    send(Tag.SESSION_RETRY_GLOBAL, new Encoder().le64(globalSeq));
  }

  void sendWait() {
    send(Tag.WAIT, new Encoder());
  }

  private static boolean isTarget(EntityAddr own, EntityAddr target) {
    boolean anyHost = own.ip().equals("0.0.0.0") || own.ip().equals("0:0:0:0:0:0:0:0");
    return own.port() == target.port()
        && (anyHost || own.ip().equals(target.ip()))
        && (target.nonce() == 0 || own.nonce() == target.nonce());
  }
}
