package io.sluice.osd;

import io.sluice.bufferlist.Crc32c;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Stands between an OSD and whoever connects to it: knows where frames begin, changes a byte or
 * cuts the connection where it is told to, and recomputes nothing.
 *
 * <p>Only the addresses of the handshake are another matter: who connects means the proxy's port,
 * the OSD knows its own.
 *
 * <p><b>Threads:</b> its own, two a connection. <b>Owns</b> the sockets.
 */
final class FrameProxy implements AutoCloseable {
  static final int CLIENT = 8;
  static final int OSD = 4;
  static final int PREAMBLE_BYTES = 32;
  static final int EPILOGUE_BYTES = 13;

  private static final int BANNER_HEAD = 10;
  private static final int CRC_BYTES = 4;
  private static final int MESSAGE = 17;
  private static final int CHUNK = 64 << 10;

  /** Only to end a test that hangs. */
  private static final int HOLD_SECONDS = 60;

  /** Of every place, the late status included, a bit that means something. */
  private static final byte FLIPPED = 2;

  /**
   * Where the parts of a message's frame begin: preamble at 0, header, its checksum, front, middle,
   * data, epilogue.
   */
  record Frame(int header, int front, int middle, int data) {
    long crcAt() {
      return PREAMBLE_BYTES + header;
    }

    long frontAt() {
      return crcAt() + CRC_BYTES;
    }

    long middleAt() {
      return frontAt() + front;
    }

    long dataAt() {
      return middleAt() + middle;
    }

    long epilogueAt() {
      return dataAt() + data;
    }

    long length() {
      return epilogueAt() + (front + middle + data > 0 ? EPILOGUE_BYTES : 0);
    }
  }

  /** What is done to the next frames that it fits. */
  private static final class Stroke {
    private final int peer;
    private final boolean answers;
    private final int dataMin;
    private final ToLongFunction<Frame> place;
    private final boolean cuts;
    private CountDownLatch holds;
    private int left;

    private Stroke(
        int peer,
        boolean answers,
        int dataMin,
        ToLongFunction<Frame> place,
        boolean cuts,
        int left) {
      this.peer = peer;
      this.answers = answers;
      this.dataMin = dataMin;
      this.place = place;
      this.cuts = cuts;
      this.left = left;
    }
  }

  private final ServerSocket listening;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private Stroke stroke;
  private int struck;
  private volatile boolean closed;

  FrameProxy() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("proxy-accept", this::accept);
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Where connections go to from now on. */
  void target(int port) {
    target = port;
  }

  /**
   * Changes a byte of the next frames from peers of that type.
   *
   * @param place offset in the frame
   */
  synchronized void flip(int peer, int dataMin, ToLongFunction<Frame> place, int times) {
    struck = 0;
    stroke = new Stroke(peer, false, dataMin, place, false, times);
  }

  /** Cuts the connection in the next frames, both ways. */
  synchronized void cut(int peer, int dataMin, ToLongFunction<Frame> place, int times) {
    struck = 0;
    stroke = new Stroke(peer, false, dataMin, place, true, times);
  }

  /** Keeps the rest of the next frame back until the latch is open, or for a minute. */
  synchronized void hold(int peer, int dataMin, ToLongFunction<Frame> place, CountDownLatch until) {
    struck = 0;
    stroke = new Stroke(peer, false, dataMin, place, false, 1);
    stroke.holds = until;
  }

  /** Cuts the connection at the first byte of the next messages that the OSD answers with. */
  synchronized void cutAnswers(int peer, int times) {
    struck = 0;
    stroke = new Stroke(peer, true, 0, frame -> 0, true, times);
  }

  /** Frames that were met. */
  synchronized int struck() {
    return struck;
  }

  synchronized void heal() {
    stroke = null;
  }

  private synchronized Stroke strike(int peer, boolean answer, Frame frame) {
    Stroke now = stroke;
    boolean fits =
        now != null
            && now.left > 0
            && now.peer == peer
            && now.answers == answer
            && frame.data() >= now.dataMin;
    if (!fits) {
      return null;
    }
    now.left--;
    struck++;
    return now;
  }

  private void accept() {
    while (!closed) {
      try {
        Socket from = listening.accept();
        sockets.add(from);
        start("proxy", () -> connect(from));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket from) {
    try {
      Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(to);
      if (closed) {
        to.close();
      }
      to.setTcpNoDelay(true);
      from.setTcpNoDelay(true);
      int[] peer = new int[1];
      start("proxy-back", () -> relay(to, from, peer, true));
      relay(from, to, peer, false);
    } catch (IOException e) {
      end(from, from); // nobody listens: the peer hears of it as an end
    }
  }

  private void end(Socket one, Socket other) {
    for (Socket socket : new Socket[] {one, other}) {
      sockets.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /**
   * @param peer the type of who connected, once its hello has passed
   * @param answers true from the OSD back
   */
  private void relay(Socket from, Socket to, int[] peer, boolean answers) {
    try {
      DataInputStream in = new DataInputStream(from.getInputStream());
      OutputStream out = to.getOutputStream();
      byte[] banner = in.readNBytes(BANNER_HEAD);
      if (banner.length < BANNER_HEAD) {
        return;
      }
      out.write(banner);
      out.write(in.readNBytes(banner[BANNER_HEAD - 2] & 255));
      while (true) {
        byte[] preamble = new byte[PREAMBLE_BYTES];
        in.readFully(preamble);
        ByteBuffer words = ByteBuffer.wrap(preamble).order(ByteOrder.LITTLE_ENDIAN);
        Frame frame =
            new Frame(words.getInt(2), words.getInt(8), words.getInt(14), words.getInt(20));
        if (preamble[0] != MESSAGE) {
          control(preamble, frame, in, out, peer, answers);
        } else if (!message(preamble, frame, in, out, strike(peer[0], answers, frame))) {
          return;
        }
      }
    } catch (IOException e) {
      // The conversation is over.
    } finally {
      end(from, to);
    }
  }

  private void control(
      byte[] preamble, Frame frame, DataInputStream in, OutputStream out, int[] peer, boolean back)
      throws IOException {
    byte[] body = new byte[frame.header() + CRC_BYTES];
    in.readFully(body);
    if (preamble[0] == 1 && !back) {
      peer[0] = body[0];
    }
    if (!back) {
      repoint(body, frame.header());
    }
    out.write(preamble);
    out.write(body);
  }

  /** Whoever is meant by our port is meant at the OSD's. */
  private void repoint(byte[] body, int length) {
    boolean found = false;
    for (int i = 0; i + 4 <= length; i++) {
      boolean address = body[i] == 2 && body[i + 1] == 0;
      if (address && ((body[i + 2] & 255) << 8 | body[i + 3] & 255) == port()) {
        body[i + 2] = (byte) (target >> 8);
        body[i + 3] = (byte) target;
        found = true;
      }
    }
    if (found) {
      ByteBuffer.wrap(body)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(length, Crc32c.update(Crc32c.SEED, body, 0, length));
    }
  }

  /** False when the connection was cut. */
  private static boolean message(
      byte[] preamble, Frame frame, DataInputStream in, OutputStream out, Stroke stroke)
      throws IOException {
    long at = stroke == null ? Long.MAX_VALUE : stroke.place.applyAsLong(frame);
    byte[] chunk = new byte[CHUNK];
    System.arraycopy(preamble, 0, chunk, 0, PREAMBLE_BYTES);
    int count = PREAMBLE_BYTES;
    for (long done = 0; ; ) {
      if (at >= done && at < done + count) {
        int within = (int) (at - done);
        if (stroke.cuts) {
          out.write(chunk, 0, within);
          return false;
        }
        if (stroke.holds != null) {
          out.write(chunk, 0, within);
          await(stroke.holds);
          out.write(chunk, within, count - within);
        } else {
          chunk[within] ^= FLIPPED;
          out.write(chunk, 0, count);
        }
      } else {
        out.write(chunk, 0, count);
      }
      done += count;
      if (done == frame.length()) {
        return true;
      }
      count = (int) Math.min(CHUNK, frame.length() - done);
      in.readFully(chunk, 0, count);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(HOLD_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("held for " + HOLD_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
