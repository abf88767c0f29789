package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.PayloadPlan;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.Message;
import io.sluice.protocol.MessageType;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.Loop;
import java.util.ArrayList;
import java.util.List;

/** The test's end of a connection: what the client sent, and what the test answers. */
final class FakeConnection implements Connection {
  /** A message that the client sent. */
  record Sent(MessageHead head, byte[] data, Integer crc) {}

  final EntityName peer;
  final AddrVec addrs;
  final List<Sent> sent = new ArrayList<>();
  String closed;
  boolean vectors;
  private final Dispatcher dispatcher;
  private final Loop loop;

  FakeConnection(EntityName peer, AddrVec addrs, Dispatcher dispatcher, Loop loop) {
    this.peer = peer;
    this.addrs = addrs;
    this.dispatcher = dispatcher;
    this.loop = loop;
  }

  void ready() {
    dispatcher.onReady(this);
  }

  void deliver(Message message) {
    deliver(message.toEnvelope());
  }

  private void deliver(Envelope e) {
    MessageHead head = MessageHead.of(e);
    dispatcher.plan(this, head);
    dispatcher.onMessage(
        this, new IncomingMessage(head, List.of(new IncomingMessage.Run(e.data(), null)), 0));
  }

  PayloadPlan plan(MessageHead head) {
    return dispatcher.plan(this, head);
  }

  void message(IncomingMessage message) {
    dispatcher.onMessage(this, message);
  }

  /** The peer ends the connection. */
  void breakOff(String reason) {
    if (closed == null) {
      closed = reason;
      dispatcher.onClosed(this, reason);
    }
  }

  /** The operations sent, in order. */
  List<MOSDOp> ops() {
    return sent.stream()
        .filter(m -> m.head().type() == MessageType.OSD_OP)
        .map(
            m ->
                MOSDOp.decode(
                    m.head().version(), m.head().tid(), m.head().front(), m.head().dataLength()))
        .toList();
  }

  List<Long> tids() {
    return ops().stream().map(MOSDOp::tid).toList();
  }

  /** Answers the last attempt at an operation. */
  void answer(long tid, int result, int epoch) {
    List<MOSDOp> attempts = ops().stream().filter(op -> op.tid() == tid).toList();
    deliver(MOSDOpReply.to(attempts.get(attempts.size() - 1), result, epoch));
  }

  /** What comes before the bytes of a read that was answered. */
  static MessageHead replyHead(MOSDOp read, int epoch, int length) {
    MOSDOpReply reply = MOSDOpReply.to(read, 0, epoch);
    reply = reply.withResults(List.of(reply.ops().get(0).withData(new byte[length])), List.of(0));
    try (Envelope envelope = reply.toEnvelope()) {
      return MessageHead.of(envelope);
    }
  }

  @Override
  public void send(Envelope message) {
    if (closed != null) {
      message.close();
      return;
    }
    try (BufferList data = message.data()) {
      MessageHead head = MessageHead.of(message);
      sent.add(new Sent(head, data.toByteArray(null, Inspection.DEBUG), message.dataCrc()));
    }
  }

  @Override
  public void close(String reason) {
    breakOff(reason);
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
  public String remote() {
    return "test";
  }

  @Override
  public Loop loop() {
    return loop;
  }

  @Override
  public boolean aligned() {
    return true;
  }

  @Override
  public boolean checksumVectors() {
    return vectors;
  }

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public <T> T attachment(Class<T> type) {
    return null;
  }

  @Override
  public void attach(Object attachment) {}
}
