package io.sluice.monitor;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.messenger.Connection;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.protocol.Message;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** A connection that keeps what is sent over it, for a test to read. */
final class FakeConnection implements Connection {
  /** A message sent to the peer, its payload in an array. */
  record Sent(int type, int version, long tid, byte[] front, byte[] data) {}

  private final EntityName peer;
  private final AddrVec addrs;
  private final Loop loop;
  private final List<Sent> sent = new ArrayList<>();
  String closedBecause;
  long queuedBytes;

  FakeConnection(EntityName peer, AddrVec addrs, Loop loop) {
    this.peer = peer;
    this.addrs = addrs;
    this.loop = loop;
  }

  /** The message as the messenger would hand it in. */
  static IncomingMessage incoming(Message message) {
    return incoming(message.toEnvelope());
  }

  static IncomingMessage incoming(Envelope message) {
    IncomingMessage.Run data = new IncomingMessage.Run(message.data(), null);
    return new IncomingMessage(MessageHead.of(message), List.of(data), 0);
  }

  /** Takes the messages of a type sent since the last call, decoded. */
  <T> List<T> take(int type, BiFunction<Integer, byte[], T> decode) {
    List<T> found =
        sent.stream()
            .filter(m -> m.type() == type)
            .map(m -> decode.apply(m.version(), m.front()))
            .toList();
    sent.removeIf(m -> m.type() == type);
    return found;
  }

  /** Takes the only message of a type, raw. */
  Sent takeOne(int type) {
    List<Sent> found = sent.stream().filter(m -> m.type() == type).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " messages of type " + type + " among " + sent);
    }
    sent.removeAll(found);
    return found.get(0);
  }

  /** What was sent so far is of no interest. */
  void forget() {
    sent.clear();
  }

  @Override
  public void send(Envelope message) {
    try (BufferList data = message.data()) {
      byte[] bytes = data.toByteArray(null, Inspection.DEBUG);
      sent.add(new Sent(message.type(), message.version(), message.tid(), message.front(), bytes));
    }
  }

  @Override
  public void close(String reason) {
    closedBecause = closedBecause == null ? reason : closedBecause;
  }

  @Override
  public EntityName peerName() {
    return peer;
  }

  @Override
  public AddrVec peerAddrs() {
    return addrs;
  }

  @Override
  public String peerAuthId() {
    return peer.type() == EntityName.CLIENT ? "admin" : "";
  }

  @Override
  public String remote() {
    return "test";
  }

  @Override
  public Loop loop() {
    return loop;
  }

  @Override
  public boolean aligned() {
    return false;
  }

  @Override
  public boolean checksumVectors() {
    return false;
  }

  @Override
  public long queuedBytes() {
    return queuedBytes;
  }

  @Override
  public <T> T attachment(Class<T> type) {
    return null;
  }

  @Override
  public void attach(Object attachment) {}
}
