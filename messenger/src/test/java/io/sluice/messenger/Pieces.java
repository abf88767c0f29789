package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.PipePool;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes a streamed payload and notes what it was given. */
final class Pieces implements PieceSink {
  private final PipePool pipes;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<String> faults = new ArrayList<>();
  private volatile boolean unaligned;
  final AtomicInteger count = new AtomicInteger();
  final AtomicInteger aborts = new AtomicInteger();

  /** Runs after each piece, on the connection's loop. */
  volatile Runnable afterEach = () -> {};

  Pieces(PipePool pipes) {
    this.pipes = pipes;
  }

  @Override
  public void claimPiece(BufferList piece, ChecksumVector checksums) {
    try (piece) {
      byte[] part = piece.toByteArray(pipes, Inspection.COMPARE);
      if (unaligned) {
        faults.add("a piece after one that ended inside a block");
      }
      unaligned = part.length % ChecksumVector.BLOCK != 0;
      if (!ChecksumVector.of(part, 0, part.length).equals(checksums)) {
        faults.add("wrong checksums at " + bytes.size());
      }
      bytes.writeBytes(part);
    }
    count.incrementAndGet();
    afterEach.run();
  }

  @Override
  public void abort() {
    aborts.incrementAndGet();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  List<String> faults() {
    return faults;
  }
}
