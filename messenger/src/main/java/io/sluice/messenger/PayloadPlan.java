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
  public sealed interface Run permits Memory, Pipes, Into {
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
      if (known != null && known.length() != length) {
        // The vector came from outside: the connection ends, no more.
        throw new MalformedInputException(
            "checksums of " + known.length() + " bytes for a run of " + length);
      }
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
    return runs.stream().mapToLong(Run::length).sum();
  }
}
