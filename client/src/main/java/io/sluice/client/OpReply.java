package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import io.sluice.protocol.OsdOp;
import io.sluice.types.EVersion;
import java.util.List;

/**
 * What a successful operation gave back.
 *
 * @param result 0, or what the operation defines (1 at the end of a listing)
 * @param steps with their output, except what was received into the caller's buffer
 * @param received bytes that went into the caller's buffer
 * @param pages the output as it came, where it was asked for so, the caller's to close; else null
 */
record OpReply(
    int result,
    List<OsdOp> steps,
    EVersion version,
    long userVersion,
    int received,
    BufferList pages) {
  byte[] output() {
    return steps.isEmpty() ? new byte[0] : steps.get(0).data();
  }
}
