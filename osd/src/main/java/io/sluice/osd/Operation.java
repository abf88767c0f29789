package io.sluice.osd;

import io.sluice.protocol.OsdOp;

/** One kind of step of a client's operation. */
interface Operation {
  /**
   * Carries the step out: reads what is committed, notes what is to change, sets its output.
   *
   * @return 0 or more when it succeeded, a negated errno when it failed (and the whole operation
   *     with it), or {@link OpContext#PENDING} when {@link OpContext#resume} is called later
   * @throws io.sluice.bufferlist.MalformedInputException when the step's payload makes no sense:
   *     EINVAL
   */
  int apply(OpContext context, OsdOp step);
}
