package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;

/**
 * One effect of an operation on its object, worked out by the primary, so that every replica does
 * the same without thinking.
 *
 * <pre>
 * u8 kind | the fields of the kind in order (numbers le64, strings and bytes with le32 length)
 * </pre>
 */
public sealed interface RepChange {
  /** Creates the object when absent. */
  record Touch() implements RepChange {}

  /** The next {@code length} bytes of the message's data go to {@code offset}. */
  record Write(long offset, long length) implements RepChange {}

  record Zero(long offset, long length) implements RepChange {}

  record Truncate(long size) implements RepChange {}

  /** With everything that belongs to it. */
  record Remove() implements RepChange {}

  record SetAttr(String name, byte[] value) implements RepChange {}

  record RemoveAttr(String name) implements RepChange {}

  record OmapSet(byte[] key, byte[] value) implements RepChange {}

  record OmapRemove(byte[] key) implements RepChange {}

  /** Keys in {@code [first, end)}, as unsigned bytes. */
  record OmapRemoveRange(byte[] first, byte[] end) implements RepChange {}

  record OmapClear() implements RepChange {}

  /**
   * What the object is now becomes its clone for a snapshot; before every other change.
   *
   * @param info what is kept with the clone, in the attribute of that name
   */
  record CloneTo(long snap, String attribute, byte[] info) implements RepChange {}

  /** The object becomes what its clone is; its own bytes, attributes and keys go. */
  record CloneFrom(long snap) implements RepChange {}

  /** A clone goes: nobody has its snapshots any more. */
  record RemoveClone(long snap) implements RepChange {}

  static void encode(Encoder to, RepChange change) {
    if (change instanceof Touch) {
      to.u8(1);
    } else if (change instanceof Write write) {
      to.u8(2).le64(write.offset()).le64(write.length());
    } else if (change instanceof Zero zero) {
      to.u8(3).le64(zero.offset()).le64(zero.length());
    } else if (change instanceof Truncate truncate) {
      to.u8(4).le64(truncate.size());
    } else if (change instanceof Remove) {
      to.u8(5);
    } else if (change instanceof SetAttr attr) {
      to.u8(6).string(attr.name()).blob(attr.value());
    } else if (change instanceof RemoveAttr attr) {
      to.u8(7).string(attr.name());
    } else if (change instanceof OmapSet set) {
      to.u8(8).blob(set.key()).blob(set.value());
    } else if (change instanceof OmapRemove remove) {
      to.u8(9).blob(remove.key());
    } else if (change instanceof OmapRemoveRange range) {
      to.u8(10).blob(range.first()).blob(range.end());
    } else if (change instanceof OmapClear) {
      to.u8(11);
    } else if (change instanceof CloneTo clone) {
      to.u8(12).le64(clone.snap()).string(clone.attribute()).blob(clone.info());
    } else if (change instanceof CloneFrom clone) {
      to.u8(13).le64(clone.snap());
    } else if (change instanceof RemoveClone clone) {
      to.u8(14).le64(clone.snap());
    }
  }

  static RepChange decode(Decoder from) {
    int kind = from.u8();
    return switch (kind) {
      case 1 -> new Touch();
      case 2 -> new Write(from.le64(), from.le64());
      case 3 -> new Zero(from.le64(), from.le64());
      case 4 -> new Truncate(from.le64());
      case 5 -> new Remove();
      case 6 -> new SetAttr(from.string(), from.blob());
      case 7 -> new RemoveAttr(from.string());
      case 8 -> new OmapSet(from.blob(), from.blob());
      case 9 -> new OmapRemove(from.blob());
      case 10 -> new OmapRemoveRange(from.blob(), from.blob());
      case 11 -> new OmapClear();
      case 12 -> new CloneTo(from.le64(), from.string(), from.blob());
      case 13 -> new CloneFrom(from.le64());
      case 14 -> new RemoveClone(from.le64());
      default -> throw new MalformedInputException("change of kind " + kind);
    };
  }
}
