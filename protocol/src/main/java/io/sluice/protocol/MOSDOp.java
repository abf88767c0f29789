package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A client's operation on one object: steps that happen all or none. (ceph: MOSDOp v8, compat 3)
 *
 * @param pg the placement group itself (not the raw one)
 * @param shard -1 in replicated pools
 * @param hash all 32 bits of the object's placement hash; in listings the cursor's
 * @param epoch of the sender's OSD map
 * @param flags {@link OpFlags}
 * @param explicitId as on the wire: blank unless the sender speaks for somebody else, see {@link
 *     #requestId}
 * @param features the sender's
 */
public record MOSDOp(
    long tid,
    PgId pg,
    int shard,
    int hash,
    int epoch,
    int flags,
    RequestId explicitId,
    TraceInfo trace,
    int clientIncarnation,
    UTime mtime,
    ObjectLocator locator,
    String oid,
    List<OsdOp> ops,
    long snapId,
    SnapContext snaps,
    int retryAttempt,
    long features)
    implements Message {
  public static final int VERSION = 8;
  public static final int COMPAT = 3;
  private static final byte[] NOTHING = {};

  public MOSDOp {
    ops = OsdOp.laidOut(ops);
  }

  /** A first attempt at an operation on the head of an object. */
  public static MOSDOp of(ObjectId object, PgId pg, int epoch, int flags, List<OsdOp> ops) {
    boolean listing = object.name().isEmpty();
    ObjectLocator locator =
        new ObjectLocator(
            pg.pool(),
            listing ? "" : object.key(),
            object.namespace(),
            listing ? Integer.toUnsignedLong(object.hash()) : ObjectLocator.NO_HASH);
    MOSDOpDraft draft = new MOSDOpDraft();
    draft.pg = pg;
    draft.hash = object.hash();
    draft.epoch = epoch;
    draft.flags = flags;
    draft.locator = locator;
    draft.oid = object.name();
    draft.ops = ops;
    draft.snapId = object.snap();
    return draft.done();
  }

  private MOSDOp with(Consumer<MOSDOpDraft> change) {
    MOSDOpDraft draft = MOSDOpDraft.of(this);
    change.accept(draft);
    return draft.done();
  }

  public MOSDOp withTid(long newTid) {
    return with(draft -> draft.tid = newTid);
  }

  public MOSDOp withMtime(UTime newMtime) {
    return with(draft -> draft.mtime = newMtime);
  }

  public MOSDOp withFeatures(long newFeatures) {
    return with(draft -> draft.features = newFeatures);
  }

  /** With the snapshots that a write has to preserve. */
  public MOSDOp withSnaps(SnapContext newSnaps) {
    return with(draft -> draft.snaps = newSnaps);
  }

  /**
   * The same operation sent again: attempt counted from 0, to the group and epoch of a newer map.
   */
  public MOSDOp resent(PgId newPg, int newEpoch, int attempt) {
    return with(
        draft -> {
          draft.pg = newPg;
          draft.epoch = newEpoch;
          draft.flags = attempt > 0 ? flags | OpFlags.RETRY : flags & ~OpFlags.RETRY;
          draft.retryAttempt = attempt;
        });
  }

  /** The operation with those payloads that have arrived in memory; the others stay apart. */
  public MOSDOp attach(DataReader reader) {
    return withSteps(DataSegment.attach(ops, reader));
  }

  /**
   * The same by number of the step, asked of those whose payload is not here.
   *
   * @param payloads null for one that stays apart
   */
  public MOSDOp attachEach(IntFunction<byte[]> payloads) {
    return withSteps(DataSegment.attachEach(ops, payloads));
  }

  private MOSDOp withSteps(List<OsdOp> attached) {
    return attached == ops ? this : with(draft -> draft.ops = attached);
  }

  /**
   * What names this operation for ever.
   *
   * @param source who is at the other end of the connection
   */
  public RequestId requestId(EntityName source) {
    if (explicitId.client().equals(MOSDOpDraft.NOBODY) && explicitId.tid() == 0) {
      return new RequestId(source, tid, explicitId.incarnation());
    }
    return explicitId;
  }

  /** The object meant; with an empty name in listings. (ceph: a key equal to the name is no key) */
  public ObjectId object() {
    String key = locator.key().equals(oid) ? "" : locator.key();
    return new ObjectId(
        pg.pool(),
        locator.namespace(),
        key,
        oid,
        hash,
        snapId,
        ObjectId.NO_GENERATION,
        ObjectId.NO_SHARD);
  }

  /**
   * True when name, key and namespace are text. Names that are not UTF-8 cannot be told apart here:
   * they are refused with EINVAL rather than mixed up.
   */
  public boolean namesAreText() {
    return isText(oid) && isText(locator.key()) && isText(locator.namespace());
  }

  /** False when decoding put the replacement character in the place of bytes that are not UTF-8. */
  static boolean isText(String name) {
    return name.indexOf('\ufffd') < 0;
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** True when a step looks at the object. */
  public boolean reads() {
    for (OsdOp op : ops) {
      if (op.code().reads()) {
        return true;
      }
    }
    return false;
  }

  /** True when a step changes the object. */
  public boolean writes() {
    for (OsdOp op : ops) {
      if (op.code().writes()) {
        return true;
      }
    }
    return false;
  }

  /** Bytes that the steps' payloads take in the data segment. */
  public long dataLength() {
    return DataSegment.lengthOf(ops);
  }

  @Override
  public int type() {
    return MessageType.OSD_OP;
  }

  /** For operations whose payloads are all in memory. */
  @Override
  public Envelope toEnvelope() {
    return toEnvelope(new BufferList(), NOTHING, null);
  }

  /**
   * The message with the payload of the steps that travel apart.
   *
   * @param payload taken over
   * @param middle empty, or the checksum vector
   * @param dataCrc of the whole data segment when known, else null
   */
  public Envelope toEnvelope(BufferList payload, byte[] middle, Integer dataCrc) {
    BufferList data = DataSegment.claim(ops, payload);
    return Envelope.of(type(), VERSION, COMPAT, tid, MOSDOpFront.encode(this))
        .claimData(data, middle, dataCrc);
  }

  /**
   * From the front alone: payloads are not attached yet.
   *
   * @param dataLength of the data segment that follows
   */
  public static MOSDOp decode(int version, long tid, byte[] front, long dataLength) {
    MOSDOp op = MOSDOpFront.decode(version, tid, front);
    DataSegment.checkFits(op.ops(), dataLength);
    return op;
  }

  @Override
  public String toString() {
    return describe("" + tid);
  }

  /** In the words of Ceph's dumps of operations, which begin with the whole id of the request. */
  public String describe(String id) {
    String what = object() + " " + ops + " " + OpFlags.toString(flags);
    return "osd_op(" + id + " " + pg + " " + what + " e" + epoch + ")";
  }
}
