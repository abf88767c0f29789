package io.sluice.protocol;

import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.util.List;

/**
 * A {@link MOSDOp} in the making: of nothing but what a first attempt has, from a message's bytes,
 * or from another one of which some fields change. The one place that lists them beside the record.
 */
final class MOSDOpDraft {
  static final EntityName NOBODY = new EntityName(0, 0);

  long tid;
  PgId pg;
  int shard = ObjectId.NO_SHARD;
  int hash;
  int epoch;
  int flags;
  RequestId explicitId = new RequestId(NOBODY, 0, 0);
  TraceInfo trace = TraceInfo.NONE;
  int clientIncarnation;
  UTime mtime = UTime.ZERO;
  ObjectLocator locator;
  String oid;
  List<OsdOp> ops;
  long snapId;
  SnapContext snaps = SnapContext.EMPTY;
  int retryAttempt;
  long features;

  static MOSDOpDraft of(MOSDOp op) {
    MOSDOpDraft draft = new MOSDOpDraft();
    draft.tid = op.tid();
    draft.pg = op.pg();
    draft.shard = op.shard();
    draft.hash = op.hash();
    draft.epoch = op.epoch();
    draft.flags = op.flags();
    draft.explicitId = op.explicitId();
    draft.trace = op.trace();
    draft.clientIncarnation = op.clientIncarnation();
    draft.mtime = op.mtime();
    draft.locator = op.locator();
    draft.oid = op.oid();
    draft.ops = op.ops();
    draft.snapId = op.snapId();
    draft.snaps = op.snaps();
    draft.retryAttempt = op.retryAttempt();
    draft.features = op.features();
    return draft;
  }

  MOSDOp done() {
    return new MOSDOp(
        tid,
        pg,
        shard,
        hash,
        epoch,
        flags,
        explicitId,
        trace,
        clientIncarnation,
        mtime,
        locator,
        oid,
        ops,
        snapId,
        snaps,
        retryAttempt,
        features);
  }
}
