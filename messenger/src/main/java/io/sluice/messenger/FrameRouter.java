package io.sluice.messenger;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import org.slf4j.event.Level;

/**
 * Takes what a connection's parser finds to whom it concerns: the handshake until it is done, the
 * dispatcher afterwards; answers keepalives itself.
 *
 * <p><b>Threads:</b> the connection's loop.
 */
final class FrameRouter implements FrameParser.Sink, Handshake.Session {
  private final EpollConnection connection;
  private Dispatcher dispatcher;
  private LosslessSession session;
  private final Faults faults;
  private ReceiveContext receiving;
  private final EntityAddr remoteAddr;
  private Handshake handshake;
  private CopyMeter payer;
  private boolean ready;
  private Received received = new Received();

  FrameRouter(
      EpollConnection connection,
      Dispatcher dispatcher,
      Faults faults,
      ReceiveContext receiving,
      EntityAddr remoteAddr) {
    this.connection = connection;
    this.dispatcher = dispatcher;
    this.faults = faults;
    this.receiving = receiving;
    this.remoteAddr = remoteAddr;
  }

  void use(Handshake theHandshake) {
    handshake = theHandshake;
  }

  /** What comes belongs to that session. */
  void carry(LosslessSession theSession) {
    session = theSession;
    dispatcher = theSession.wireEvents();
    received = theSession.received();
  }

  /** The session that the connection carries, or null. */
  LosslessSession session() {
    return session;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  /** Who counts what is sent and received, once the peer has said who it is. */
  CopyMeter payer() {
    return payer;
  }

  /** The seq of the last message received, which the next one sent acknowledges. */
  long takeAckSeq() {
    return received.takeAck();
  }

  /** Tells the peer, when there is something to tell. */
  void sendAck() {
    if (received.isUntold()) {
      sendFrame(ControlFrame.encode(Tag.ACK, new Encoder().le64(takeAckSeq())));
    }
  }

  /**
   * Asks whether the peer is there: {@code le32 seconds | le32 nanoseconds}, which it sends back.
   */
  void sendKeepalive() {
    long nanos = connection.loop().clock().wallNanos();
    Encoder stamp =
        new Encoder().le32((int) (nanos / 1_000_000_000)).le32((int) (nanos % 1_000_000_000));
    sendFrame(ControlFrame.encode(Tag.KEEPALIVE2, stamp));
  }

  /**
   * Who made the connection asks. An OSD stops reading from clients for as long as it has too much
   * in hand; everybody else answers.
   */
  ConnectionWatch.Keepalive keepalive() {
    if (!(handshake instanceof ConnectHandshake)) {
      return ConnectionWatch.Keepalive.NONE;
    }
    boolean pausing = connection.peerName().type() == EntityName.OSD && session == null;
    return pausing ? ConnectionWatch.Keepalive.ASK : ConnectionWatch.Keepalive.INSIST;
  }

  @Override
  public void sendFrame(byte[] frame) {
    connection.sendFrame(frame);
  }

  @Override
  public EntityAddr remoteAddr() {
    return remoteAddr;
  }

  @Override
  public void ready(RemotePeer peer) {
    ready = true;
    payer = EpollMessenger.acquirePayer(receiving.pipes(), peer.name());
    receiving = receiving.of(peer.name().type() == EntityName.CLIENT, payer);
    connection.ready(peer, handshake.checksumVectors());
    dispatcher.onReady(connection);
  }

  @Override
  public void onBanner(long supported, long required) {
    handshake.onBanner(supported, required);
  }

  @Override
  public void onControl(int tag, Decoder payload) {
    if (!ready) {
      handshake.onFrame(tag, payload);
      return;
    }
    switch (tag) {
      case Tag.KEEPALIVE2 ->
          sendFrame(
              ControlFrame.encode(
                  Tag.KEEPALIVE2_ACK, new Encoder().le32(payload.le32()).le32(payload.le32())));
      case Tag.ACK -> acknowledged(payload.le64());
      case Tag.KEEPALIVE2_ACK -> {
        // That it came is all.
      }
      default -> throw new MalformedInputException(Tag.name(tag) + " frame on an open connection");
    }
  }

  /** On a lossy session nothing that was sent is kept. */
  private void acknowledged(long seq) {
    if (session != null) {
      session.acknowledged(seq);
    }
  }

  @Override
  public void onHeader(int frontLength) {
    checkReady();
    boolean client = connection.peerName().type() == EntityName.CLIENT;
    if (client && frontLength > MessengerLimits.CLIENT_FRONT_MAX) {
      throw new MalformedInputException(
          "front of "
              + frontLength
              + " bytes, "
              + MessengerLimits.CLIENT_FRONT_MAX
              + " allowed to clients");
    }
  }

  @Override
  public PayloadReceiver onHead(MessageHead head) {
    try {
      return PayloadReceiver.of(dispatcher.plan(connection, head), head.dataLength(), receiving);
    } catch (MalformedInputException e) {
      if (session != null) {
        session.reset(SessionCounters.Reset.BAD_MESSAGE, e.getMessage()); // or it comes for ever
      }
      throw e;
    }
  }

  @Override
  public void onMessage(MessageHeader header, MessageHead head, PayloadReceiver payload) {
    long expected = received.inSeq() + 1;
    if (session != null && header.seq() < expected) {
      payload.discard();
      session.duplicate(header.seq());
      return;
    }
    if (header.seq() < expected || session != null && header.seq() > expected) {
      payload.discard();
      throw new MalformedInputException(
          "message with seq " + header.seq() + " after " + received.inSeq());
    }
    if (faults.drops()) {
      payload.discard();
      connection.end("injected fault: the connection is dropped", Level.INFO);
      return;
    }
    try {
      acknowledged(header.ackSeq());
    } catch (MalformedInputException e) {
      payload.discard();
      throw e;
    }
    received.handedUp(header.seq(), head.dataLength() + head.front().length);
    long delayNanos = faults.delayNanos(connection.peerName().type());
    if (delayNanos > 0) {
      connection.rest(delayNanos);
    }
    IncomingMessage message =
        new IncomingMessage(head, payload.claimRuns(), payload.crc()).handOver();
    try {
      dispatcher.onMessage(connection, message);
    } catch (RuntimeException e) {
      if (e instanceof MalformedInputException) {
        message.close();
      }
      if (session != null) {
        // It counts as received, so that nobody sends it again.
        session.reset(SessionCounters.Reset.BAD_MESSAGE, e.getMessage());
      }
      throw e;
    }
    if (received.isDue(session != null)) {
      sendAck();
    } else if (session != null) {
      session.acknowledgeSoon();
    }
  }

  private void checkReady() {
    if (!ready) {
      throw new MalformedInputException(
          "message before the handshake is done, after " + handshake.progress());
    }
  }

  /** How far the handshake came, for logs. */
  String progress() {
    return handshake.progress();
  }
}
