package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One step of an object operation, with its part of the message's data segment: input in a request,
 * output in a reply. (ceph: ceph_osd_op, 38 bytes)
 *
 * <pre>
 * le16 op | le32 flags | 28 bytes of arguments | le32 payload_len
 * </pre>
 *
 * <p>The data segment is the steps' payloads in order without gaps, so a front alone says where
 * each lies: {@code [dataOffset, dataOffset+dataLength)}.
 *
 * @param op Ceph's number, also of steps that {@link OpCode} does not know
 * @param data the payload when it is in memory, else null: it travels apart (or has not arrived)
 */
public record OsdOp(int op, int flags, OpArgs args, long dataOffset, int dataLength, byte[] data) {
  public static final int BYTES = 38;

  /** Create: fail with EEXIST when the object is there. */
  public static final int FLAG_EXCLUSIVE = 0x1;

  /** Go on with the next step when this one fails; its own result says so. */
  public static final int FLAG_FAIL_OK = 0x2;

  private static final byte[] NOTHING = {};

  public OsdOp {
    if (dataLength < 0 || dataOffset < 0 || data != null && data.length != dataLength) {
      throw new IllegalArgumentException(dataLength + " bytes of data at " + dataOffset);
    }
    if (dataLength == 0) {
      data = NOTHING;
    }
  }

  /** A step without payload. */
  public static OsdOp of(OpCode code, OpArgs args) {
    return of(code, args, NOTHING);
  }

  /** A step with its payload in memory. */
  public static OsdOp of(OpCode code, OpArgs args, byte[] data) {
    return new OsdOp(code.number(), 0, args, 0, data.length, data);
  }

  /**
   * A step whose payload travels apart: see {@link
   * MOSDOp#toEnvelope(io.sluice.bufferlist.BufferList, byte[], Integer)}.
   */
  public static OsdOp apart(OpCode code, OpArgs args, int dataLength) {
    return new OsdOp(code.number(), 0, args, 0, dataLength, null);
  }

  /** A step on a byte range. */
  public static OsdOp extent(OpCode code, long offset, long length) {
    return of(code, new OpArgs.Extent(offset, length, 0, 0));
  }

  /** A step that writes a byte range with a payload that travels apart. */
  public static OsdOp writeApart(OpCode code, long offset, int length) {
    return apart(code, new OpArgs.Extent(offset, length, 0, 0), length);
  }

  /**
   * A step that is all in its payload (omap steps); their extent's length says the payload's
   * length.
   */
  public static OsdOp payload(OpCode code, byte[] data) {
    return of(code, new OpArgs.Extent(0, data.length, 0, 0), data);
  }

  /** A step on one attribute. */
  public static OsdOp attr(OpCode code, String name, byte[] value) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] data = Arrays.copyOf(nameBytes, nameBytes.length + value.length);
    System.arraycopy(value, 0, data, nameBytes.length, value.length);
    return of(code, new OpArgs.Attr(nameBytes.length, value.length, 0, 0), data);
  }

  /** Compares one attribute with a value: {@link OpCode#CMPXATTR}. */
  public static OsdOp attrCompare(String name, byte[] value, int compareOp, int compareMode) {
    OsdOp plain = attr(OpCode.CMPXATTR, name, value);
    OpArgs.Attr lengths = plain.attr();
    OpArgs args =
        new OpArgs.Attr(lengths.nameLength(), lengths.valueLength(), compareOp, compareMode);
    return of(OpCode.CMPXATTR, args, plain.data());
  }

  /** Lists objects of a placement group from the cursor on. */
  public static OsdOp list(long count, int epoch, ListCursor from) {
    Encoder to = new Encoder(64);
    from.encode(to);
    return of(OpCode.PGNLS, new OpArgs.PgList(count, epoch), to.toByteArray());
  }

  public OpCode code() {
    return OpCode.of(op);
  }

  public boolean hasData() {
    return data != null;
  }

  /** The byte range of a read or write. */
  public OpArgs.Extent extent() {
    return argument(OpArgs.Extent.class);
  }

  public OpArgs.Attr attr() {
    return argument(OpArgs.Attr.class);
  }

  /** The arguments as the kind that the code implies. */
  public <T extends OpArgs> T argument(Class<T> kind) {
    return kind.cast(args);
  }

  /**
   * The attribute name in the payload.
   *
   * @throws MalformedInputException when the payload is shorter than the arguments say, or the name
   *     is not UTF-8: EINVAL to the client
   */
  public String attrName() {
    String name = new String(part(0, attr().nameLength()), StandardCharsets.UTF_8);
    if (!MOSDOp.isText(name)) {
      throw new MalformedInputException("an attribute name that is not UTF-8");
    }
    return name;
  }

  /** The attribute value in the payload, behind the name. */
  public byte[] attrValue() {
    OpArgs.Attr lengths = attr();
    return part(lengths.nameLength(), lengths.valueLength());
  }

  private byte[] part(int offset, int length) {
    if (offset < 0 || length < 0 || (long) offset + length > dataLength) {
      throw new MalformedInputException(
          code().word()
              + " needs ["
              + offset
              + "+"
              + length
              + "] of "
              + dataLength
              + " payload bytes");
    }
    return Arrays.copyOfRange(payload(), offset, offset + length);
  }

  /** A reader over the payload, which must be in memory. */
  public Decoder reader() {
    return new Decoder(payload());
  }

  private byte[] payload() {
    if (data == null) {
      throw new IllegalStateException("the payload of " + this + " is not in memory");
    }
    return data;
  }

  public OsdOp withFlags(int newFlags) {
    return new OsdOp(op, newFlags, args, dataOffset, dataLength, data);
  }

  /** The same step with another payload. */
  public OsdOp withData(byte[] newData) {
    return new OsdOp(op, flags, args, dataOffset, newData.length, newData);
  }

  /** The same step with a payload of that length that travels apart. */
  public OsdOp withDataApart(int length) {
    return new OsdOp(op, flags, args, dataOffset, length, null);
  }

  OsdOp at(long offset) {
    return offset == dataOffset ? this : new OsdOp(op, flags, args, offset, dataLength, data);
  }

  /** The steps with their offsets in the data segment that their payloads make up. */
  static List<OsdOp> laidOut(List<OsdOp> ops) {
    if (areLaidOut(ops)) {
      return List.copyOf(ops); // the list itself, where nobody can change it
    }
    List<OsdOp> placed = new ArrayList<>(ops.size());
    long offset = 0;
    for (OsdOp op : ops) {
      placed.add(op.at(offset));
      offset += op.dataLength();
    }
    return List.copyOf(placed);
  }

  private static boolean areLaidOut(List<OsdOp> ops) {
    long offset = 0;
    for (OsdOp op : ops) {
      if (op.dataOffset() != offset) {
        return false;
      }
      offset += op.dataLength();
    }
    return true;
  }

  void encode(Encoder to) {
    to.le16(op).le32(flags);
    args.encode(to);
    to.le32(dataLength);
  }

  static OsdOp decode(Decoder from) {
    int op = from.le16();
    int flags = from.le32();
    OpArgs args = OpArgs.decode(OpCode.of(op), from);
    int dataLength = from.le32();
    if (dataLength < 0) {
      throw new MalformedInputException(
          "a step with " + Integer.toUnsignedString(dataLength) + " bytes of data");
    }
    return new OsdOp(op, flags, args, 0, dataLength, null);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OsdOp that
        && op == that.op
        && flags == that.flags
        && args.equals(that.args)
        && dataOffset == that.dataOffset
        && dataLength == that.dataLength
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return (op * 31 + args.hashCode()) * 31 + dataLength;
  }

  @Override
  public String toString() {
    return code().word()
        + (args.equals(OpArgs.NONE) ? "" : " " + args)
        + (dataLength == 0 ? "" : " data=" + dataLength + "b");
  }
}
