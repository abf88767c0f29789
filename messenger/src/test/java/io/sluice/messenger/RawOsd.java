package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** An OSD on a blocking socket that says, frame by frame, what a test tells it to. */
final class RawOsd implements FrameParser.Sink, AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  /** What came: a control frame, or a message with its seq as payload. */
  record Frame(int tag, Decoder payload) {}

  private final Socket socket;
  private final FrameParser parser = new FrameParser(this);
  private final Deque<Frame> frames = new ArrayDeque<>();

  private RawOsd(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.getOutputStream().write(Banner.encode());
    Encoder hello = new Encoder().u8(EntityName.OSD);
    EntityAddr.msgr2("127.0.0.1", socket.getPort(), 0).encode(hello);
    send(Tag.HELLO, hello);
  }

  /** Connects as an OSD, up to where the session is identified. */
  static RawOsd connect(EntityAddr to) throws IOException {
    RawOsd osd = new RawOsd(new Socket(to.ip(), to.port()));
    osd.expect(Tag.HELLO);
    Encoder auth = new Encoder().u8(1).le32(EntityName.OSD).string("9").le64(0);
    osd.send(Tag.AUTH_REQUEST, new Encoder().le32(1).le32(1).le32(1).blob(auth.toByteArray()));
    osd.expect(Tag.AUTH_DONE);
    osd.expect(Tag.AUTH_SIGNATURE);
    osd.send(Tag.AUTH_SIGNATURE, new Encoder().zeros(32));
    return osd;
  }

  /** Accepts, up to where the other end identifies the session. */
  static RawOsd accept(Socket accepted) throws IOException {
    RawOsd osd = new RawOsd(accepted);
    osd.expect(Tag.HELLO);
    osd.expect(Tag.AUTH_REQUEST);
    osd.send(Tag.AUTH_DONE, new Encoder().le64(0).le32(1).blob(new byte[0]));
    osd.send(Tag.AUTH_SIGNATURE, new Encoder().zeros(32));
    osd.expect(Tag.AUTH_SIGNATURE);
    return osd;
  }

  void send(int tag, Encoder payload) throws IOException {
    write(ControlFrame.encode(tag, payload));
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void message(long tid, long seq) throws IOException {
    write(RawPeer.frame(Envelope.of(0x7001, 1, 1, tid, new byte[] {1}), seq, 0));
  }

  RawOsd ident(EntityAddr own, EntityAddr target, long globalSeq, long cookie) throws IOException {
    ClientIdent ident =
        new ClientIdent(
            AddrVec.of(own), target, 9, globalSeq, ClientIdent.Features.ours(0), cookie);
    send(Tag.CLIENT_IDENT, ident.encode());
    return this;
  }

  /** SERVER_IDENT with a cookie. */
  void acceptIdent(EntityAddr own, long number, long cookie) throws IOException {
    ServerIdent ident =
        new ServerIdent(AddrVec.of(own), number, 1, ClientIdent.Features.ours(0), cookie);
    send(Tag.SERVER_IDENT, ident.encode());
  }

  /** The next frame, which has that tag; acknowledgements in between do not count. */
  Decoder expect(int tag) throws IOException {
    Frame frame = next();
    while (frame.tag() == Tag.ACK && tag != Tag.ACK) {
      frame = next();
    }
    assertThat(Tag.name(frame.tag())).isEqualTo(Tag.name(tag));
    return frame.payload();
  }

  private Frame next() throws IOException {
    InputStream in = socket.getInputStream();
    byte[] some = new byte[4096];
    while (frames.isEmpty()) {
      int count = in.read(some);
      assertThat(count).as("bytes before the end of the stream").isPositive();
      parser.feed(ByteBuffer.wrap(some, 0, count));
    }
    return frames.remove();
  }

  /** Waits until the other end has closed. */
  void awaitEnd() throws IOException {
    byte[] some = new byte[4096];
    try {
      while (socket.getInputStream().read(some) >= 0) {
        // What it still says does not matter.
      }
    } catch (SocketException e) {
      // Reset: also an end.
    }
  }

  @Override
  public void onBanner(long supported, long required) {}

  @Override
  public void onControl(int tag, Decoder payload) {
    frames.add(new Frame(tag, payload));
  }

  @Override
  public PayloadReceiver onHead(MessageHead head) {
    return PayloadReceiver.of(
        PayloadPlan.memory(head.dataLength()), head.dataLength(), TestContext.INSTANCE);
  }

  @Override
  public void onMessage(MessageHeader header, MessageHead head, PayloadReceiver payload) {
    payload.discard();
    frames.add(
        new Frame(
            Tag.MESSAGE,
            new Decoder(new Encoder().le64(header.seq()).le64(header.tid()).toByteArray())));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
