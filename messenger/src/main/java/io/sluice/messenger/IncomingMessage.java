package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.types.Envelope;
import java.util.List;

/**
 * A whole message whose checksums held.
 *
 * <p><b>Owns</b> the runs; the dispatcher that is handed the message closes it (or claims the
 * runs).
 *
 * @param runs one per run of the payload plan, in order; an {@code Into} run is empty here, its
 *     bytes are in the caller's buffer
 * @param dataCrc the frame's checksum of the whole data segment (seed -1)
 */
public record IncomingMessage(MessageHead head, List<Run> runs, int dataCrc)
    implements AutoCloseable {
  /**
   * The bytes of one run.
   *
   * @param checksums of its 4 KiB blocks, where they are known without another look; else null
   * @param sink what took the bytes, piece by piece, of a streamed run; else null
   * @param length of the run, wherever its bytes are
   */
  public record Run(BufferList bytes, ChecksumVector checksums, PieceSink sink, long length) {
    public Run(BufferList bytes, ChecksumVector checksums) {
      this(bytes, checksums, null, bytes.length());
    }

    private void close() {
      bytes.close();
      if (sink != null) {
        sink.abort();
      }
    }
  }

  public IncomingMessage {
    runs = List.copyOf(runs);
  }

  /** The next thread to use the bytes owns them. */
  public IncomingMessage handOver() {
    runs.forEach(run -> run.bytes().handOver());
    return this;
  }

  /** The message as one envelope that owns all the bytes; this message is empty afterwards. */
  public Envelope claimEnvelope() {
    BufferList data = new BufferList();
    runs.forEach(run -> data.claimAppend(run.bytes()));
    return new Envelope(
        head.type(),
        head.version(),
        head.compatVersion(),
        head.priority(),
        head.tid(),
        head.front(),
        head.middle(),
        data,
        dataCrc,
        null);
  }

  @Override
  public void close() {
    runs.forEach(Run::close);
  }
}
