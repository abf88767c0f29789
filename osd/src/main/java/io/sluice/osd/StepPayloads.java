package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each step of an operation its part of the message's data: bytes to be stored as they came,
 * the rest (names, values, keys) in arrays.
 *
 * <p>The message stays its owner's to close; runs that a step takes whole are empty afterwards.
 */
final class StepPayloads {
  private final IncomingMessage message;
  private final long[] starts;

  StepPayloads(IncomingMessage message) {
    this.message = message;
    this.starts = new long[message.runs().size() + 1];
    for (int i = 0; i < message.runs().size(); i++) {
      starts[i + 1] = starts[i] + message.runs().get(i).length();
    }
  }

  /** True for a step whose payload is the object's bytes. */
  static boolean isData(OsdOp step) {
    OpCode code = step.code();
    return code == OpCode.WRITE || code == OpCode.WRITE_FULL || code == OpCode.APPEND;
  }

  /** True for a step whose payload is nowhere in one array: stored, compared, or repeated. */
  static boolean isApart(OsdOp step) {
    return isData(step) || step.code() == OpCode.CMPEXT || step.code() == OpCode.WRITE_SAME;
  }

  /** The vector that the sender put beside its data, or null. */
  static ChecksumVector vectorOf(MessageHead head) {
    return head.middle().length == 0 ? null : ChecksumVector.decode(new Decoder(head.middle()));
  }

  /** The request with the payloads that are not kept apart, unless it will be refused for them. */
  MOSDOp attach(MOSDOp request, PipePool pipes) {
    if (ChangesBound.refuses(request)) {
      return request;
    }
    return request.attachEach(
        i -> {
          OsdOp step = request.ops().get(i);
          return isApart(step) ? null : bytes(step.dataOffset(), step.dataLength(), pipes);
        });
  }

  /**
   * The payloads of the steps that have theirs apart, or not attached yet, by step, the caller's;
   * null for the others, and for those that nobody will look at.
   */
  List<Payload> claim(MOSDOp request) {
    boolean refused = ChangesBound.refuses(request);
    List<Payload> payloads = new ArrayList<>();
    for (OsdOp step : request.ops()) {
      boolean kept = !refused && (isApart(step) || !step.hasData());
      payloads.add(kept ? claim(step.dataOffset(), step.dataLength()) : null);
    }
    return payloads;
  }

  /** The data segment from there on as one payload. */
  Payload claimFrom(long offset) {
    return claim(offset, message.head().dataLength() - offset);
  }

  /** A part of the data segment in an array. */
  byte[] bytes(long offset, long length, PipePool pipes) {
    try (BufferList part = part(offset, length)) {
      return part.toByteArray(pipes, Inspection.DECODE);
    }
  }

  /** A part of the data segment as a payload of its own. */
  Payload claim(long offset, long length) {
    boolean whole = length == message.head().dataLength();
    Integer crc = whole ? message.dataCrc() : null;
    for (int i = 0; i < message.runs().size(); i++) {
      IncomingMessage.Run run = message.runs().get(i);
      if (starts[i] == offset && starts[i + 1] - starts[i] == length && length > 0) {
        if (run.sink() instanceof CutThrough cut) {
          return Payload.of(cut.take());
        }
        ChecksumVector known = run.checksums() == null && whole ? vouchedFor() : run.checksums();
        return new Payload(new BufferList().claimAppend(run.bytes()), known, crc);
      }
    }
    return new Payload(part(offset, length), null, crc);
  }

  /** The sender's vector, where it agrees with the checksum that the messenger has verified. */
  private ChecksumVector vouchedFor() {
    ChecksumVector vector = vectorOf(message.head());
    if (vector == null || vector.length() != message.head().dataLength()) {
      return null;
    }
    if (vector.combined(-1) != message.dataCrc()) {
      throw new MalformedInputException("the checksum vector does not fit the data");
    }
    return vector;
  }

  private BufferList part(long offset, long length) {
    if (length == 0) {
      return new BufferList(); // where it lies, the run may have been taken whole already
    }
    for (int i = 0; i < message.runs().size(); i++) {
      if (offset >= starts[i] && offset + length <= starts[i + 1]) {
        return message.runs().get(i).bytes().slice(offset - starts[i], length);
      }
    }
    throw new MalformedInputException("[" + offset + "+" + length + "] of the data is not there");
  }
}
