package io.sluice.messenger;

import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.types.Envelope;
import java.nio.ByteBuffer;

/**
 * A stretch of the outgoing byte stream that one kind of system call sends.
 *
 * <p><b>Threads:</b> the connection's loop. <b>Owns</b> nothing: the bytes are the envelope's,
 * which the last part of a message closes. A {@link LazyPart} owns what was brought for it.
 */
sealed interface OutgoingPart
    permits OutgoingPart.Memory, OutgoingPart.File, OutgoingPart.Pipe, LazyPart {
  /** Bytes not yet in the socket. */
  long remaining();

  /** The message that ends with this part, or null. */
  Envelope endOf();

  /** It will not be sent: lets go of what it owns. */
  default void discard() {}

  /** Bytes that a sendmsg gathers; those before {@code position} are sent. */
  record Memory(ByteBuffer bytes, boolean endOfRecord, Envelope endOf) implements OutgoingPart {
    @Override
    public long remaining() {
      return bytes.remaining();
    }
  }

  /** Bytes that sendfile sends. */
  final class File implements OutgoingPart {
    private final FileSegment segment;
    private long sent;

    File(FileSegment segment) {
      this.segment = segment;
    }

    int fd() {
      return segment.fd();
    }

    long offset() {
      return segment.offset() + sent;
    }

    void sent(long count) {
      sent += count;
    }

    @Override
    public long remaining() {
      return segment.length() - sent;
    }

    @Override
    public Envelope endOf() {
      return null;
    }
  }

  /** Bytes that splice sends. */
  record Pipe(PipeSegment segment) implements OutgoingPart {
    @Override
    public long remaining() {
      return segment.length();
    }

    @Override
    public Envelope endOf() {
      return null;
    }
  }
}
