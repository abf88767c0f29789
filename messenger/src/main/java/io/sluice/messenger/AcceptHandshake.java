package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;

/** The handshake as the accepting side does it. */
final class AcceptHandshake extends Handshake {
  private static final int EOPNOTSUPP = 95;

  /** A peer that is told the method and still asks for another is broken. */
  private static final int AUTH_ATTEMPTS_MAX = 4;

  private int awaited = Tag.HELLO;
  private int peerType;
  private long globalId;
  private int attempts;

  AcceptHandshake(LocalPeer self, Session session) {
    super(self, session);
  }

  @Override
  void onFrame(int tag, Decoder payload) {
    if (awaited == Tag.CLIENT_IDENT && tag == Tag.SESSION_RECONNECT) {
      // Sessions are lossy: there is none to go back to. The peer answers with CLIENT_IDENT.
      send(Tag.SESSION_RESET, new Encoder().bool(true));
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
    auth.string();
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

  private void badMethod(int method) {
    if (++attempts >= AUTH_ATTEMPTS_MAX) {
      throw new MalformedInputException("peer insists on authentication method " + method);
    }
    Encoder bad = new Encoder().le32(method).le32(-EOPNOTSUPP);
    bad.le32(1).le32(AUTH_NONE).le32(1).le32(MODE_CRC);
    send(Tag.AUTH_BAD_METHOD, bad);
  }

  private void clientIdent(Decoder payload) {
    AddrVec addrs = AddrVec.decode(payload);
    EntityAddr target = EntityAddr.decode(payload);
    long number = payload.le64();
    payload.le64(); // global_seq
    long supported = payload.le64();
    long required = payload.le64();
    if (self.addrs().addrs().stream().noneMatch(own -> isTarget(own, target))) {
      throw new MalformedInputException("peer wants " + target + ", this is " + self.addrs());
    }
    long missing = MessengerFeatures.REQUIRED & ~supported;
    if (missing != 0) {
      send(Tag.IDENT_MISSING_FEATURES, new Encoder().le64(missing));
      return;
    }
    if ((required & ~MessengerFeatures.SUPPORTED) != 0) {
      throw new MalformedInputException("peer requires features 0x" + Long.toHexString(required));
    }
    sendIdent();
    long known = peerType == EntityName.CLIENT && globalId != 0 ? globalId : number;
    session.ready(new RemotePeer(new EntityName(peerType, known), addrs));
  }

  private void sendIdent() {
    Encoder ident = new Encoder();
    self.addrs().encode(ident);
    ident.le64(self.number()).le64(self.nextGlobalSeq());
    ident.le64(MessengerFeatures.SUPPORTED).le64(MessengerFeatures.REQUIRED).le64(LOSSY).le64(0);
    send(Tag.SERVER_IDENT, ident);
  }

  private static boolean isTarget(EntityAddr own, EntityAddr target) {
    boolean anyHost = own.ip().equals("0.0.0.0") || own.ip().equals("0:0:0:0:0:0:0:0");
    return own.port() == target.port()
        && (anyHost || own.ip().equals(target.ip()))
        && (target.nonce() == 0 || own.nonce() == target.nonce());
  }
}
