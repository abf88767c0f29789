package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A client on a blocking socket, whose bytes a test can bend. */
final class RawPeer implements Handshake.Session, FrameParser.Sink, AutoCloseable {
  final Socket socket;
  private final OutputStream out;
  private final InputStream in;
  private final Handshake handshake;
  private final FrameParser parser = new FrameParser(this);
  private boolean ready;
  int controls;

  RawPeer(EntityAddr to, EntityName expected) throws IOException {
    socket = new Socket(to.ip(), to.port());
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
    in = socket.getInputStream();
    LocalPeer self = new LocalPeer(EntityName.client(99), 5, null);
    handshake = new ConnectHandshake(self, this, expected, to);
  }

  RawPeer shakeHands() throws IOException {
    handshake.start();
    while (!ready) {
      readSome();
    }
    return this;
  }

  /** False at the end of the stream. */
  boolean readSome() throws IOException {
    byte[] some = new byte[4096];
    int count;
    try {
      count = in.read(some);
    } catch (SocketException e) {
      return false; // reset: also an end
    }
    if (count > 0) {
      parser.feed(ByteBuffer.wrap(some, 0, count));
    }
    return count > 0;
  }

  /** Waits until the other end has closed. */
  void awaitEnd() throws IOException {
    while (readSome()) {
      // What it still says does not matter.
    }
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** The bytes of a message whose data is in memory. */
  static byte[] frame(Envelope message, long seq, int dataCrc) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (OutgoingPart part : FrameLayout.of(message, seq, 0, dataCrc)) {
      ByteBuffer from = ((OutgoingPart.Memory) part).bytes();
      byte[] copy = new byte[from.remaining()];
      from.get(copy);
      bytes.writeBytes(copy);
    }
    return bytes.toByteArray();
  }

  @Override
  public void sendFrame(byte[] frame) {
    try {
      write(frame);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void ready(RemotePeer peer) {
    ready = true;
  }

  @Override
  public EntityAddr remoteAddr() {
    return EntityAddr.msgr2("127.0.0.1", socket.getPort(), 0);
  }

  @Override
  public void onBanner(long supported, long required) {
    handshake.onBanner(supported, required);
  }

  @Override
  public void onControl(int tag, Decoder payload) {
    if (ready) {
      controls++;
    } else {
      handshake.onFrame(tag, payload);
    }
  }

  @Override
  public PayloadReceiver onHead(MessageHead head) {
    throw new IllegalStateException("no data expected");
  }

  @Override
  public void onMessage(MessageHeader header, MessageHead head, PayloadReceiver payload) {
    // Not looked at.
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
