package io.sluice.client;

import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdMap;
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
 * @param pages the output of a read is wanted as it comes: in pipes, when it is large
 * @param what a few words for errors: {@code writing pool/object}
 */
record Operation(
    ObjectId object,
    int flags,
    List<OsdOp> steps,
    Payload payload,
    ByteBuffer destination,
    boolean pages,
    String what) {
  Operation(ObjectId object, int flags, List<OsdOp> steps, Payload payload, String what) {
    this(object, flags, steps, payload, null, false, what);
  }

  boolean onWholeGroup() {
    return object.name().isEmpty();
  }

  /** True when an administrator has stopped reads, or writes. */
  boolean isPausedBy(int mapFlags) {
    return (mapFlags & OsdMap.PAUSERD) != 0 && (flags & OpFlags.READ) != 0
        || (mapFlags & OsdMap.PAUSEWR) != 0 && (flags & OpFlags.WRITE) != 0;
  }

  long payloadBytes() {
    return steps.stream().mapToLong(OsdOp::dataLength).sum();
  }

  Operation into(ByteBuffer buffer) {
    return new Operation(object, flags, steps, payload, buffer, false, what);
  }

  Operation asPages() {
    return new Operation(object, flags, steps, payload, null, true, what);
  }

  @Override
  public String toString() {
    return what + " " + steps;
  }
}
