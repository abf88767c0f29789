package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Segment;
import io.sluice.types.Envelope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Lays a message out as the parts of its frame.
 *
 * <pre>
 * preamble | header | le32 crc of the header | front | middle | data | epilogue (when there is more than a header)
 * </pre>
 *
 * <p>What precedes payload in a pipe or file ends a record (MSG_EOR), so that the payload begins a
 * socket buffer of its own and keeps its page alignment; so does the epilogue after it.
 */
final class FrameLayout {
  /** Fronts up to this size are gathered with the head: a copy is cheaper than an iovec. */
  private static final int INLINE_MAX = 4096;

  private static final int HEAD_BYTES = Preamble.BYTES + MessageHeader.BYTES + Integer.BYTES;

  private FrameLayout() {}

  static List<OutgoingPart> of(Envelope message, long seq, long ackSeq, int dataCrc) {
    byte[] front = message.front();
    byte[] middle = message.middle();
    int data = Math.toIntExact(message.payloadLength());
    Preamble preamble = Preamble.message(front.length, middle.length, data);
    boolean last = preamble.segments() == 1;
    boolean inline = front.length + middle.length <= INLINE_MAX;
    int more = inline ? front.length + middle.length : 0;
    Encoder head = new Encoder(HEAD_BYTES + more + (data == 0 && !last ? Epilogue.BYTES : 0));
    preamble.encode(head);
    int headerAt = head.length();
    header(message, seq, ackSeq).encode(head);
    head.le32(head.crc32c(Crc32c.SEED, headerAt));
    if (inline) {
      head.raw(front).raw(middle);
    }
    if (inline && data == 0) {
      if (!last) {
        epilogue(preamble, front, middle, dataCrc).encode(head);
      }
      return List.of(memory(head.claimBytes(), false, message));
    }
    List<OutgoingPart> parts = new ArrayList<>();
    boolean payloadNext =
        message.later() != null
            || data > 0 && !(message.data().segments().get(0) instanceof MemorySegment);
    parts.add(memory(head.claimBytes(), inline && payloadNext, null));
    if (!inline) {
      parts.add(memory(front, middle.length == 0 && payloadNext, null));
      parts.add(memory(middle, payloadNext, null));
    }
    boolean endsWithPages = addData(message, parts);
    Epilogue epilogue = epilogue(preamble, front, middle, dataCrc);
    parts.add(memory(epilogue.encode(), endsWithPages, message));
    return parts;
  }

  private static Epilogue epilogue(Preamble preamble, byte[] front, byte[] middle, int dataCrc) {
    return new Epilogue(
        true,
        Crc32c.update(Crc32c.SEED, front),
        preamble.segments() > 2 ? Crc32c.update(Crc32c.SEED, middle) : 0,
        preamble.segments() > 3 ? dataCrc : 0);
  }

  private static MessageHeader header(Envelope message, long seq, long ackSeq) {
    return new MessageHeader(
        seq,
        message.tid(),
        message.type(),
        message.priority(),
        message.version(),
        ackSeq,
        message.compatVersion());
  }

  private static OutgoingPart memory(byte[] bytes, boolean endOfRecord, Envelope endOf) {
    return new OutgoingPart.Memory(ByteBuffer.wrap(bytes), endOfRecord, endOf);
  }

  /** Returns whether the data ends with pages of a pipe or file. */
  private static boolean addData(Envelope message, List<OutgoingPart> parts) {
    if (message.later() != null && message.later().length() > 0) {
      parts.add(new LazyPart(message.later()));
      return true;
    }
    return addSegments(message.data(), parts);
  }

  /** The same of bytes that are there. */
  static boolean addSegments(BufferList data, Collection<OutgoingPart> parts) {
    boolean pages = false;
    var segments = data.segments();
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      pages = !(segment instanceof MemorySegment);
      if (segment instanceof MemorySegment memory) {
        boolean pagesNext =
            i + 1 < segments.size() && !(segments.get(i + 1) instanceof MemorySegment);
        parts.add(new OutgoingPart.Memory(memory.buffer(), pagesNext, null));
      } else if (segment instanceof FileSegment file) {
        parts.add(new OutgoingPart.File(file));
      } else if (segment instanceof PipeSegment pipe) {
        parts.add(new OutgoingPart.Pipe(pipe));
      }
    }
    return pages;
  }
}
