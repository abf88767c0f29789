package io.sluice.messenger;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Takes a byte stream apart into banner and frames, in whatever pieces it comes.
 *
 * <p>Knows ahead of the bytes how many may be received into memory ({@link #wanted}) without
 * touching a payload that belongs elsewhere: the rest of a small frame and the preamble of the
 * next, which always follows. After a streak of small messages more are likely ({@link
 * #expectsMore}): whoever has looked at what is there asks how much of it may come at once ({@link
 * #inMemory}), so that many messages come with one system call, and of a large payload not a byte.
 *
 * <p><b>Invariants:</b> nothing is allocated before its size was checked, and a long front as it
 * comes, so that a peer that only claims to send costs nothing; a message reaches the sink only
 * when all its checksums held. <b>Threads:</b> the connection's loop. <b>Owns</b> the payload being
 * received.
 */
final class FrameParser {
  /**
   * Whom the parts go to. What is thrown from outside's bytes is a {@link MalformedInputException}.
   */
  interface Sink {
    void onBanner(long supported, long required);

    void onControl(int tag, Decoder payload);

    /** A message of which nothing but the header has come; the front will have so many bytes. */
    default void onHeader(int frontLength) {}

    /** Where does the data segment go? Not asked when there is none. */
    PayloadReceiver onHead(MessageHead head);

    void onMessage(MessageHeader header, MessageHead head, PayloadReceiver payload);
  }

  private enum State {
    BANNER_PREFIX,
    BANNER_BODY,
    PREAMBLE,
    FIRST,
    FRONT,
    MIDDLE,
    DATA,
    EPILOGUE
  }

  private static final int CRC_BYTES = 4;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Sink sink;
  private State state = State.BANNER_PREFIX;
  private byte[] target = new byte[Banner.PREFIX_BYTES];

  /** Of what is received now; {@link #target} grows up to it. */
  private int length = Banner.PREFIX_BYTES;

  private int filled;
  private boolean stopped;
  private int smallInARow;

  private Preamble preamble;
  private MessageHeader header;
  private byte[] front;
  private MessageHead head;
  private PayloadReceiver payload;

  FrameParser(Sink sink) {
    this.sink = sink;
  }

  /**
   * The payload that receives for itself now, or null: then {@link #wanted} bytes go through {@link
   * #feed}.
   */
  PayloadReceiver direct() {
    return state == State.DATA && payload.direct() ? payload : null;
  }

  /** The banner was read elsewhere. */
  void continueAfterBanner() {
    expect(State.PREAMBLE, Preamble.BYTES);
  }

  /** True when the stream may end here without loss. */
  boolean betweenFrames() {
    return state == State.PREAMBLE && filled == 0;
  }

  /** After {@link #direct} received its last byte. */
  void directDone() {
    feed(NOTHING);
  }

  /**
   * How many bytes may be received into memory now; at least 1 unless a payload receives for
   * itself.
   */
  long wanted() {
    long left = length - filled;
    return switch (state) {
      case BANNER_PREFIX -> left;
      case PREAMBLE -> left;
      case BANNER_BODY, EPILOGUE -> left + Preamble.BYTES;
      case FIRST ->
          left
              + (preamble.tag() == Tag.MESSAGE
                  ? preamble.front() + preamble.middle() + tail(preamble)
                  : Preamble.BYTES);
      case FRONT -> left + preamble.middle() + tail(preamble);
      case MIDDLE -> left + tail(preamble);
      case DATA -> payload.direct() ? 0 : payload.left() + Epilogue.BYTES + Preamble.BYTES;
    };
  }

  /** What follows the middle segment, as far as it may be received with the head. */
  private static int tail(Preamble of) {
    if (isLarge(of)) {
      return 0;
    }
    return of.data() + (of.segments() > 1 ? Epilogue.BYTES : 0) + Preamble.BYTES;
  }

  private static boolean isLarge(Preamble of) {
    return of.data() > MessengerLimits.SMALL_DATA;
  }

  /** True when more messages than {@link #wanted} knows of are likely to be there. */
  boolean expectsMore() {
    return smallInARow >= MessengerLimits.SMALL_STREAK;
  }

  /**
   * How many of the next bytes may be received into memory: all up to a payload that belongs
   * elsewhere.
   *
   * @param next what comes next, or a part of it; only looked at
   */
  int inMemory(ByteBuffer next) {
    long end = wanted();
    boolean headOfLarge =
        (state == State.FIRST || state == State.FRONT || state == State.MIDDLE)
            && isLarge(preamble);
    while (!headOfLarge && end <= next.remaining()) {
      Preamble frame = preambleBefore(next, (int) end);
      if (frame == null) {
        break;
      }
      int first = frame.lengths()[0];
      end += first == 0 ? 0 : first + CRC_BYTES;
      end += frame.front() + frame.middle() + tail(frame);
      headOfLarge = isLarge(frame);
    }
    return (int) Math.min(end, next.remaining());
  }

  /** Null when it is none: {@link #feed} says so in its turn. */
  private Preamble preambleBefore(ByteBuffer next, int end) {
    byte[] bytes = new byte[Preamble.BYTES];
    int here = Math.min(end, Preamble.BYTES); // its first bytes may have come before
    System.arraycopy(target, 0, bytes, 0, Preamble.BYTES - here);
    next.get(next.position() + end - here, bytes, Preamble.BYTES - here, here);
    try {
      return Preamble.decode(bytes);
    } catch (MalformedInputException e) {
      return null;
    }
  }

  /** Nothing more is wanted: the connection has ended. Any payload under way is released. */
  void stop() {
    stopped = true;
    if (payload != null) {
      payload.discard();
      payload = null;
    }
  }

  /**
   * Takes all bytes of {@code received}.
   *
   * @throws MalformedInputException when they are no valid frames
   */
  void feed(ByteBuffer received) {
    while (!stopped) {
      if (state == State.DATA) {
        payload.take(received);
        if (!payload.done()) {
          return;
        }
      } else {
        int count = Math.min(received.remaining(), length - filled);
        makeRoom(filled + count);
        received.get(target, filled, count);
        filled += count;
        if (filled < length) {
          return;
        }
      }
      advance();
    }
  }

  private void makeRoom(int bytes) {
    if (bytes > target.length) {
      target = Arrays.copyOf(target, (int) Math.min(length, Math.max(bytes, 2L * target.length)));
    }
  }

  private void advance() {
    switch (state) {
      case BANNER_PREFIX -> expect(State.BANNER_BODY, Banner.bodyLength(target));
      case BANNER_BODY -> {
        Decoder body = new Decoder(target);
        expect(State.PREAMBLE, Preamble.BYTES);
        sink.onBanner(body.le64(), body.le64());
      }
      case PREAMBLE -> {
        preamble = Preamble.decode(target);
        int bytes = preamble.lengths()[0];
        expect(State.FIRST, bytes == 0 ? 0 : bytes + CRC_BYTES);
      }
      case FIRST -> first();
      case FRONT -> {
        front = target;
        expect(State.MIDDLE, preamble.middle());
      }
      case MIDDLE -> headDone();
      case DATA -> dataDone();
      case EPILOGUE -> epilogueDone();
      default -> throw new IllegalStateException(state.toString());
    }
  }

  private void expect(State next, int bytes) {
    state = next;
    length = bytes;
    target = new byte[Math.min(bytes, MessengerLimits.FRONT_CHUNK)];
    filled = 0;
  }

  private void first() {
    int bytes = preamble.lengths()[0];
    Decoder segment = new Decoder(target, 0, bytes);
    if (bytes > 0
        && new Decoder(target, bytes, CRC_BYTES).le32()
            != Crc32c.update(Crc32c.SEED, target, 0, bytes)) {
      throw new MalformedInputException(
          Tag.name(preamble.tag()) + " frame with a wrong checksum of its first segment");
    }
    if (preamble.tag() == Tag.MESSAGE) {
      header = MessageHeader.decode(segment);
      sink.onHeader(preamble.front());
      expect(State.FRONT, preamble.front());
    } else {
      expect(State.PREAMBLE, Preamble.BYTES);
      sink.onControl(preamble.tag(), segment);
    }
  }

  private void headDone() {
    byte[] middle = target;
    head =
        new MessageHead(
            header.type(),
            header.version(),
            header.compatVersion(),
            header.priority(),
            header.tid(),
            front,
            middle,
            preamble.data());
    payload = preamble.data() == 0 ? PayloadReceiver.none() : sink.onHead(head);
    state = State.DATA;
    if (stopped) {
      payload.discard();
      payload = null;
    }
  }

  private void dataDone() {
    if (preamble.segments() > 1) {
      expect(State.EPILOGUE, Epilogue.BYTES);
    } else {
      deliver();
    }
  }

  private void epilogueDone() {
    Epilogue epilogue = Epilogue.decode(target);
    if (!epilogue.complete()) {
      payload.discard();
      payload = null;
      expect(State.PREAMBLE, Preamble.BYTES);
      return;
    }
    check("front", epilogue.frontCrc(), Crc32c.update(Crc32c.SEED, head.front()));
    if (preamble.segments() > 2) {
      check("middle", epilogue.middleCrc(), Crc32c.update(Crc32c.SEED, head.middle()));
    }
    if (preamble.segments() > 3) {
      check("data", epilogue.dataCrc(), payload.crc());
    }
    deliver();
  }

  private void check(String segment, int sent, int received) {
    if (sent != received) {
      throw new MalformedInputException(
          "message 0x"
              + Integer.toHexString(header.type())
              + " tid "
              + header.tid()
              + " with a wrong checksum of its "
              + segment
              + " segment: 0x"
              + Integer.toHexString(sent)
              + " sent, 0x"
              + Integer.toHexString(received)
              + " received");
    }
  }

  private void deliver() {
    PayloadReceiver whole = payload;
    payload = null;
    smallInARow = whole.direct() ? 0 : smallInARow + 1;
    expect(State.PREAMBLE, Preamble.BYTES);
    sink.onMessage(header, head, whole);
  }

  @Override
  public String toString() {
    return state + (preamble == null ? "" : " of " + preamble);
  }
}
