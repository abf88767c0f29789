package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Inspection;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.PayloadPlan;
import io.sluice.messenger.PieceSink;
import io.sluice.messenger.Sendable;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** One end of a simulated connection: messages arrive in order, or the connection ends. */
final class SimConnection implements Connection {
  private record Arrival(MessageHead head, byte[] data) {}

  private final Deque<Arrival> inbox = new ArrayDeque<>();
  private PieceSink streaming;
  private final SimNetwork network;
  private final SimMessenger owner;
  private final Dispatcher dispatcher;
  private final EntityName peer;
  private final Loop loop;
  private SimConnection other;
  private SimProcess peerProcess;
  private Object attachment;
  private boolean over;
  private long lastArrival;

  SimConnection(SimMessenger owner, Dispatcher dispatcher, EntityName peer, Loop loop) {
    this.network = owner.network();
    this.owner = owner;
    this.dispatcher = dispatcher;
    this.peer = peer;
    this.loop = loop;
  }

  void joinWith(SimConnection otherEnd) {
    other = otherEnd;
    peerProcess = otherEnd.process();
  }

  void peerIs(SimProcess process) {
    peerProcess = process;
  }

  SimProcess process() {
    return owner.process();
  }

  SimProcess peerProcess() {
    return peerProcess;
  }

  boolean isOver() {
    return over;
  }

  void ready() {
    loop.execute(
        () -> {
          if (!over) {
            dispatcher.onReady(this);
          }
        });
  }

  @Override
  public void send(Envelope message) {
    try (message) {
      if (over || !process().isAlive()) {
        return;
      }
      Sendable.check(message);
      byte[] data = message.data().toByteArray(null, Inspection.DEBUG);
      SimScheduler scheduler = network.scheduler();
      long latency = scheduler.between(SimNetwork.LATENCY_MIN, SimNetwork.LATENCY_MAX);
      lastArrival = Math.max(lastArrival + 1, scheduler.nanos() + latency);
      MessageHead head = MessageHead.of(message);
      scheduler.at(lastArrival, () -> arrive(head, data));
    }
  }

  private void arrive(MessageHead head, byte[] data) {
    boolean lost = over || other == null || other.over;
    if (lost || network.isCut(process().toString(), peerProcess.toString())) {
      return;
    }
    SimConnection to = other;
    network.scheduler().trace(head.type() * 31L + Crc32c.update(-1, head.front()));
    to.loop.execute(
        () -> {
          if (!to.over) {
            to.deliver(head, data);
          }
        });
  }

  private void deliver(MessageHead head, byte[] data) {
    inbox.add(new Arrival(head, data));
    if (inbox.size() == 1) {
      begin(inbox.peek());
    }
  }

  private void begin(Arrival arrival) {
    MessageHead head = arrival.head();
    PayloadPlan plan =
        arrival.data().length == 0 ? PayloadPlan.memory(0) : dispatcher.plan(this, head);
    ChecksumVector sums = ChecksumVector.of(arrival.data(), 0, arrival.data().length);
    List<IncomingMessage.Run> runs = new ArrayList<>();
    long at = 0;
    for (PayloadPlan.Run run : plan.runs()) {
      byte[] bytes = Arrays.copyOfRange(arrival.data(), (int) at, (int) (at + run.length()));
      at += run.length();
      if (run instanceof PayloadPlan.Stream stream) {
        streaming = stream.sink();
        sums = ChecksumVector.of(bytes, 0, bytes.length);
        runs.add(new IncomingMessage.Run(new BufferList(), sums, stream.sink(), stream.length()));
        piece(arrival, runs, bytes, 0);
      } else {
        runs.add(new IncomingMessage.Run(BufferList.wrap(bytes), null));
      }
    }
    if (streaming == null) {
      complete(arrival, runs);
    }
  }

  /** The next piece of a streamed payload, some time after the last one; other messages wait. */
  private void piece(Arrival arrival, List<IncomingMessage.Run> runs, byte[] bytes, int from) {
    if (over) {
      return;
    }
    SimScheduler scheduler = network.scheduler();
    int blocks = 1 + scheduler.random().nextInt(4);
    int count = Math.min(bytes.length - from, blocks * ChecksumVector.BLOCK);
    byte[] part = Arrays.copyOfRange(bytes, from, from + count);
    streaming.claimPiece(BufferList.wrap(part), ChecksumVector.of(part, 0, count));
    int next = from + count;
    Runnable goOn =
        next < bytes.length
            ? () -> piece(arrival, runs, bytes, next)
            : () -> complete(arrival, runs);
    loop.schedule(scheduler.between(0, SimNetwork.LATENCY_MAX), goOn);
  }

  private void complete(Arrival arrival, List<IncomingMessage.Run> runs) {
    if (over) {
      return;
    }
    streaming = null;
    int crc = Crc32c.update(-1, arrival.data());
    dispatcher.onMessage(this, new IncomingMessage(arrival.head(), runs, crc));
    inbox.poll();
    if (!inbox.isEmpty() && !over) {
      begin(inbox.peek());
    }
  }

  private void giveUp() {
    if (streaming != null) {
      streaming.abort();
      streaming = null;
    }
    inbox.clear();
  }

  /** Our process is gone. */
  void vanish() {
    over = true;
    if (other != null) {
      SimConnection peerEnd = other;
      network
          .scheduler()
          .after(SimNetwork.LATENCY_MIN, () -> peerEnd.end("receive: Connection reset by peer"));
    }
  }

  /** The wire breaks: both ends notice, each in its time. */
  void breakOff() {
    SimScheduler scheduler = network.scheduler();
    SimConnection peerEnd = other;
    scheduler.after(scheduler.between(0, 50_000_000L), () -> end("broken"));
    if (peerEnd != null) {
      scheduler.after(scheduler.between(0, 50_000_000L), () -> peerEnd.end("broken"));
    }
  }

  void end(String reason) {
    if (!over) {
      over = true;
      loop.execute(
          () -> {
            giveUp();
            dispatcher.onClosed(this, reason);
          });
      if (other != null) {
        SimConnection peerEnd = other;
        network.scheduler().after(SimNetwork.LATENCY_MAX, () -> peerEnd.end("closed by the peer"));
      }
    }
  }

  @Override
  public EntityName peerName() {
    return peer;
  }

  @Override
  public AddrVec peerAddrs() {
    return AddrVec.EMPTY;
  }

  @Override
  public String remote() {
    return peer.toString();
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
    return 0;
  }

  @Override
  public void pauseReading() {}

  @Override
  public void resumeReading() {}

  @Override
  public void close(String reason) {
    end(reason);
  }

  @Override
  public <T> T attachment(Class<T> type) {
    return type.cast(attachment);
  }

  @Override
  public void attach(Object newAttachment) {
    attachment = newAttachment;
  }
}
