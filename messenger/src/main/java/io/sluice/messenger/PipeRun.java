package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Splices a run from the socket into pipes: nobody in user space touches a byte.
 *
 * <p>Pipes are reserved before the first byte, all the run should need. When more are needed and
 * none is to be had, the rest goes to memory, counted as a fallback.
 *
 * <p><b>Modes:</b> with checksums {@code known} from the sender no byte is read here, and their
 * combination stands for the run in the frame's checksum; without, each full pipe is shown to the
 * loop's window.
 *
 * <p><b>Threads:</b> the connection's loop. <b>Owns</b> the pipes until {@link #claim}; on failure
 * those with bytes in them are closed, as a {@link PipeSegment} does.
 */
final class PipeRun implements RunReceiver {
  private static final int BLOCK = ChecksumVector.BLOCK;

  private final ReceiveContext context;
  private final long length;
  private final ChecksumVector known;
  private final ChecksumScanner scanner;
  private final Deque<Pipe> reserved = new ArrayDeque<>();
  private final BufferList received = new BufferList();
  private long left;
  private PipeFill pipe;
  private long inMemory;
  private MemoryFill start;
  private MemoryFill rest;
  private ChecksumVector vector;

  private PipeRun(ReceiveContext context, PayloadPlan.Pipes plan, Pipe[] pipes) {
    this.context = context;
    this.length = plan.length();
    this.left = length;
    this.known = plan.known();
    this.scanner = known == null ? new ChecksumScanner(length) : null;
    reserved.addAll(Arrays.asList(pipes));
  }

  /** Into memory instead when the pipes are not to be had, which their pool counts. */
  static RunReceiver reserve(ReceiveContext context, PayloadPlan.Pipes plan) {
    int count = (int) ((plan.length() + PipePool.PIPE_BYTES - 1) / PipePool.PIPE_BYTES);
    Pipe[] pipes = context.tryAcquirePipes(count);
    return pipes == null
        ? new MemoryRun(context, plan.length())
        : new PipeRun(context, plan, pipes);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public long remaining() {
    return left;
  }

  @Override
  public void take(ByteBuffer bytes) {
    if (start == null) {
      // Whole blocks, so that the first pipe begins at a page of the sender's.
      long taken = Math.min(left, bytes.remaining());
      start = new MemoryFill(context, Math.min(left, (taken + BLOCK - 1) / BLOCK * BLOCK), scanner);
    }
    long before = start.left();
    start.take(bytes);
    tookInMemory(before - start.left());
  }

  private void tookInMemory(long count) {
    left -= count;
    inMemory += count;
    if (start != null && start.left() == 0) {
      received.claimAppend(start.claim());
      start = null;
    }
  }

  @Override
  public long receive(int socket) throws IOException {
    if (start != null) {
      long count = start.receive(socket);
      tookInMemory(Math.max(0, count));
      return count;
    }
    while (nextPipe()) {
      long count = pipe.receive(socket);
      if (count > 0) {
        left -= count;
      }
      if (count == PipeFill.FULL || left == 0) {
        seal();
      }
      if (count != PipeFill.FULL) {
        return count;
      }
    }
    return receiveRest(socket);
  }

  /** False when the rest has to go to memory. */
  private boolean nextPipe() {
    if (pipe == null && rest == null) {
      Pipe next = reserved.poll();
      if (next == null) {
        Pipe[] more = context.tryAcquirePipes(1);
        next = more == null ? null : more[0];
      }
      pipe = next == null ? null : new PipeFill(context, next, left);
    }
    return pipe != null;
  }

  /** The pipe is full, or the run complete. */
  private void seal() throws IOException {
    PipeSegment segment = pipe.claim();
    pipe = null;
    if (scanner == null) {
      received.claimAppend(segment);
      return;
    }
    BufferList looked = new BufferList().claimAppend(segment);
    try {
      context.memory().window().scan(looked, scanner, context.meter());
      received.claimAppend(looked);
    } finally {
      looked.close();
    }
  }

  private long receiveRest(int socket) {
    if (rest == null) {
      rest = new MemoryFill(context, left, scanner);
    }
    long count = rest.receive(socket);
    tookInMemory(Math.max(0, count));
    return count;
  }

  @Override
  public int crc() {
    return vector().combined(Crc32c.SEED);
  }

  private ChecksumVector vector() {
    if (vector == null) {
      vector = known != null ? known : scanner.finish();
    }
    return vector;
  }

  @Override
  public IncomingMessage.Run claim() {
    if (rest != null) {
      received.claimAppend(rest.claim());
    }
    if (inMemory > 0) {
      context.meter().copied(CopyMeter.Copy.RECV, inMemory);
    }
    reserved.forEach(Pipe::recycle);
    reserved.clear();
    return new IncomingMessage.Run(received, vector());
  }

  @Override
  public void discard() {
    reserved.forEach(Pipe::recycle);
    reserved.clear();
    if (pipe != null) {
      pipe.discard();
      pipe = null;
    }
    if (start != null) {
      start.discard();
    }
    if (rest != null) {
      rest.discard();
    }
    received.close();
  }

  @Override
  public String toString() {
    return "PipeRun[" + (length - left) + " of " + length + ", " + received + "]";
  }
}
