package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.DecoderTarget;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Everything that reads bytes of a socket: frames, their parts, and both sides of the handshake.
 */
final class FrameDecoders {
  private static final EntityAddr ADDR = EntityAddr.msgr2("127.0.0.1", 3300, 7);

  static final List<DecoderTarget> ALL =
      List.of(
          DecoderTarget.of("preamble", FrameDecoders::preamble, preamble()),
          DecoderTarget.of("stream", FrameDecoders::stream, messages()),
          DecoderTarget.of(
              "accepting", bytes -> shakeHands(bytes, true), hello(), clientIdent(), reconnect()),
          DecoderTarget.of("connecting", bytes -> shakeHands(bytes, false), hello()));

  private FrameDecoders() {}

  private static byte[] preamble() {
    Encoder to = new Encoder();
    Preamble.message(10, 20, 30).encode(to);
    return to.toByteArray();
  }

  /** The checksum is made right, so that damage gets past it. */
  private static void preamble(byte[] bytes) {
    byte[] checked = java.util.Arrays.copyOf(bytes, Preamble.BYTES - 4);
    Preamble.decode(new Encoder().raw(checked).le32(Crc32c.update(0, checked)).toByteArray());
  }

  private static byte[] messages() {
    byte[] data = PayloadTest.random(3000, 1);
    Envelope sent =
        Envelope.of(0x7010, 3, 2, 9, new byte[20])
            .claimData(BufferList.wrap(data), new byte[4], null);
    return new Encoder()
        .raw(Banner.encode())
        .raw(RawPeer.frame(sent, 1, Crc32c.update(Crc32c.SEED, data)))
        .toByteArray();
  }

  private static void stream(byte[] bytes) {
    FrameProperties.feedAll(bytes);
  }

  /** {@code n x { u8 tag | u8 length | payload of a control frame }} to one side of a handshake. */
  private static void shakeHands(byte[] bytes, boolean accept) {
    LocalPeer self = new LocalPeer(EntityName.mon(0), 7, (peer, requested) -> 4100);
    self.listening(ADDR);
    Handshake handshake =
        accept
            ? new AcceptHandshake(self, new Silent())
            : new ConnectHandshake(self, new Silent(), EntityName.mon(0), ADDR);
    handshake.onBanner(MessengerFeatures.BANNER_SUPPORTED, MessengerFeatures.BANNER_REQUIRED);
    Decoder from = new Decoder(bytes);
    while (from.remaining() > 0) {
      int tag = from.u8();
      handshake.onFrame(tag, new Decoder(from.raw(from.u8())));
    }
  }

  private static Encoder control(Encoder to, int tag, Encoder payload) {
    byte[] bytes = payload.toByteArray();
    return to.u8(tag).u8(bytes.length).raw(bytes);
  }

  private static Encoder greeted() {
    Encoder hello = new Encoder().u8(EntityName.CLIENT);
    ADDR.encode(hello);
    return control(new Encoder(), Tag.HELLO, hello);
  }

  private static byte[] hello() {
    return greeted().toByteArray();
  }

  private static byte[] clientIdent() {
    byte[] auth = new Encoder().u8(1).le32(8).string("admin").le64(0).toByteArray();
    Encoder request =
        new Encoder().le32(Handshake.AUTH_NONE).le32(1).le32(Handshake.MODE_CRC).blob(auth);
    Encoder ident = new Encoder();
    AddrVec.of(ADDR).encode(ident);
    ADDR.encode(ident);
    ident.le64(4100).le64(1).le64(-1).le64(0).le64(1).le64(0);
    Encoder all = control(greeted(), Tag.AUTH_REQUEST, request);
    control(all, Tag.AUTH_SIGNATURE, new Encoder().zeros(32));
    return control(all, Tag.CLIENT_IDENT, ident).toByteArray();
  }

  private static byte[] reconnect() {
    Encoder payload = new Reconnect(AddrVec.of(ADDR), 1, 2, 3, 4, 5).encode();
    return control(new Encoder().raw(clientIdent()), Tag.SESSION_RECONNECT, payload).toByteArray();
  }

  /** A session that nobody listens to. */
  private static final class Silent implements Handshake.Session {
    @Override
    public void sendFrame(byte[] frame) {
      ByteBuffer.wrap(frame).get();
    }

    @Override
    public void ready(RemotePeer peer) {
      assert peer != null;
    }

    @Override
    public EntityAddr remoteAddr() {
      return ADDR;
    }
  }
}
