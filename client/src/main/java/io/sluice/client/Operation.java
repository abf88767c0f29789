package io.sluice.client;

import io.sluice.protocol.OsdOp;
import io.sluice.types.ObjectId;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a caller wants done, without where or how often it is tried.
 *
 * @param object with the pool; for a whole placement group an empty name and the group's number as
 *     hash
 * @param payload for the one step whose data travels apart, or null; the operation owns it
 * @param destination a direct buffer that takes the output of a read, or null for memory of ours
 * @param what a few words for errors: {@code writing pool/object}
 */
record Operation(
    ObjectId object,
    int flags,
    List<OsdOp> steps,
    Payload payload,
    ByteBuffer destination,
    String what) {
  boolean onWholeGroup() {
    return object.name().isEmpty();
  }

  long payloadBytes() {
    return steps.stream().mapToLong(OsdOp::dataLength).sum();
  }

  Operation into(ByteBuffer buffer) {
    return new Operation(object, flags, steps, payload, buffer, what);
  }

  @Override
  public String toString() {
    return what + " " + steps;
  }
}
