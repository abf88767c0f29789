package io.sluice.messenger;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.MalformedInputException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Decides, before the first byte of a message's data segment is read, where each run of it goes.
 *
 * <p><b>Invariant:</b> the runs' lengths add up to the length of the data segment.
 *
 * @param payer who counts what happens to these bytes, beside the connection; null = nobody
 */
public record PayloadPlan(List<Run> runs, CopyMeter payer) {
  /** Where one run of the data segment goes. */
  public sealed interface Run permits Memory, Pipes, Stream, Into {
    /** Bytes. */
    long length();
  }

  /** Into fresh memory. */
  public record Memory(long length) implements Run {}

  /**
   * Spliced into pipes of the messenger's pool; into memory instead (counted) when the budget is
   * spent.
   *
   * @param known checksums of the run that the sender vouches for, whose combination is checked
   *     against the frame's epilogue and no byte is read; or null: every byte is checked on arrival
   *     through a window
   */
  public record Pipes(long length, ChecksumVector known) implements Run {
    public Pipes {
      checkCovers(known, length);
    }
  }

  /** What a streamed run's pieces are received into. */
  public enum Carrier {
    /** Pipes; memory, piece by piece, while there are none (counted). */
    PIPES,
    /** Memory files, which can be sent on as pages. */
    SLOTS,
    /** Plain memory. */
    MEMORY
  }

  /**
   * Handed over piece by piece as it comes.
   *
   * @param known as for {@link Pipes}
   * @param sink takes the pieces; told of the end one way or the other
   */
  public record Stream(long length, ChecksumVector known, Carrier carrier, PieceSink sink)
      implements Run {
    public Stream {
      checkCovers(known, length);
    }
  }

  private static void checkCovers(ChecksumVector known, long length) {
    if (known != null && known.length() != length) {
      // The vector came from outside: the connection ends, no more.
      throw new MalformedInputException(
          "checksums of " + known.length() + " bytes for a run of " + length);
    }
  }

  /** Received straight into the caller's direct buffer, which has room for exactly the run. */
  public record Into(ByteBuffer target) implements Run {
    @Override
    public long length() {
      return target.remaining();
    }
  }

  public PayloadPlan {
    runs = List.copyOf(runs);
  }

  /** Paid by the connection alone. */
  public PayloadPlan(List<Run> runs) {
    this(runs, null);
  }

  /** The same, with another who counts what happens to the bytes from the first one on. */
  public PayloadPlan paidBy(CopyMeter owner) {
    return new PayloadPlan(runs, owner);
  }

  public static PayloadPlan memory(long length) {
    return new PayloadPlan(length == 0 ? List.of() : List.of(new Memory(length)));
  }

  public long length() {
    long sum = 0;
    for (Run run : runs) {
      sum += run.length();
    }
    return sum;
  }
}
