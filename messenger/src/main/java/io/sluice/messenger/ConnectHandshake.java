package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.util.Arrays;

/** The handshake as the connecting side does it. */
class ConnectHandshake extends Handshake {
  private static final int AUTH_MODE_AUTHORIZER = 1;
  private static final int AUTH_MODE_MON = 10;

  /** More attempts than any daemon makes: a number beyond is not a count of them. */
  private static final long GLOBAL_SEQ_MAX = 1L << 48;

  private final EntityName expected;
  private final EntityAddr target;
  private final LosslessSession lossless;
  private EntityAddr ourAddr;
  private int awaited = Tag.HELLO;

  /**
   * @param expected who must be there; a negative number stands for any of that kind
   * @param target its address; nonce 0 stands for any
   */
  ConnectHandshake(LocalPeer self, Session session, EntityName expected, EntityAddr target) {
    this(self, session, expected, target, null);
  }

  /**
   * @param lossless the session that is to be opened, or gone on with; null for none
   */
  ConnectHandshake(
      LocalPeer self,
      Session session,
      EntityName expected,
      EntityAddr target,
      LosslessSession lossless) {
    super(self, session);
    this.expected = expected;
    this.target = target;
    this.lossless = lossless;
  }

  @Override
  void onFrame(int tag, Decoder payload) {
    if (awaited == Tag.AUTH_DONE && tag == Tag.AUTH_BAD_METHOD) {
      throw authRefused(payload);
    }
    if (awaited == Tag.SERVER_IDENT && tag == Tag.IDENT_MISSING_FEATURES) {
      throw new MalformedInputException(
          "peer requires features 0x" + Long.toHexString(payload.le64()));
    }
    if (awaited == Tag.SERVER_IDENT && lossless != null && tag != Tag.SERVER_IDENT) {
      onSessionFrame(tag, payload);
      return;
    }
    expect(awaited, tag);
    switch (tag) {
      case Tag.HELLO -> hello(payload);
      case Tag.AUTH_DONE -> authDone(payload);
      case Tag.AUTH_SIGNATURE -> {
        checkSignature(payload);
        awaited = Tag.SERVER_IDENT;
        identify();
      }
      case Tag.SERVER_IDENT -> serverIdent(payload);
      default -> throw unexpected(tag);
    }
  }

  private void hello(Decoder payload) {
    int type = payload.u8();
    ourAddr = EntityAddr.decode(payload);
    if (type != expected.type()) {
      throw new MalformedInputException(
          "wrong peer: " + expected + " expected, an entity of type " + type + " is there");
    }
    int mode = type == EntityName.MON ? AUTH_MODE_MON : AUTH_MODE_AUTHORIZER;
    Encoder auth =
        new Encoder().u8(mode).le32(self.type()).string(self.authId()).le64(self.globalId());
    Encoder request = new Encoder().le32(AUTH_NONE).le32(1).le32(MODE_CRC).blob(auth.toByteArray());
    send(Tag.AUTH_REQUEST, request);
    awaited = Tag.AUTH_DONE;
  }

  private static MalformedInputException authRefused(Decoder payload) {
    int method = payload.le32();
    int result = payload.le32();
    return new MalformedInputException(
        "peer refuses authentication method "
            + method
            + " ("
            + result
            + "), it takes "
            + Arrays.toString(words(payload))
            + " with modes "
            + Arrays.toString(words(payload))
            + "; only none (1) and crc (1) are spoken here");
  }

  private void authDone(Decoder payload) {
    long globalId = payload.le64();
    int mode = payload.le32();
    if (mode != MODE_CRC) {
      throw new MalformedInputException("peer chose connection mode " + mode);
    }
    if (expected.type() == EntityName.MON && globalId != 0) {
      self.granted(globalId);
    }
    sendSignature();
    awaited = Tag.AUTH_SIGNATURE;
  }

  /** Says who we are, and of which session the connection is. */
  void identify() {
    session.sendFrame(identification());
  }

  /** The frame that {@link #identify} sends, as it is now. */
  final byte[] identification() {
    return lossless != null && lossless.numbers().isEstablished()
        ? reconnect(self.nextGlobalSeq())
        : ident();
  }

  private byte[] ident() {
    AddrVec addrs = self.addrs();
    if (addrs.addrs().isEmpty()) {
      // As a client of Ceph: the address the peer sees, port 0, and a nonce that tells processes
      // apart.
      addrs = AddrVec.of(new EntityAddr(EntityAddr.MSGR2, self.nonce(), ourAddr.ip(), 0));
    }
    ClientIdent.Features features = ClientIdent.Features.ours(lossless == null ? LOSSY : 0);
    long cookie = lossless == null ? 0 : lossless.numbers().clientCookie();
    ClientIdent ident =
        new ClientIdent(addrs, target, self.number(), self.nextGlobalSeq(), features, cookie);
    return ControlFrame.encode(Tag.CLIENT_IDENT, ident.encode());
  }

  private byte[] reconnect(long globalSeq) {
    return ControlFrame.encode(
        Tag.SESSION_RECONNECT, lossless.reconnect(self.addrs(), globalSeq).encode());
  }

  /** An answer to SESSION_RECONNECT, or WAIT. */
  private void onSessionFrame(int tag, Decoder payload) {
    switch (tag) {
      case Tag.SESSION_RECONNECT_OK -> {
        if (lossless.goOn(payload.le64())) { // else it has ended, and this connection with it
          session.ready(new RemotePeer(expected, AddrVec.of(target)));
        }
      }
      case Tag.SESSION_RETRY -> {
        lossless.numbers().retry(payload.le64());
        session.sendFrame(reconnect(self.nextGlobalSeq()));
      }
      case Tag.SESSION_RETRY_GLOBAL -> {
        long seen = payload.le64();
        if (seen < 0 || seen > GLOBAL_SEQ_MAX) {
          throw new MalformedInputException("global_seq " + Long.toUnsignedString(seen));
        }
        session.sendFrame(reconnect(self.nextGlobalSeq(seen)));
      }
      case Tag.SESSION_RESET -> {
        if (lossless.resetByPeer(payload.bool())) {
          session.sendFrame(ident());
        }
      }
      case Tag.WAIT -> lossless.toldToWait();
      default -> throw unexpected(tag);
    }
  }

  private void serverIdent(Decoder payload) {
    ServerIdent ident = ServerIdent.decode(payload);
    AddrVec addrs = ident.addrs();
    EntityName name = new EntityName(expected.type(), ident.number());
    long required = ident.features().required();
    if ((required & ~MessengerFeatures.SUPPORTED) != 0) {
      throw new MalformedInputException("peer requires features 0x" + Long.toHexString(required));
    }
    if (expected.number() >= 0 && name.number() != expected.number()) {
      throw new MalformedInputException(
          "wrong peer: " + expected + " expected, " + name + " is there");
    }
    if (addrs.addrs().stream().noneMatch(this::isTarget)) {
      throw new MalformedInputException(
          "wrong peer: " + target + " expected, " + addrs + " is there");
    }
    if (lossless != null) {
      if ((ident.features().flags() & LOSSY) != 0) {
        throw new MalformedInputException(expected + " has no lossless sessions");
      }
      lossless.acceptedByPeer(ident);
    }
    session.ready(new RemotePeer(name, addrs));
  }

  private boolean isTarget(EntityAddr addr) {
    return target.nonce() == 0 || addr.nonce() == target.nonce();
  }
}
