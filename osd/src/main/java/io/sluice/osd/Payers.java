package io.sluice.osd;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.protocol.OpCode;
import io.sluice.types.PgId;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Who pays for what happens to payload, beside the connection that it came by: the placement group
 * and the type of operation. They are the kinds {@code pg} and {@code op} of the section {@code
 * zerocopy.owners} of {@code perf dump}.
 *
 * <p><b>Invariants:</b> a group's meters are made once, not for each operation, and are gone with
 * the group. <b>Threads:</b> any.
 */
final class Payers {
  /** What a primary sends to its replicas, and they write. */
  static final String REPLICA = "repop";

  private static final String GROUP = "pg";
  private static final String OPERATION = "op";

  private final CopyMeter meter;
  private final Predicate<PgId> known;
  private final Map<PgId, Map<String, CopyMeter>> groups = new ConcurrentHashMap<>();

  /**
   * @param known groups of this OSD: nobody outside can make up others
   */
  Payers(CopyMeter meter, Predicate<PgId> known) {
    this.meter = meter;
    this.known = known;
  }

  /** Under the operation's name as Ceph writes it: {@code writefull}. */
  CopyMeter of(PgId group, OpCode code) {
    return of(group, code.name());
  }

  CopyMeter of(PgId group, String operation) {
    if (!known.test(group)) {
      return operation(operation);
    }
    return groups
        .computeIfAbsent(group, id -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            operation, name -> operation(name).together(meter.owner(GROUP, group.toString())));
  }

  private CopyMeter operation(String name) {
    return meter.owner(OPERATION, name.replace("_", "").toLowerCase(Locale.ROOT));
  }

  /** The group is not here any more; what it counted stays in the total. */
  void forget(PgId group) {
    groups.remove(group);
    meter.forgetOwner(GROUP, group.toString());
  }
}
