package io.sluice.osd;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.protocol.OpCode;
import io.sluice.types.PgId;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Who pays for what happens to payload, beside the connection that it came by: the placement group
 * and the type of operation. They are the kinds {@code pg} and {@code op} of the section {@code
 * zerocopy.owners} of {@code perf dump}.
 *
 * <p><b>Threads:</b> any.
 *
 * @param known groups of this OSD: nobody outside can make up others
 */
record Payers(CopyMeter meter, Predicate<PgId> known) {
  /** What a primary sends to its replicas, and they write. */
  static final String REPLICA = "repop";

  private static final String GROUP = "pg";
  private static final String OPERATION = "op";

  /** Under the operation's name as Ceph writes it: {@code writefull}. */
  CopyMeter of(PgId group, OpCode code) {
    return of(group, code.name().replace("_", "").toLowerCase(Locale.ROOT));
  }

  CopyMeter of(PgId group, String operation) {
    CopyMeter payer = meter.owner(OPERATION, operation);
    return known.test(group) ? payer.together(meter.owner(GROUP, group.toString())) : payer;
  }

  /** The group is not here any more; what it counted stays in the total. */
  void forget(PgId group) {
    meter.forgetOwner(GROUP, group.toString());
  }
}
