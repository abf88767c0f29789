package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A hostile or broken peer gets its connection closed with a reason; others go on. */
@ExtendWith(NoLeaks.class)
class GarbageTest {
  private static final int LARGE = 1 << 20;

  /** What the daemon must still be able to do after each of these. */
  private static void assertUnharmed(Endpoint osd) throws Exception {
    osd.ready.clear();
    try (Endpoint client = Endpoint.client()) {
      byte[] data = PayloadTest.random(LARGE, 1);
      client.ready(osd, EntityName.osd(0)).send(PayloadTest.message(5, data));
      try (IncomingMessage message = osd.message()) {
        assertThat(message.dataCrc()).isEqualTo(Crc32c.update(-1, data));
      }
    }
  }

  private static void assertRefused(byte[] bytes, String reason) throws Exception {
    try (Endpoint osd = Endpoint.osd(0)) {
      try (Socket socket = new Socket("127.0.0.1", osd.addr.port())) {
        socket.getOutputStream().write(bytes);
        assertThat(Endpoint.take(osd.closed)).contains(reason);
      }
      assertUnharmed(osd);
    }
  }

  @Test
  void shouldRefuseHttp() throws Exception {
    assertRefused(
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        "not a msgr v2 banner");
  }

  @Test
  void shouldRefuseRandomBytes() throws Exception {
    assertRefused(PayloadTest.random(5000, 4), "not a msgr v2 banner");
  }

  @Test
  void shouldRefuseMessengerOfVersion1ByName() throws Exception {
    assertRefused("ceph v027 and addresses".getBytes(StandardCharsets.US_ASCII), "msgr v1");
  }

  @Test
  void shouldRefuseGarbageAfterTheBanner() throws Exception {
    byte[] bytes = Arrays.copyOf(Banner.encode(), 200);
    bytes[Banner.encode().length] = Tag.HELLO;
    bytes[Banner.encode().length + 1] = 9;
    assertRefused(bytes, "preamble with a wrong checksum");
  }

  @Test
  void shouldRefuseHugeSegmentsBeforeAllocating() throws Exception {
    Encoder huge = new Encoder().raw(Banner.encode());
    new Preamble(Tag.MESSAGE, 4, new int[] {41, 0x7fffffff, 0, 0}).encode(huge);
    assertRefused(huge.toByteArray(), "front of 2147483647 bytes");
    Encoder negative = new Encoder().raw(Banner.encode());
    new Preamble(Tag.HELLO, 1, new int[] {-1, 0, 0, 0}).encode(negative);
    assertRefused(negative.toByteArray(), "segment of a hello frame of 4294967295 bytes");
  }

  @Test
  void shouldRefuseMessagesBeforeTheHandshake() throws Exception {
    Encoder early = new Encoder().raw(Banner.encode());
    early.raw(RawPeer.frame(Envelope.of(1, 1, 1, 1, new byte[3]), 1, 0));
    assertRefused(early.toByteArray(), "message before the handshake is done");
  }

  /** Nothing of the front has come, and nothing is to be waited for. */
  @Test
  void shouldRefuseTheHeaderOfAMessageBeforeTheHandshake() throws Exception {
    Encoder early = new Encoder().raw(Banner.encode());
    early.raw(headOf(MessengerLimits.FRONT_MAX));
    assertRefused(early.toByteArray(), "message before the handshake is done");
  }

  /** Preamble and header of a message whose front is never sent. */
  static byte[] headOf(int front) {
    byte[] frame = RawPeer.frame(Envelope.of(1, 1, 1, 1, new byte[front]), 1, 0);
    return Arrays.copyOf(frame, frame.length - front - Epilogue.BYTES);
  }

  @Test
  void shouldRefuseALongFrontOfAClient() throws Exception {
    try (Endpoint osd = Endpoint.osd(0)) {
      try (RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
        peer.write(headOf(MessengerLimits.CLIENT_FRONT_MAX + 1));
        assertThat(Endpoint.take(osd.closed)).contains("front of 2555867 bytes");
      }
      assertUnharmed(osd);
    }
  }

  @Test
  void shouldRefuseFramesOutOfOrder() throws Exception {
    Encoder early = new Encoder().raw(Banner.encode());
    early.raw(ControlFrame.encode(Tag.CLIENT_IDENT, new Encoder().zeros(50)));
    assertRefused(early.toByteArray(), "client_ident frame after the banner");
  }

  @Test
  void shouldRefuseTruncatedControlFrames() throws Exception {
    Encoder cut = new Encoder().raw(Banner.encode());
    cut.raw(ControlFrame.encode(Tag.HELLO, new Encoder().u8(8)));
    cut.raw(ControlFrame.encode(Tag.AUTH_REQUEST, new Encoder().le32(1).le32(0x40000000)));
    assertRefused(cut.toByteArray(), "malformed");
  }

  @Test
  void shouldHearOfAHalfFrame() throws Exception {
    try (Endpoint osd = Endpoint.osd(0)) {
      try (RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
        byte[] frame = RawPeer.frame(PayloadTest.message(1, new byte[LARGE]), 1, 0);
        peer.write(Arrays.copyOf(frame, frame.length / 2));
      }
      assertThat(Endpoint.take(osd.closed)).contains("in the middle of DATA");
      assertThat(osd.messages).isEmpty();
      assertUnharmed(osd);
    }
  }

  @Test
  void shouldReleaseThePipesOfAHalfFrame() throws Exception {
    try (Endpoint osd = Endpoint.osd(0)) {
      osd.plans = head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
      try (RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
        byte[] frame = RawPeer.frame(PayloadTest.message(1, new byte[3 * LARGE]), 1, 0);
        peer.write(Arrays.copyOf(frame, 2 * LARGE));
      }
      Endpoint.take(osd.closed);
      assertThat(osd.pipes.inUse()).isZero();
      assertUnharmed(osd);
    }
  }

  @Test
  void shouldRefuseACorruptedPayload() throws Exception {
    for (boolean pipes : new boolean[] {false, true}) {
      try (Endpoint osd = Endpoint.osd(0)) {
        if (pipes) {
          osd.plans =
              head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
        }
        try (RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
          byte[] data = PayloadTest.random(LARGE, 9);
          byte[] frame = RawPeer.frame(PayloadTest.message(1, data), 1, Crc32c.update(-1, data));
          frame[frame.length / 2] ^= 4;
          peer.write(frame);
          assertThat(Endpoint.take(osd.closed)).contains("wrong checksum of its data segment");
          peer.awaitEnd();
        }
        assertThat(osd.messages).isEmpty();
        assertThat(osd.pipes.inUse()).isZero();
        assertUnharmed(osd);
      }
    }
  }

  @Test
  void shouldTakeAMessageByteByByte() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      byte[] data = PayloadTest.random(300, 9);
      for (byte b : RawPeer.frame(PayloadTest.message(1, data), 1, Crc32c.update(-1, data))) {
        peer.write(new byte[] {b});
      }
      osd.message().close();
    }
  }

  @Test
  void shouldSpliceOneByteSegmentsWithinABoundOfPipes() throws Exception {
    // Each byte takes a slot: 256 of them fill a pipe of a mebibyte. What does not fit goes to
    // memory.
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      osd.plans = head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
      byte[] data = PayloadTest.random(20_000, 9);
      byte[] frame = RawPeer.frame(PayloadTest.message(1, data), 1, Crc32c.update(-1, data));
      for (byte b : frame) {
        peer.write(new byte[] {b});
      }
      try (IncomingMessage message = osd.message()) {
        assertThat(message.dataCrc()).isEqualTo(Crc32c.update(-1, data));
      }
      assertThat(osd.pipes.inUse()).isZero();
    }
  }

  @Test
  void shouldDropAnAbortedMessageAndGoOn() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      byte[] frame = RawPeer.frame(PayloadTest.message(1, new byte[100]), 1, 0);
      frame[frame.length - Epilogue.BYTES] = 0x1;
      peer.write(frame);
      peer.write(RawPeer.frame(Envelope.of(1, 1, 1, 2, new byte[3]), 2, 0));
      try (IncomingMessage message = osd.message()) {
        assertThat(message.head().tid()).isEqualTo(2);
      }
    }
  }

  @Test
  void shouldRefuseAReplayedMessage() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      byte[] frame = RawPeer.frame(Envelope.of(1, 1, 1, 2, new byte[3]), 1, 0);
      peer.write(frame);
      osd.message().close();
      peer.write(frame);
      assertThat(Endpoint.take(osd.closed)).contains("seq 1 after 1");
    }
  }

  @Test
  void shouldAnswerKeepalives() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      peer.write(ControlFrame.encode(Tag.KEEPALIVE2, new Encoder().le32(7).le32(8)));
      while (peer.controls == 0) {
        peer.readSome();
      }
    }
  }

  @Test
  void shouldSurviveADispatcherThatThrows() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer peer = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      osd.handler =
          (connection, message) -> {
            message.close();
            throw new IllegalStateException("a bug above");
          };
      peer.write(RawPeer.frame(Envelope.of(1, 1, 1, 2, new byte[3]), 1, 0));
      assertThat(Endpoint.take(osd.closed)).contains("internal error");
      osd.handler = (connection, message) -> osd.messages.add(message);
      assertUnharmed(osd);
    }
  }
}
