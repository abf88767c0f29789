package io.sluice.client;

import io.sluice.protocol.OsdOp;
import io.sluice.types.EVersion;
import java.util.List;

/**
 * What a successful operation gave back.
 *
 * @param result 0, or what the operation defines (1 at the end of a listing)
 * @param steps with their output, except what was received into the caller's buffer
 * @param received bytes that went into the caller's buffer
 */
record OpReply(int result, List<OsdOp> steps, EVersion version, long userVersion, int received) {
  byte[] output() {
    return steps.isEmpty() ? new byte[0] : steps.get(0).data();
  }
}
