package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Hands a run over piece by piece as it comes: a piece is a full pipe, or as much memory.
 *
 * <p><b>Invariants:</b> a piece ends on a block boundary, or with the run: where a pipe is full in
 * the middle of a block (a sender that does not align), the rest of the block is read into memory,
 * and the next pipe begins aligned again. After each piece the caller looks whether its taker has
 * paused the connection.
 *
 * <p><b>Modes:</b> as {@link PipeRun}.
 *
 * <p><b>Threads:</b> the connection's loop. <b>Owns</b> the piece being received; the others are
 * the sink's, which is told when they were in vain.
 */
final class StreamRun implements RunReceiver {
  /** A full pipe of whole pages; short enough that two of them overlap in the usual object. */
  private static final int PIECE_BYTES = PipePool.PIPE_BYTES;

  /** What came with a head waits for the first pipe: a message of its own would cost more. */
  private static final int PIECE_MIN = 64 << 10;

  /** A sender of tiny segments fills pipes with next to nothing: the rest of a piece is memory. */
  private static final int PIPES_OF_PIECE = 2;

  private static final int BLOCK = ChecksumVector.BLOCK;

  private final ReceiveContext context;
  private final PayloadPlan.Stream plan;
  private final ChecksumScanner scanner;
  private BufferList piece = new BufferList();
  private int pipesInPiece;
  private long memoryInPiece;
  private long handedOver;
  private long left;
  private PipeFill pipe;
  private MemoryFill memory;
  private ChecksumVector vector;

  StreamRun(ReceiveContext context, PayloadPlan.Stream plan) {
    this.context = context;
    this.plan = plan;
    this.left = plan.length();
    this.scanner = plan.known() == null ? new ChecksumScanner(left) : null;
  }

  @Override
  public long length() {
    return plan.length();
  }

  @Override
  public long remaining() {
    return left;
  }

  @Override
  public void take(ByteBuffer bytes) {
    while (left > 0 && bytes.hasRemaining()) {
      if (memory == null) {
        // Whole blocks, so that the first pipe begins at a page of the sender's.
        openMemory((bytes.remaining() + BLOCK - 1L) / BLOCK * BLOCK);
      }
      long before = memory.left();
      memory.take(bytes);
      tookInMemory(before - memory.left());
    }
  }

  @Override
  public long receive(int socket) throws IOException {
    if (memory == null && pipe == null) {
      open();
    }
    if (memory != null) {
      long count = memory.receive(socket);
      tookInMemory(Math.max(0, count));
      return count;
    }
    long count = pipe.receive(socket);
    if (count > 0) {
      left -= count;
    }
    if (count == PipeFill.FULL || count > 0 && pipe.room() == 0) {
      seal();
    }
    return count == PipeFill.FULL ? -Sys.EINTR : count; // there is more, if the taker wants it
  }

  private void open() {
    long room = Math.min(left, PIECE_BYTES - piece.length());
    if (plan.carrier() == PayloadPlan.Carrier.PIPES && pipesInPiece < PIPES_OF_PIECE) {
      Pipe[] pipes = context.tryAcquirePipes(1);
      if (pipes != null) {
        pipe = new PipeFill(context, pipes[0], room);
        return;
      }
    }
    openMemory(room);
  }

  private void openMemory(long room) {
    boolean slots = plan.carrier() != PayloadPlan.Carrier.MEMORY;
    memory = new MemoryFill(context, Math.min(left, room), scanner, slots);
  }

  private void tookInMemory(long count) {
    left -= count;
    memoryInPiece += count;
    if (memory.left() == 0) {
      piece.claimAppend(memory.claim());
      memory = null;
      grown();
    }
  }

  /** The pipe is full, or has what it shall have. */
  private void seal() throws IOException {
    PipeSegment segment = pipe.claim();
    pipe = null;
    pipesInPiece++;
    BufferList looked = new BufferList().claimAppend(segment);
    try {
      if (scanner != null) {
        context.memory().window().scan(looked, scanner, context.meter());
      }
      piece.claimAppend(looked);
    } finally {
      looked.close();
    }
    grown();
  }

  private void grown() {
    long inBlock = (plan.length() - left) % BLOCK;
    if (left > 0 && inBlock > 0) {
      openMemory(BLOCK - inBlock);
    } else if (left == 0 || piece.length() >= PIECE_MIN) {
      handOver();
    }
  }

  private void handOver() {
    long from = handedOver;
    BufferList whole = piece;
    piece = new BufferList();
    handedOver += whole.length();
    context.meter().copied(CopyMeter.Copy.RECV, memoryInPiece);
    if (scanner != null && memoryInPiece >= MessengerLimits.COPY_COUNTED_MIN) {
      context.meter().read(Inspection.CRC, memoryInPiece);
    }
    memoryInPiece = 0;
    pipesInPiece = 0;
    ChecksumVector soFar = scanner == null || left == 0 ? vector() : scanner.whole();
    plan.sink().claimPiece(whole, soFar.slice(from, whole.length()));
  }

  @Override
  public int crc() {
    return vector().combined(Crc32c.SEED);
  }

  private ChecksumVector vector() {
    if (vector == null) {
      vector = scanner == null ? plan.known() : scanner.finish();
    }
    return vector;
  }

  @Override
  public IncomingMessage.Run claim() {
    return new IncomingMessage.Run(new BufferList(), vector(), plan.sink(), plan.length());
  }

  @Override
  public void discard() {
    if (pipe != null) {
      pipe.discard();
      pipe = null;
    }
    if (memory != null) {
      memory.discard();
      memory = null;
    }
    piece.close();
    plan.sink().abort();
  }

  @Override
  public String toString() {
    return "StreamRun[" + (plan.length() - left) + " of " + plan.length() + ", " + piece + "]";
  }
}
