package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.LazyBytes;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EVersion;
import io.sluice.types.Envelope;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What became of a {@link MOSDOp}. (ceph: MOSDOpReply v8, compat 2)
 *
 * <pre>
 * string oid | pg_t | le64 flags | le32 result | eversion bad_replay | le32 epoch
 * le32 n, n x ceph_osd_op (payload_len = bytes of output) | le32 retry_attempt | n x le32 rval
 * eversion replay | le64 user_version | u8 redirect [request_redirect_t] | blkin trace 3 x le64
 * </pre>
 *
 * @param flags the request's, with {@link OpFlags#ON_DISK} and {@link OpFlags#ACK} as the only ack
 *     bits
 * @param result 0 or positive, or a negative {@link Errno} number
 * @param badReplayVersion what clients older than ours take for the version: replay version with
 *     the user version's counter
 * @param epoch of the replier's OSD map
 * @param ops the request's steps, with their output as data
 * @param results of each step, like {@code result}
 * @param replayVersion of the write in the log; zero for reads
 * @param userVersion of the object afterwards, as the client sees it
 * @param redirect null: the usual case
 */
public record MOSDOpReply(
    long tid,
    String oid,
    PgId pg,
    long flags,
    int result,
    EVersion badReplayVersion,
    int epoch,
    List<OsdOp> ops,
    int retryAttempt,
    List<Integer> results,
    EVersion replayVersion,
    long userVersion,
    Redirect redirect,
    TraceInfo trace)
    implements Message {
  public static final int VERSION = 8;
  public static final int COMPAT = 2;
  private static final int ACK_BITS = OpFlags.ON_DISK | OpFlags.ON_NVRAM | OpFlags.ACK;
  private static final byte[] NOTHING = {};

  /** Asks the client to send the operation elsewhere. (ceph: request_redirect_t v1) */
  public record Redirect(ObjectLocator locator, String oid) {
    void encode(Encoder to) {
      int mark = to.begin(1, 1);
      locator.encode(to);
      to.string(oid).le32(0);
      to.end(mark);
    }

    static Redirect decode(Decoder from) {
      Decoder.Struct struct = from.begin(1, "request_redirect_t");
      ObjectLocator locator = ObjectLocator.decode(from);
      String oid = from.string();
      from.end(struct);
      return new Redirect(locator, oid);
    }
  }

  public MOSDOpReply {
    ops = OsdOp.laidOut(ops);
    results = List.copyOf(results);
    if (results.size() != ops.size()) {
      throw new IllegalArgumentException(results.size() + " results of " + ops.size() + " steps");
    }
  }

  /**
   * The answer to a request; its steps have no output yet.
   *
   * @param epoch of the OSD map in force
   */
  public static MOSDOpReply to(MOSDOp request, int result, int epoch) {
    return new MOSDOpReply(
        request.tid(),
        request.oid(),
        request.pg(),
        Integer.toUnsignedLong(request.flags() & ~ACK_BITS | OpFlags.ON_DISK | OpFlags.ACK),
        result,
        EVersion.ZERO,
        epoch,
        DataSegment.without(request.ops()),
        request.retryAttempt(),
        Collections.nCopies(request.ops().size(), 0),
        EVersion.ZERO,
        0,
        null,
        TraceInfo.NONE);
  }

  /**
   * With what each step gave back: the steps carry their output, or its length when it travels
   * apart.
   */
  public MOSDOpReply withResults(List<OsdOp> newOps, List<Integer> newResults) {
    return new MOSDOpReply(
        tid,
        oid,
        pg,
        flags,
        result,
        badReplayVersion,
        epoch,
        newOps,
        retryAttempt,
        newResults,
        replayVersion,
        userVersion,
        redirect,
        trace);
  }

  /** With the versions of a write, or of the object read when {@code version} is zero. */
  public MOSDOpReply withVersions(EVersion version, long newUserVersion) {
    EVersion bad = newUserVersion == 0 ? version : new EVersion(version.epoch(), newUserVersion);
    return new MOSDOpReply(
        tid,
        oid,
        pg,
        flags,
        result,
        bad,
        epoch,
        ops,
        retryAttempt,
        results,
        version,
        newUserVersion,
        redirect,
        trace);
  }

  /** With the versions that go with ENOENT: the group's, and no replay version. */
  public MOSDOpReply withAbsentVersions(EVersion version, long newUserVersion) {
    return new MOSDOpReply(
        tid,
        oid,
        pg,
        flags,
        result,
        version,
        epoch,
        ops,
        retryAttempt,
        results,
        EVersion.ZERO,
        newUserVersion,
        redirect,
        trace);
  }

  /** The reply with those outputs that have arrived in memory; the others stay apart. */
  public MOSDOpReply attach(DataReader reader) {
    return withResults(DataSegment.attach(ops, reader), results);
  }

  public long dataLength() {
    return DataSegment.lengthOf(ops);
  }

  @Override
  public int type() {
    return MessageType.OSD_OP_REPLY;
  }

  /** For replies whose outputs are all in memory. */
  @Override
  public Envelope toEnvelope() {
    return toEnvelope(new BufferList(), NOTHING, null);
  }

  /**
   * The message with the output of the steps that travel apart.
   *
   * @param output taken over
   * @param middle empty, or the checksum vector
   * @param dataCrc of the whole data segment when known, else null
   */
  public Envelope toEnvelope(BufferList output, byte[] middle, Integer dataCrc) {
    BufferList data = DataSegment.claim(ops, output);
    return Envelope.of(type(), VERSION, COMPAT, tid, encodeFront())
        .claimData(data, middle, dataCrc);
  }

  /**
   * The message with the output of its one step that travels apart, brought while it is sent.
   *
   * @param output taken over
   * @param vector the checksums of its blocks
   * @param dataCrc their combination
   */
  public Envelope toEnvelope(LazyBytes output, byte[] vector, int dataCrc) {
    if (output.length() != dataLength()) {
      throw new IllegalArgumentException(output + " for steps of " + dataLength() + " bytes");
    }
    return Envelope.of(type(), VERSION, COMPAT, tid, encodeFront())
        .claimLater(output, vector, dataCrc);
  }

  private byte[] encodeFront() {
    Encoder to = new Encoder(160 + ops.size() * (OsdOp.BYTES + 4));
    to.string(oid);
    pg.encode(to);
    to.le64(flags).le32(result);
    badReplayVersion.encode(to);
    to.le32(epoch).list(ops, (out, op) -> op.encode(out)).le32(retryAttempt);
    results.forEach(to::le32);
    replayVersion.encode(to);
    to.le64(userVersion).bool(redirect != null);
    if (redirect != null) {
      redirect.encode(to);
    }
    trace.encode(to);
    return to.toByteArray();
  }

  /**
   * From the front alone: outputs are not attached yet.
   *
   * @param dataLength of the data segment that follows
   */
  public static MOSDOpReply decode(int version, long tid, byte[] front, long dataLength) {
    if (version < VERSION) {
      throw new MalformedInputException(
          "MOSDOpReply v" + version + ", only v" + VERSION + " is spoken");
    }
    Decoder from = new Decoder(front);
    String oid = from.string();
    PgId pg = PgId.decode(from);
    long flags = from.le64();
    int result = from.le32();
    EVersion badReplay = EVersion.decode(from);
    int epoch = from.le32();
    int count = from.count(OsdOp.BYTES);
    List<OsdOp> ops = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ops.add(OsdOp.decode(from));
    }
    DataSegment.checkFits(ops, dataLength);
    int retryAttempt = from.le32();
    List<Integer> results = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      results.add(from.le32());
    }
    EVersion replay = EVersion.decode(from);
    long userVersion = from.le64();
    Redirect redirect = from.bool() ? Redirect.decode(from) : null;
    return new MOSDOpReply(
        tid,
        oid,
        pg,
        flags,
        result,
        badReplay,
        epoch,
        ops,
        retryAttempt,
        results,
        replay,
        userVersion,
        redirect,
        TraceInfo.decode(from));
  }

  @Override
  public String toString() {
    return "osd_op_reply("
        + tid
        + " "
        + oid
        + " "
        + ops
        + " v"
        + replayVersion
        + " uv"
        + userVersion
        + " = "
        + result
        + (result < 0 ? " (" + Errno.describe(result) + ")" : "")
        + ")";
  }
}
