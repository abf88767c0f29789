package io.sluice.osd;

import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;

/**
 * What an operation may take of memory while it is in hand: what it brought, what it asks for or
 * makes, itself. Bytes, at most, as far as its front says.
 */
final class OpCost {
  /** A step, what is noted of it, and its part of the answer. */
  private static final long STEP_BYTES = 512;

  /** A key or value that is taken apart: arrays, the change it becomes, the store's record. */
  private static final long ENTRY_BYTES = 200;

  /** The shortest entry on the wire: the length of a key. */
  private static final long ENTRY_MIN_BYTES = 4;

  /** A page of omap or a listing: entries, their encoding while it grows, and the answer. */
  static final long PAGE_BYTES = 3 * Limits.OMAP_REPLY_BYTES;

  /** Keys, attributes and a piece of the source while an object is copied. */
  private static final long COPY_BYTES = 3 * Limits.CHANGES_BYTES;

  /** What single attributes may take in one operation, which gives back no more than that. */
  private static final long ATTRIBUTES_MAX = 2 * Limits.HEAP_OUTPUT_BYTES;

  private OpCost() {}

  /** In the heap. */
  static long heap(MOSDOp request) {
    long bytes = Limits.OPERATION_BYTES;
    boolean refused = ChangesBound.refuses(request);
    boolean alone = request.ops().size() == 1;
    boolean reads = false;
    long attributes = 0;
    for (OsdOp step : request.ops()) {
      bytes += STEP_BYTES + (refused ? 0 : heap(step));
      attributes += alone || refused ? 0 : attribute(step);
      reads |= readsMuch(step);
    }
    bytes += Math.min(attributes, ATTRIBUTES_MAX);
    if (reads && bytes > Limits.GATED_BYTES) {
      bytes += Limits.OUTPUT_BYTES / Limits.READ_SHARE; // it is let in once, for everything
    }
    return Math.min(bytes, Limits.GATE_BYTES);
  }

  /** How much more a step may take than the usual: one that is alone waits when that comes out. */
  private static long attribute(OsdOp step) {
    return switch (step.code()) {
      case GETXATTR, OMAP_GET_HEADER -> 2L * (Limits.XATTR_VALUE_BYTES - Limits.USUAL_XATTR_BYTES);
      default -> 0;
    };
  }

  private static boolean readsMuch(OsdOp step) {
    if (step.code() != OpCode.READ && step.code() != OpCode.SPARSE_READ) {
      return false;
    }
    long length = step.extent().length();
    return length <= 0 || length > Limits.GATED_READ_BYTES;
  }

  /** Whether it waits for others' objects while it is in hand. */
  static boolean copies(MOSDOp request) {
    for (OsdOp step : request.ops()) {
      if (step.code() == OpCode.COPY_FROM || step.code() == OpCode.COPY_FROM2) {
        return true;
      }
    }
    return false;
  }

  private static long heap(OsdOp step) {
    long brought = step.dataLength();
    if (StepPayloads.isData(step)) {
      return brought <= Limits.INLINE_BYTES ? 2 * brought : 0; // as it came, and to be stored
    }
    return switch (step.code()) {
      case CMPEXT, WRITE_SAME -> 0;
      case CHECKSUM -> 2L * Limits.STEP_OUTPUT_BYTES;
      case OMAP_GET_KEYS, OMAP_GET_VALS, PGNLS, PGLS -> PAGE_BYTES;
      case OMAP_GET_VALS_BY_KEYS -> 2L * Limits.STEP_OUTPUT_BYTES + entries(brought);
      case GETXATTRS -> 2L * Limits.ATTRIBUTES_BYTES;
      case GETXATTR, OMAP_GET_HEADER -> 2L * Limits.USUAL_XATTR_BYTES;
      case COPY_FROM, COPY_FROM2 -> COPY_BYTES;
      case OMAP_SET_VALS, OMAP_RM_KEYS, OMAP_CMP, CALL -> entries(brought);
      default -> Limits.CHANGES_COPIES * brought;
    };
  }

  private static long entries(long bytes) {
    long count = Math.min(bytes / ENTRY_MIN_BYTES, Limits.CHANGES);
    return Limits.CHANGES_COPIES * bytes + count * ENTRY_BYTES;
  }

  /** Outside of it. */
  static long outside(MOSDOp request) {
    long bytes = request.dataLength();
    for (OsdOp step : request.ops()) {
      bytes +=
          switch (step.code()) {
            case READ, SPARSE_READ -> read(step.extent().length());
            case CHECKSUM, CMPEXT -> Limits.PUSH_PIECE_BYTES;
            case WRITE_SAME -> Math.max(0, Math.min(step.extent().length(), Limits.WRITE_OP_BYTES));
            default -> 0;
          };
    }
    return bytes;
  }

  /** How long the object is comes out later: without a length of use, as much as most have. */
  private static long read(long asked) {
    return asked <= 0 || asked > Limits.OBJECT_BYTES ? Limits.PUSH_PIECE_BYTES : asked;
  }
}
