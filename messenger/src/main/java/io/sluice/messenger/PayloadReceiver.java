package io.sluice.messenger;

import io.sluice.bufferlist.Crc32c;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Receives the data segment of one message, run by run as its plan says.
 *
 * <p><b>Threads:</b> the connection's loop. <b>Owns</b> what was received until {@link #claimRuns}.
 */
final class PayloadReceiver {
  private final List<RunReceiver> runs;
  private final long length;
  private final boolean direct;
  private long left;
  private int current;
  private Integer crc;

  private PayloadReceiver(List<RunReceiver> runs, long length) {
    this.runs = runs;
    this.length = length;
    this.left = length;
    this.direct = length > MessengerLimits.SMALL_DATA;
  }

  /** A message without data. */
  static PayloadReceiver none() {
    return new PayloadReceiver(List.of(), 0);
  }

  /**
   * @throws IllegalArgumentException when the plan is not for a segment of {@code length} bytes
   */
  static PayloadReceiver of(PayloadPlan plan, long length, ReceiveContext context) {
    if (plan.length() != length) {
      throw new IllegalArgumentException(
          "plan for " + plan.length() + " bytes, the data segment has " + length);
    }
    List<RunReceiver> runs = new ArrayList<>(plan.runs().size());
    ReceiveContext paid = context.paidBy(plan.payer());
    for (PayloadPlan.Run run : plan.runs()) {
      runs.add(receiver(run, paid));
    }
    return new PayloadReceiver(runs, length);
  }

  private static RunReceiver receiver(PayloadPlan.Run run, ReceiveContext context) {
    if (run instanceof PayloadPlan.Into into) {
      return new IntoRun(context.sys(), context.meter(), into.target());
    }
    if (run instanceof PayloadPlan.Pipes pipes) {
      return PipeRun.reserve(context, pipes);
    }
    if (run instanceof PayloadPlan.Stream stream) {
      return new StreamRun(context, stream);
    }
    return new MemoryRun(context, run.length());
  }

  long left() {
    return left;
  }

  boolean done() {
    return left == 0;
  }

  /** True when the bytes are to be received by {@link #receive}, not together with heads. */
  boolean direct() {
    return direct;
  }

  /** Bytes received together with the head: takes as many as belong to this segment. */
  void take(ByteBuffer received) {
    while (left > 0 && received.hasRemaining()) {
      RunReceiver run = run();
      long before = run.remaining();
      run.take(received);
      left -= before - run.remaining();
    }
  }

  /** As {@link RunReceiver#receive}. */
  long receive(int socket) throws IOException {
    long count = run().receive(socket);
    if (count > 0) {
      left -= count;
    }
    return count;
  }

  private RunReceiver run() {
    while (runs.get(current).remaining() == 0) {
      current++;
    }
    return runs.get(current);
  }

  /** Of the whole segment (seed -1), once it has come. */
  int crc() {
    if (crc == null) {
      int all = Crc32c.SEED;
      for (RunReceiver run : runs) {
        all = Crc32c.concat(all, run.crc(), run.length());
      }
      crc = all;
    }
    return crc;
  }

  /** The runs, now the caller's. */
  List<IncomingMessage.Run> claimRuns() {
    List<IncomingMessage.Run> claimed = new ArrayList<>(runs.size());
    for (RunReceiver run : runs) {
      claimed.add(run.claim());
    }
    return claimed;
  }

  void discard() {
    runs.forEach(RunReceiver::discard);
  }

  @Override
  public String toString() {
    return (length - left) + " of " + length + " bytes of data";
  }
}
